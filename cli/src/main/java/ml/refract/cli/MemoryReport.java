package ml.refract.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.Optional;
import ml.refract.solver.KernelStorage;
import ml.refract.xrfm.MemoryPlan;
import ml.refract.xrfm.MemoryPlan.Strategy;

/** What the strategies of a memory plan need, for people and as JSON. */
final class MemoryReport {
    private MemoryReport() {}

    /** A table of the strategies in the order they are tried. */
    static String text(MemoryPlan plan) {
        Optional<Strategy> chosen = plan.firstThatFits();
        TextTable table = new TextTable().row("kernel matrix", "largest leaf", "memory", "");
        for (Strategy strategy : plan.strategies()) {
            String verdict = strategy.bytes() > plan.budget() ? "too large" : "fits";
            table.row(
                    describe(strategy.storage()),
                    Text.count(strategy.leafRows()),
                    MemoryPlan.text(strategy.bytes()),
                    chosen.filter(strategy::equals).isPresent() ? "taken" : verdict);
        }
        return "Memory to learn from " + plan.data() + "; " + MemoryPlan.text(plan.budget()) + " may be taken:\n"
                + table.text();
    }

    private static String describe(KernelStorage storage) {
        return switch (storage) {
            case KEPT -> "kept beside its factor";
            case RECOMPUTED -> "evaluated again when read";
        };
    }

    /** All of it as JSON; without {@code taken} when nothing fits. */
    static JsonObject json(MemoryPlan plan) {
        JsonObject json = new JsonObject();
        json.addProperty("budget", plan.budget());
        JsonArray strategies = new JsonArray();
        plan.strategies().forEach(strategy -> strategies.add(json(strategy)));
        json.add("strategies", strategies);
        plan.firstThatFits().ifPresent(strategy -> json.add("taken", json(strategy)));
        return json;
    }

    private static JsonObject json(Strategy strategy) {
        JsonObject json = new JsonObject();
        json.addProperty("kernel", strategy.storage() == KernelStorage.KEPT ? "kept" : "recomputed");
        json.addProperty("leafRows", strategy.leafRows());
        json.addProperty("bytes", strategy.bytes());
        return json;
    }
}

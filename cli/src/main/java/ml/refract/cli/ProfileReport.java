package ml.refract.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import ml.refract.engine.Profile;

/**
 * Where the time of this process went, for people and as JSON.
 *
 * @param phases the outermost phases of its work
 * @param seconds since the JVM was started
 */
record ProfileReport(List<Profile.Entry> phases, double seconds) {
    private static final String REST = "JVM start and other";
    private static final String INDENT = "  ";
    /** Share from which the rest of a phase beside its parts is worth a line. */
    private static final double LEAST_SHARE = 0.0005;

    /** What was recorded until now. */
    static ProfileReport of(Profile profile) {
        return new ProfileReport(
                profile.entries(), ManagementFactory.getRuntimeMXBean().getUptime() / 1000.0);
    }

    private double rest() {
        return seconds - phases.stream().mapToDouble(Profile.Entry::seconds).sum();
    }

    /** A line for each phase, those inside it below. */
    String text() {
        TextTable table = new TextTable().row("where time went", "calls", "seconds", "share", "");
        addAll(phases, "", table);
        add(REST, "", rest(), "", table);
        add("all", "", seconds, "", table);
        return table.text();
    }

    private void addAll(List<Profile.Entry> entries, String indent, TextTable table) {
        for (Profile.Entry entry : entries) {
            add(indent + entry.phase().label(), Text.count(entry.calls()), entry.seconds(), rate(entry), table);
            addAll(entry.parts(), indent + INDENT, table);
            if (!entry.parts().isEmpty() && entry.ownSeconds() >= LEAST_SHARE * seconds) {
                add(indent + INDENT + "other", "", entry.ownSeconds(), "", table);
            }
        }
    }

    private void add(String name, String calls, double time, String rate, TextTable table) {
        table.row(name, calls, String.format(Locale.ROOT, "%.3f", time), Text.percent(time / seconds), rate);
    }

    private static String rate(Profile.Entry entry) {
        double rate = entry.rate();
        if (Double.isNaN(rate)) {
            return "";
        }
        int decimals = rate < 10 ? 2 : rate < 100 ? 1 : 0;
        return String.format(Locale.ROOT, "%." + decimals + "f ", rate)
                + entry.phase().measure().unit();
    }

    /** The same as {@link #text}. */
    JsonObject json() {
        JsonArray array = array(phases);
        array.add(json(REST, rest()));
        JsonObject json = new JsonObject();
        json.addProperty("seconds", seconds);
        json.add("phases", array);
        return json;
    }

    private JsonArray array(List<Profile.Entry> entries) {
        JsonArray array = new JsonArray();
        for (Profile.Entry entry : entries) {
            JsonObject json = json(entry.phase().label(), entry.seconds());
            json.addProperty("calls", entry.calls());
            if (!Double.isNaN(entry.rate())) {
                json.addProperty("rate", entry.rate());
                json.addProperty("unit", entry.phase().measure().unit());
            }
            if (!entry.parts().isEmpty()) {
                json.add("phases", array(entry.parts()));
            }
            array.add(json);
        }
        return array;
    }

    private JsonObject json(String phase, double time) {
        JsonObject json = new JsonObject();
        json.addProperty("phase", phase);
        json.addProperty("seconds", time);
        json.addProperty("share", time / seconds);
        return json;
    }
}

package ml.refract.rfm;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the next metric is made of. */
public enum MomentKind {
    /** The average gradient outer product. */
    AGOP("agop", null),
    /** FACT, which the weights of a network with weight decay equal at a minimum, as (F F')^(1/2); kernels of Euclidean distance only. */
    FACT("fact", FactUpdate.PLAIN),
    /** FACT as (F M^2 F')^(1/4): its updates are smaller, so that it takes more of them. */
    FACT_GEOMETRIC("fact-geometric", FactUpdate.GEOMETRIC);

    private final String id;
    private final Optional<FactUpdate> fact;

    MomentKind(String id, @Nullable FactUpdate fact) {
        this.id = id;
        this.fact = Optional.ofNullable(fact);
    }

    /** Name in options and model files. */
    public String id() {
        return id;
    }

    /**
     * The kind of an id.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static MomentKind of(String id) {
        return Arrays.stream(values())
                .filter(kind -> kind.id.equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "There is no moment '" + id + "'; there are agop, fact and fact-geometric"));
    }

    /** How FACT becomes a metric; nothing for AGOP. */
    Optional<FactUpdate> fact() {
        return fact;
    }
}

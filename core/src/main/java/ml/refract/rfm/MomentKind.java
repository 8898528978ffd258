package ml.refract.rfm;

import java.util.Optional;
import ml.refract.engine.Named;
import org.jspecify.annotations.Nullable;

/** What the next metric is made of. */
public enum MomentKind implements Named {
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
    @Override
    public String id() {
        return id;
    }

    /**
     * The kind of an id.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static MomentKind of(String id) {
        return Named.of(MomentKind.class, "moment", id);
    }

    /** How FACT becomes a metric; nothing for AGOP. */
    Optional<FactUpdate> fact() {
        return fact;
    }
}

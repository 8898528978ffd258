package ml.refract.lab;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an experiment hands back.
 *
 * @param setup sizes and settings it ran with, in order, by name
 * @param panels its picture, part by part; the same numbers go into its CSV file
 * @param claims what it measured and what was expected
 * @param notReproduced statements of the paper that did not come out, with what came out instead; usually none
 */
public record LabResult(Map<String, String> setup, List<Panel> panels, List<Claim> claims, List<String> notReproduced) {
    /**
     * @throws IllegalArgumentException without a panel or without a claim
     */
    public LabResult {
        setup = Collections.unmodifiableMap(new LinkedHashMap<>(setup));
        panels = List.copyOf(panels);
        claims = List.copyOf(claims);
        notReproduced = List.copyOf(notReproduced);
        if (panels.isEmpty() || claims.isEmpty()) {
            throw new IllegalArgumentException("An experiment needs at least one panel and one claim, got "
                    + panels.size() + " and " + claims.size());
        }
    }

    /** Starts with nothing. */
    public static Builder builder() {
        return new Builder();
    }

    /** Whether all claims pass. */
    public boolean pass() {
        return claims.stream().allMatch(Claim::pass);
    }

    /** Collects a result. */
    public static final class Builder {
        private final Map<String, String> setup = new LinkedHashMap<>();
        private final List<Panel> panels = new ArrayList<>();
        private final List<Claim> claims = new ArrayList<>();
        private final List<String> notReproduced = new ArrayList<>();

        private Builder() {}

        /** A number it ran with. */
        public Builder setup(String name, double value) {
            return setup(name, Numbers.text(value));
        }

        /** A setting it ran with. */
        public Builder setup(String name, String value) {
            setup.put(name, value);
            return this;
        }

        /** The next part of the picture. */
        public Builder panel(Panel panel) {
            panels.add(panel);
            return this;
        }

        /** The next claim. */
        public Builder claim(Claim claim) {
            claims.add(claim);
            return this;
        }

        /** A statement of the paper that did not come out, and what came out instead. */
        public Builder notReproduced(String statement) {
            notReproduced.add(statement);
            return this;
        }

        /** The result. */
        public LabResult build() {
            return new LabResult(setup, panels, claims, notReproduced);
        }
    }
}

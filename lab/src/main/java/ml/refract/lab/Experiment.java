package ml.refract.lab;

import ml.refract.engine.Execution;

/**
 * One claim, or a few that belong together, that can be run again. To add one: implement this, add it to
 * {@link ml.refract.lab.experiment.Experiments}, and write the page anew with {@code refract lab check --docs docs}.
 */
public interface Experiment {
    /** Its name in commands and files: small letters, digits and hyphens. */
    String id();

    /** What it shows, in a few words. */
    String title();

    /** The paper, by name and number. */
    String source();

    /** What is done and what should come out, in a few plain sentences. */
    String description();

    /**
     * Runs it. Quick runs take about ten seconds on two cores, full ones a few minutes. All that is random comes from the
     * seed, and the result does not depend on the number of threads.
     *
     * @param execution gets progress from 0 to 1, and is asked now and then whether to stop
     * @throws ml.refract.engine.CancelledException when told to stop
     */
    LabResult run(LabSettings settings, Execution execution);
}

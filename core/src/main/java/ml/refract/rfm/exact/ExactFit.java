package ml.refract.rfm.exact;

import java.util.List;

/**
 * A fitted exact recursive feature machine.
 *
 * @param machine of the last round; its coefficients were solved under its metric
 * @param updates metric updates behind it: as many as wanted, unless a moment was zero or not finite
 * @param events what a user should know of single rounds, usually nothing
 */
public record ExactFit(ExactMachine machine, int updates, List<String> events) {}

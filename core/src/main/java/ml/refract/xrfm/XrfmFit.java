package ml.refract.xrfm;

import java.util.List;

/**
 * A fitted model and how it came about.
 *
 * @param model the model
 * @param leaves one report per leaf, tree by tree
 * @param events what a user should know about the fit as a whole, usually nothing
 */
public record XrfmFit(XrfmModel model, List<LeafReport> leaves, List<String> events) {}

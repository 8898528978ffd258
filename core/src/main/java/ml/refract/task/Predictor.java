package ml.refract.task;

import ml.refract.xrfm.XrfmModel;

/** A trained model for encoded rows. Immutable; predictions may run from several threads at once. */
public sealed interface Predictor permits Regressor, Classifier {
    /** The xRFM inside. */
    XrfmModel model();
}

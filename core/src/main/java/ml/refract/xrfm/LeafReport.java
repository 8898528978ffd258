package ml.refract.xrfm;

import java.util.List;
import ml.refract.rfm.RfmFit;
import ml.refract.rfm.RfmRound;

/**
 * How one leaf was fitted.
 *
 * @param tree number of its tree
 * @param leaf its number in the tree
 * @param trainRows rows it was fitted on
 * @param validationRows rows that chose its iterate
 * @param borrowed how many of the training rows sat out as validation rows while the iterate was chosen
 * @param bestRound index of the iterate kept
 * @param rounds every round
 * @param stop why the loop ended
 */
public record LeafReport(
        int tree,
        int leaf,
        int trainRows,
        int validationRows,
        int borrowed,
        int bestRound,
        List<RfmRound> rounds,
        RfmFit.Stop stop) {

    /** The same with its tree numbered otherwise, for models that are averaged. */
    public LeafReport withTree(int number) {
        return new LeafReport(number, leaf, trainRows, validationRows, borrowed, bestRound, rounds, stop);
    }
}

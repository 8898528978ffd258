package ml.refract.bench;

import java.util.stream.IntStream;
import ml.refract.engine.Precision;
import ml.refract.linalg.Design;
import ml.refract.table.Encoder;
import ml.refract.table.Split;
import ml.refract.table.Table;
import ml.refract.table.TargetColumn;
import ml.refract.table.learn.TrainingOptions;

/** A data set as {@link ml.refract.table.learn.TableTrainer} hands it to a learner: the encoded rows of each part of a split. */
record EncodedSet(DataSet set, LabelledRows train, LabelledRows validation, LabelledRows test) {

    /** Reads the set and encodes it, with an encoder fitted on the training rows of the seed's split. */
    static EncodedSet read(DataSet set, int seed) {
        return read(set, seed, false);
    }

    /** The same for learners that need no validation rows: those of the split are training rows too. */
    static EncodedSet readJoined(DataSet set, int seed) {
        return read(set, seed, true);
    }

    private static EncodedSet read(DataSet set, int seed, boolean joined) {
        TrainingOptions options = set.options(seed);
        Table table = Table.read(set.file(), options.csv(), options.columns().withTarget(set.target()));
        TargetColumn target = TargetColumn.of(table, set.target(), set.taskKind());
        Split split = Split.read(set.split(seed), table.rows());
        int[] train = joined
                ? IntStream.concat(IntStream.of(split.train()), IntStream.of(split.validation()))
                        .sorted()
                        .toArray()
                : split.train();
        int[] validation = joined ? new int[0] : split.validation();
        Table inputs = table.without(set.target());
        Design x = Encoder.fit(inputs, train, options.encoder())
                .encode(inputs, Precision.FLOAT32)
                .design();
        LabelledRows all = LabelledRows.of(x, target);
        return new EncodedSet(set, all.select(train), all.select(validation), all.select(split.test()));
    }
}

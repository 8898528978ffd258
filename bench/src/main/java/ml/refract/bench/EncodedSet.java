package ml.refract.bench;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import ml.refract.engine.Precision;
import ml.refract.linalg.Design;
import ml.refract.table.Encoder;
import ml.refract.table.Split;
import ml.refract.table.Table;
import ml.refract.table.TargetColumn;
import ml.refract.table.learn.TrainingOptions;
import ml.refract.tune.FoldCodes;
import ml.refract.tune.Views;

/** A data set as {@link ml.refract.table.learn.TableTrainer} hands it to a learner: the encoded rows of each part of a split. */
record EncodedSet(DataSet set, LabelledRows train, LabelledRows validation, LabelledRows test) {

    /** Reads the set and encodes it, with an encoder fitted on the training rows of the seed's split. */
    static EncodedSet read(DataSet set, int seed) {
        return read(set, seed, true);
    }

    /** The same, or with the validation rows among the training rows. */
    static EncodedSet read(DataSet set, int seed, boolean holdOut) {
        TrainingOptions options = set.options(seed);
        Table table = Table.read(set.file(), options.csv(), options.columns().withTarget(set.target()));
        TargetColumn target = TargetColumn.of(table, set.target(), set.taskKind());
        Split split = Split.read(set.split(seed), table.rows());
        Table inputs = table.without(set.target());
        int[] validation = holdOut ? split.validation() : new int[0];
        int[] train = holdOut
                ? split.train()
                : IntStream.concat(Arrays.stream(split.train()), Arrays.stream(split.validation()))
                        .sorted()
                        .toArray();
        Design x = Encoder.fit(inputs, target, train, options.encoder())
                .encode(inputs, Precision.FLOAT32)
                .design();
        Encoder searching = Encoder.fit(inputs, target, train, options.encoder().withAlternatives(true));
        Design searched = searching.encode(inputs, Precision.FLOAT32).design();
        FoldCodes codes = searching
                .targetMeans(inputs, target, train)
                .<FoldCodes>map(means -> means::rewrite)
                .orElse(FoldCodes.none());
        Views views = new Views(
                searching.views().stream().map(Encoder.View::ignored).toList(), searching.intervalMeans(), codes);
        LabelledRows all = LabelledRows.of(x, searched, views, target);
        LabelledRows learned = all.select(train);
        int[] rows = IntStream.range(0, train.length).toArray();
        codes.rewrite(rows, rows, List.of(), learned.searched().dense());
        return new EncodedSet(set, learned, all.select(validation), all.select(split.test()));
    }
}

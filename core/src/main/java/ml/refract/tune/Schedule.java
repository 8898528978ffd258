package ml.refract.tune;

/**
 * How far a search and the fits after it have come when each of its stages ends, as shares of all work, if a fit of n rows costs
 * n^2.5: solves cost n^3, moments and kernels n^2.
 *
 * @param first after the settings tried on few rows
 * @param second after those tried on more
 * @param third after those tried on all
 * @param last after the best of them were tried with extra coordinates
 */
record Schedule(double first, double second, double third, double last) {
    private static final double EXPONENT = 2.5;

    /**
     * @param trials settings of the first stage
     * @param few rows of it
     * @param many rows of the second, equal to {@code few} if there is none
     * @param all rows of the third, 0 if there is none
     * @param extended settings tried with extra coordinates on the rows of the last stage
     * @param folds fits of a good setting in the first two stages
     * @param leafRows most rows that are fitted at once
     */
    static Schedule of(
            SearchOptions options,
            int trials,
            int few,
            int many,
            int all,
            int extended,
            int folds,
            int rows,
            int leafRows) {
        double fits = (1 + 2 * folds) / 3.0; // one of each setting, and of the better two thirds in the other folds
        double first = trials * fits * cost(few);
        double second = many > few ? options.finalists() * fits * cost(many) : 0;
        double wholeFits = options.crossFitAll() ? folds : 1;
        double third = options.members() * wholeFits * cost(all);
        double last = extended * (all > 0 ? wholeFits * cost(all) : folds * cost(many));
        double leaves = Math.max(1, (double) rows / leafRows);
        double members = options.members() * leaves * cost(Math.min(rows, leafRows));
        double sum = first + second + third + last + members;
        return new Schedule(
                first / sum,
                (first + second) / sum,
                (first + second + third) / sum,
                (first + second + third + last) / sum);
    }

    private static double cost(double rows) {
        return Math.pow(rows, EXPONENT);
    }
}

package ml.refract.bench;

import java.util.Locale;

/**
 * Mean ranks on an axis, with bars below methods that do not differ (Demsar 2006, figure 1): a drawing of 900 pixels' width in
 * the format SVG.
 */
final class CriticalDifferencePlot {
    private static final int WIDTH = 900;
    private static final int LEFT = 230;
    private static final int RIGHT = WIDTH - LEFT;
    private static final int AXIS = 70;
    private static final int BAR = 9;
    private static final int LINE = 22;

    private final Ranking ranking;
    private final int k;
    private final StringBuilder text = new StringBuilder();

    private CriticalDifferencePlot(Ranking ranking) {
        this.ranking = ranking;
        this.k = ranking.ranks().length;
    }

    /** The drawing. */
    static String svg(Ranking ranking) {
        return new CriticalDifferencePlot(ranking).draw();
    }

    private String draw() {
        int names = AXIS + 22 + BAR * ranking.cliques().size();
        int height = names + LINE * ((k + 1) / 2);
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
                        + "font-family=\"sans-serif\" font-size=\"13\">\n",
                WIDTH, height, WIDTH, height);
        add("<rect width=\"%d\" height=\"%d\" fill=\"white\"/>\n", WIDTH, height);
        axis();
        for (int i = 0; i < k; i++) {
            boolean left = i < (k + 1) / 2;
            method(i, left, names + LINE * (left ? i : k - 1 - i));
        }
        for (int c = 0; c < ranking.cliques().size(); c++) {
            Ranking.Clique clique = ranking.cliques().get(c);
            line(
                    x(ranking.ranks()[clique.first()]) - 4,
                    AXIS + 14.0 + BAR * c,
                    x(ranking.ranks()[clique.last()]) + 4,
                    AXIS + 14.0 + BAR * c,
                    4);
        }
        return text.append("</svg>\n").toString();
    }

    private void axis() {
        line(LEFT, AXIS, RIGHT, AXIS, 1);
        for (int rank = 1; rank <= k; rank++) {
            line(x(rank), AXIS - 6.0, x(rank), AXIS, 1);
            label(x(rank), AXIS - 10.0, "middle", String.valueOf(rank));
        }
        double end = LEFT + (x(1 + ranking.criticalDifference()) - x(1));
        line(LEFT, 28, end, 28, 2);
        line(LEFT, 24, LEFT, 32, 1);
        line(end, 24, end, 32, 1);
        label(LEFT, 18, "start", String.format(Locale.ROOT, "critical difference %.2f", ranking.criticalDifference()));
    }

    private void method(int i, boolean left, double y) {
        double x = x(ranking.ranks()[i]);
        int end = left ? LEFT - 15 : RIGHT + 15;
        line(x, AXIS, x, y, 1);
        line(x, y, end, y, 1);
        label(
                left ? end - 5 : end + 5,
                y + 4,
                left ? "end" : "start",
                String.format(Locale.ROOT, "%s (%.2f)", ranking.methods().get(i), ranking.ranks()[i]));
    }

    private double x(double rank) {
        return LEFT + (rank - 1) * (RIGHT - LEFT) / (k - 1);
    }

    private void line(double x1, double y1, double x2, double y2, int width) {
        add(
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"black\" stroke-width=\"%d\"/>\n",
                x1, y1, x2, y2, width);
    }

    private void label(double x, double y, String anchor, String label) {
        String safe = label.replace("&", "&amp;").replace("<", "&lt;");
        add("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n", x, y, anchor, safe);
    }

    private void add(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values));
    }
}

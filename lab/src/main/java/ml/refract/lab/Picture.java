package ml.refract.lab;

import java.util.Base64;
import java.util.List;
import java.util.Locale;
import ml.refract.linalg.DoubleMatrix;

/** Draws panels side by side as one SVG, with nothing from outside and the same text for the same numbers everywhere. */
public final class Picture {
    private static final int WIDTH = 480;
    private static final int HEIGHT = 360;
    private static final int PANELS_IN_ROW = 2;
    private static final int LEFT = 70;
    private static final int RIGHT = 20;
    private static final int TOP = 36;
    private static final int BOTTOM = 50;
    private static final int LEGEND_LINE = 15;
    /** Colours that people with any colour vision tell apart (Okabe and Ito, 2008), yellow left out. */
    private static final List<String> COLOURS =
            List.of("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000");

    private final StringBuilder text = new StringBuilder();
    private final int left;
    private final int top;

    private Picture(int left, int top) {
        this.left = left;
        this.top = top;
    }

    /**
     * Panels as the text of an SVG file.
     *
     * @param title for readers of screens
     * @param panels at least one
     */
    public static String svg(String title, List<Panel> panels) {
        int columns = Math.min(PANELS_IN_ROW, panels.size());
        int rows = (panels.size() + columns - 1) / columns;
        StringBuilder all = new StringBuilder(
                """
                <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" \
                font-family="sans-serif" font-size="12">
                <title>%s</title>
                <rect width="100%%" height="100%%" fill="white"/>
                """.formatted(columns * WIDTH, rows * HEIGHT, columns * WIDTH, rows * HEIGHT, escaped(title)));
        for (int i = 0; i < panels.size(); i++) {
            all.append(new Picture(i % columns * WIDTH, i / columns * HEIGHT).draw(panels.get(i)));
        }
        return all.append("</svg>\n").toString();
    }

    private String draw(Panel panel) {
        text.append("<g transform=\"translate(%d,%d)\">\n".formatted(left, top));
        label(WIDTH / 2.0, 22, "middle", panel.title(), " font-size=\"14\"");
        if (panel instanceof Panel.Chart chart) {
            draw(chart);
        } else if (panel instanceof Panel.HeatMap map) {
            draw(map.values());
        }
        return text.append("</g>\n").toString();
    }

    private void draw(Panel.Chart chart) {
        Scale x = Scale.of(
                chart.x().logarithmic(), chart.curves().stream().map(Curve::x).toList(), LEFT, WIDTH - RIGHT);
        Scale y = Scale.of(
                chart.y().logarithmic(), chart.curves().stream().map(Curve::y).toList(), HEIGHT - BOTTOM, TOP);
        for (double tick : x.ticks()) {
            line(x.at(tick), TOP, x.at(tick), HEIGHT - BOTTOM);
            label(x.at(tick), HEIGHT - BOTTOM + 16, "middle", Numbers.text(tick), "");
        }
        for (double tick : y.ticks()) {
            line(LEFT, y.at(tick), WIDTH - RIGHT, y.at(tick));
            label(LEFT - 6, y.at(tick) + 4, "end", Numbers.text(tick), "");
        }
        label((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 14, "middle", chart.x().name(), "");
        double middle = (TOP + HEIGHT - BOTTOM) / 2.0;
        label(16, middle, "middle", chart.y().name(), " transform=\"rotate(-90 16 %s)\"".formatted(number(middle)));
        for (int k = 0; k < chart.curves().size(); k++) {
            draw(chart.curves().get(k), x, y, COLOURS.get(k % COLOURS.size()));
        }
        legend(chart.curves());
    }

    private void draw(Curve curve, Scale x, Scale y, String colour) {
        StringBuilder path = new StringBuilder();
        boolean pen = false;
        for (int i = 0; i < curve.x().length; i++) {
            boolean there = x.shows(curve.x()[i]) && y.shows(curve.y()[i]);
            if (there && curve.style() == Curve.Style.DOTS) {
                text.append("<circle cx=\"%s\" cy=\"%s\" r=\"2.5\" fill=\"%s\"/>\n"
                        .formatted(number(x.at(curve.x()[i])), number(y.at(curve.y()[i])), colour));
            } else if (there) {
                path.append(pen ? 'L' : 'M').append(number(x.at(curve.x()[i]))).append(' ');
                path.append(number(y.at(curve.y()[i])));
            }
            pen = there;
        }
        if (!path.isEmpty()) {
            text.append("<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"%s/>\n"
                    .formatted(path, colour, dashes(curve)));
        }
    }

    private static String dashes(Curve curve) {
        return curve.style() == Curve.Style.DASHED ? " stroke-dasharray=\"6 4\"" : "";
    }

    private void legend(List<Curve> curves) {
        int longest =
                curves.stream().mapToInt(curve -> curve.name().length()).max().orElse(0);
        double start = Math.max(LEFT + 4.0, WIDTH - RIGHT - 40 - 6.2 * longest);
        text.append("<rect x=\"%s\" y=\"%d\" width=\"%s\" height=\"%d\" fill=\"white\" fill-opacity=\"0.8\"/>\n"
                .formatted(number(start), TOP + 2, number(WIDTH - RIGHT - start), curves.size() * LEGEND_LINE + 4));
        for (int k = 0; k < curves.size(); k++) {
            double y = TOP + 12 + k * LEGEND_LINE;
            text.append("<path d=\"M%s %sh22\" stroke=\"%s\" stroke-width=\"2\"%s/>\n"
                    .formatted(number(start + 4), number(y), COLOURS.get(k % COLOURS.size()), dashes(curves.get(k))));
            label(start + 32, y + 4, "start", curves.get(k).name(), "");
        }
    }

    private void draw(DoubleMatrix values) {
        double most = 0;
        for (double value : values.values()) {
            most = Double.isFinite(value) ? Math.max(most, Math.abs(value)) : most;
        }
        double side = Math.min((WIDTH - 2.0 * RIGHT) / values.cols(), (HEIGHT - TOP - 30.0) / values.rows());
        double width = side * values.cols();
        text.append("<image x=\"%s\" y=\"%d\" width=\"%s\" height=\"%s\" preserveAspectRatio=\"none\" "
                        .formatted(number((WIDTH - width) / 2), TOP, number(width), number(side * values.rows()))
                + "style=\"image-rendering:pixelated\" href=\"data:image/png;base64,"
                + Base64.getEncoder().encodeToString(Png.of(values, most)) + "\"/>\n");
        label(
                WIDTH / 2.0,
                HEIGHT - 10,
                "middle",
                values.rows() + " x " + values.cols() + ", largest size " + Numbers.text(most),
                "");
    }

    private void line(double x1, double y1, double x2, double y2) {
        text.append("<path d=\"M%s %sL%s %s\" stroke=\"#dddddd\"/>\n"
                .formatted(number(x1), number(y1), number(x2), number(y2)));
    }

    private void label(double x, double y, String anchor, String words, String more) {
        text.append("<text x=\"%s\" y=\"%s\" text-anchor=\"%s\"%s>%s</text>\n"
                .formatted(number(x), number(y), anchor, more, escaped(words)));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private static String escaped(String words) {
        return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}

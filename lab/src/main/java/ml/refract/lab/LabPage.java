package ml.refract.lab;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The page of the documentation that shows all experiments. */
final class LabPage {
    private static final String INTRODUCTION = """
            # The lab

            Claims of the papers behind Refract, run again. `refract lab list` names the experiments, `refract lab run ID` runs one and
            writes its curves (CSV), its picture (SVG) and its claims (JSON), `refract lab check` runs all and fails when a claim does.
            A claim holds a measured number against a closed form, an identity, or a figure of a paper, never against an earlier run.

            `refract lab check --docs docs` wrote this page; do not edit it.
            """;

    private LabPage() {}

    static String markdown(List<LabRun> runs) {
        StringBuilder text =
                new StringBuilder(INTRODUCTION).append("\n| experiment | shows | claims that pass |\n|---|---|---|\n");
        for (LabRun run : runs) {
            List<Claim> claims = run.result().claims();
            long passed = claims.stream().filter(Claim::pass).count();
            String id = run.experiment().id();
            text.append("| [`%s`](#%s) | %s | %d of %d |\n"
                    .formatted(id, id, cell(run.experiment().title()), passed, claims.size()));
        }
        text.append("\n## What did not reproduce\n\n").append(missed(runs));
        runs.forEach(run -> append(text, run));
        return text.toString();
    }

    private static String missed(List<LabRun> runs) {
        StringBuilder text = new StringBuilder();
        for (LabRun run : runs) {
            String id = "- `" + run.experiment().id() + "`: ";
            run.result().claims().stream()
                    .filter(claim -> !claim.pass())
                    .forEach(claim -> text.append(id)
                            .append(claim.text())
                            .append(" is ")
                            .append(Numbers.text(claim.measured()))
                            .append(", wanted ")
                            .append(claim.wanted())
                            .append(".\n"));
            run.result()
                    .notReproduced()
                    .forEach(line -> text.append(id).append(line).append('\n'));
        }
        return text.isEmpty()
                ? "Of the claims below, none fails at the settings and the seed named beside it.\n"
                : text.toString();
    }

    private static void append(StringBuilder text, LabRun run) {
        Experiment experiment = run.experiment();
        text.append("\n## ")
                .append(experiment.id())
                .append("\n\n**")
                .append(experiment.title())
                .append(".** ");
        text.append(experiment.description())
                .append("\n\nFrom: ")
                .append(experiment.source())
                .append(". Run: ");
        text.append(run.settings().size().name().toLowerCase(Locale.ROOT)).append(", seed ");
        text.append(run.settings().seed());
        run.result()
                .setup()
                .forEach((name, value) ->
                        text.append("; ").append(name).append(' ').append(value));
        text.append(".\n\n![")
                .append(experiment.title())
                .append("](lab/")
                .append(experiment.id())
                .append(".svg)\n\n");
        text.append("| claim | measured | wanted | from | |\n|---|---|---|---|---|\n");
        text.append(run.result().claims().stream().map(LabPage::row).collect(Collectors.joining()));
    }

    private static String row(Claim claim) {
        return "| %s | %s | %s | %s: %s | %s |\n"
                .formatted(
                        cell(claim.text()),
                        Numbers.text(claim.measured()),
                        claim.wanted(),
                        claim.basis().words(),
                        cell(claim.source()),
                        claim.pass() ? "pass" : "**fail**");
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }
}

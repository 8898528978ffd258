package ml.refract.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import ml.refract.engine.Phase;
import ml.refract.engine.Profile;
import org.junit.jupiter.api.Test;

class ProfileReportTest {
    private static final ProfileReport REPORT = new ProfileReport(
            List.of(
                    new Profile.Entry(Phase.READING, 1, 1, 250e6, List.of()),
                    new Profile.Entry(
                            Phase.LEARNING,
                            1,
                            16,
                            0,
                            List.of(
                                    new Profile.Entry(Phase.KERNEL, 1200, 5, 8e9, List.of()),
                                    new Profile.Entry(Phase.FACTORISATION, 3, 8, 808e9, List.of()))),
                    new Profile.Entry(
                            Phase.SCORING,
                            2,
                            2,
                            0,
                            List.of(new Profile.Entry(Phase.PREDICTION, 2, 1.992, 0, List.of())))),
            20);

    @Test
    void partsStandBelowTheirPhaseAndTheirRestWhereItMatters() {
        assertThat(REPORT.text().lines())
                .containsExactly(
                        "  where time went      calls  seconds    share",
                        "  reading                  1    1.000    5.0 %  250 MB/s",
                        "  learning                 1   16.000   80.0 %",
                        "    kernel matrix      1,200    5.000   25.0 %  0.63 ns an entry",
                        "    factorisation          3    8.000   40.0 %  101 GFLOP/s",
                        "    other                       3.000   15.0 %",
                        "  scoring                  2    2.000   10.0 %",
                        "    prediction             2    1.992   10.0 %",
                        "  JVM start and other           1.000    5.0 %",
                        "  all                          20.000  100.0 %");
    }

    @Test
    void theJsonSaysTheSame() {
        assertThat(REPORT.json().toString())
                .startsWith("{\"seconds\":20.0,\"phases\":[{\"phase\":\"reading\",\"seconds\":1.0,\"share\":0.05,"
                        + "\"calls\":1,\"rate\":250.0,\"unit\":\"MB/s\"},{\"phase\":\"learning\",")
                .contains("\"calls\":1,\"phases\":[{\"phase\":\"kernel matrix\",\"seconds\":5.0,\"share\":0.25,"
                        + "\"calls\":1200,\"rate\":0.625,\"unit\":\"ns an entry\"}")
                .endsWith("{\"phase\":\"JVM start and other\",\"seconds\":1.0,\"share\":0.05}]}");
    }
}

package ml.refract.rfm.exact;

import static ml.refract.testing.Close.assertClose;

import java.util.List;
import ml.refract.engine.Execution;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.rfm.FactUpdate;
import ml.refract.testing.TestEngines;
import org.junit.jupiter.api.Test;

/** Numbers of an independent implementation (specification of the family, section 14). */
class ExactFixturesTest {
    private static final double TOLERANCE = 1e-8;
    private static final DoubleMatrix X = DoubleMatrix.fromRows(new double[][] {{0, 0}, {1, 0}, {0, 1}, {1, 2}});
    private static final DoubleMatrix Y = DoubleMatrix.fromRows(new double[][] {{0, 1}, {1, 0}, {1, 1}, {3, 0}});
    private static final DoubleMatrix M = DoubleMatrix.fromRows(new double[][] {{2, 0.5}, {0.5, 1}});
    private static final ExactKernel LAPLACE = ExactKernel.laplace(1.5);
    private static final ExactKernel GAUSSIAN = ExactKernel.gaussian(1.5);

    private final Execution execution = TestEngines.serial(TestEngines.SCALAR);

    /** The first column of the coefficients, then entries 11, 12 and 22 of the plain and the centred moment. */
    private record Fixture(ExactKernel kernel, double[] alpha, double[] agop, double[] centred) {}

    private static final List<Fixture> RADIAL = List.of(
            new Fixture(
                    LAPLACE,
                    new double[] {-.7174187063, .3621211338, .4872181844, 2.6227038999},
                    new double[] {.3527881459, .2394871117, .2335350171},
                    new double[] {.1208752179, .0808804754, .0917205556}),
            new Fixture(
                    GAUSSIAN,
                    new double[] {-.7898779548, .1404768872, .4151612405, 2.6409729350},
                    new double[] {1.15558259, .7073396676, .6919852565},
                    new double[] {.297505017, .1964308467, .2123581665}),
            new Fixture(
                    ExactKernel.gaussianOfPapers(1.5),
                    new double[] {-.568480093, .6762257997, .8460215913, 2.6336123556},
                    new double[] {.7464146599, .4306210048, .4703656594},
                    new double[] {.3972153766, .1998980267, .2494169758}),
            new Fixture(
                    ExactKernel.generalisedGaussian(1.5, 1.4),
                    new double[] {-.6494062614, .4127826913, .5692807655, 2.5792209151},
                    new double[] {.5952802698, .3830991954, .3832370566},
                    new double[] {.2314596401, .1432890462, .1640346195}),
            new Fixture(
                    ExactKernel.generalisedGaussian(1.5, .7),
                    new double[] {-.8076757546, .3252009999, .4242893547, 2.6811988222},
                    new double[] {.1957848129, .1375923173, .1315399406},
                    new double[] {.0604561106, .0430449712, .0484939016}));

    private ExactMachine solve(ExactKernel kernel) {
        ExactOptions options =
                ExactOptions.of(kernel, FeatureRule.agop(1)).withRidge(0.1).withRounds(0);
        return ExactRfm.fitFrom(M, X, Y, options, round -> {}, execution).machine();
    }

    private static double[] triangle(DoubleMatrix matrix) {
        return new double[] {matrix.get(0, 0), matrix.get(0, 1), matrix.get(1, 1)};
    }

    @Test
    void radialKernels() {
        for (Fixture fixture : RADIAL) {
            ExactMachine machine = solve(fixture.kernel());
            String what = fixture.kernel().toString();
            assertClose(machine.coefficients().col(0), fixture.alpha(), TOLERANCE, what);
            assertClose(triangle(machine.agop(false, execution)), fixture.agop(), TOLERANCE, what + " AGOP");
            assertClose(triangle(machine.agop(true, execution)), fixture.centred(), TOLERANCE, what + " centred");
        }
    }

    @Test
    void predictions() {
        double[][] expected = {
            {.9152686547, .5084919789},
            {1.0780531874, .5596394576},
            {1.0542570792, .5954441433},
            {.9847360634, .5469519318},
            {.8692082696, .4703772826}
        };
        DoubleMatrix query = DoubleMatrix.fromRows(new double[][] {{0.5, 0.5}});
        for (int k = 0; k < expected.length; k++) {
            ExactKernel kernel = RADIAL.get(k).kernel();
            assertClose(solve(kernel).predict(query, execution).values(), expected[k], TOLERANCE, kernel.toString());
        }
    }

    @Test
    void factOfRadialKernels() {
        ExactMachine laplace = solve(LAPLACE);
        assertClose(
                laplace.fact(execution).values(),
                new double[] {.2543601911, -.1004600274, .0671320186, -.2150879379},
                TOLERANCE,
                "Laplace");
        assertClose(
                triangle(FactUpdate.PLAIN.next(
                        M, laplace.factInner(execution), execution.engine().doubleKernels(), execution.workers())),
                new double[] {.2608357525, .082195098, .2097939342},
                TOLERANCE,
                "(FF')^1/2");
        assertClose(
                solve(GAUSSIAN).fact(execution).values(),
                new double[] {.9140699663, -.0845280549, .1457752006, .1619130541},
                TOLERANCE,
                "Gaussian");
    }

    @Test
    void quadraticKernel() {
        ExactMachine machine = solve(ExactKernel.quadratic());
        assertClose(
                machine.coefficients().col(0),
                new double[] {0, .7295925946, 2.3753195681, -.2872399478},
                TOLERANCE,
                "coefficients");
        assertClose(
                triangle(machine.agop(false, execution)),
                new double[] {3.6888724301, -1.3379914644, 3.8341881097},
                TOLERANCE,
                "AGOP");
        assertClose(
                machine.fact(execution).values(),
                new double[] {2.0693998152, -3.4625131571, -2.4961797276, 5.1290924115},
                TOLERANCE,
                "FACT");
    }
}

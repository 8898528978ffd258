package ml.refract.testing;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.BeforeTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/** Adds the seeds a failed test drew its data from to its failure. */
public final class SeedReport implements BeforeTestExecutionCallback, TestExecutionExceptionHandler {
    private static final ThreadLocal<List<Long>> SEEDS = ThreadLocal.withInitial(ArrayList::new);

    static void used(long seed) {
        SEEDS.get().add(seed);
    }

    @Override
    public void beforeTestExecution(ExtensionContext context) {
        SEEDS.get().clear();
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        if (!SEEDS.get().isEmpty()) {
            failure.addSuppressed(new AssertionError("Data came from the seeds " + SEEDS.get()));
        }
        throw failure;
    }
}

package ml.refract;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.Serializable;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The rooms of the library and what none of them may do. */
class ArchitectureTest {
    /** Each room may use only those before it. */
    private static final List<String> ROOMS = List.of(
            "linalg", "engine", "kernel", "solver", "theory", "machine", "rfm", "wide", "xrfm", "task", "tune",
            "explain", "concept", "model");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("ml.refract");

    @Test
    void everyClassIsInARoom() {
        assertThat(CLASSES).isNotEmpty();
        for (JavaClass type : CLASSES) {
            assertThat(type.getPackageName().split("\\.")).as(type.getName()).hasSizeGreaterThan(2);
            assertThat(ROOMS).as(type.getName()).contains(type.getPackageName().split("\\.")[2]);
        }
    }

    @Test
    void roomsUseOnlyRoomsBeforeThem() {
        for (int i = 0; i < ROOMS.size() - 1; i++) {
            String[] later = ROOMS.subList(i + 1, ROOMS.size()).stream()
                    .map(ArchitectureTest::room)
                    .toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage(room(ROOMS.get(i)))
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(later)
                    .allowEmptyShould(true)
                    .check(CLASSES);
        }
    }

    @Test
    void roomsHaveNoCycles() {
        slices().matching("ml.refract.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void onlyTheVectorEngineTouchesTheIncubator() {
        noClasses()
                .that()
                .resideOutsideOfPackage("ml.refract.engine.vector")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("jdk.incubator..")
                .check(CLASSES);
    }

    /** A runtime image may lack it: a guard in one place stands before all use. */
    @Test
    void onlyEventsTouchFlightRecorder() {
        noClasses()
                .that()
                .haveNameNotMatching("ml\\.refract\\.engine\\.PhaseEvents?(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("jdk.jfr..")
                .check(CLASSES);
    }

    @Test
    void nothingIsPrintedOrLoggedBySideDoors() {
        NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(CLASSES);
        NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(CLASSES);
    }

    /** Models are written to their own file format. Enums and exceptions are serializable by nature. */
    @Test
    void nothingIsSerializable() {
        noClasses()
                .that(not(assignableTo(Throwable.class)).and(not(assignableTo(Enum.class))))
                .should()
                .beAssignableTo(Serializable.class)
                .check(CLASSES);
    }

    @Test
    void noClassKnowsTheTimeOfDay() {
        noClasses()
                .should()
                .dependOnClassesThat(resideInAPackage("java.time..")
                        .or(assignableTo(java.util.Date.class))
                        .or(assignableTo(java.util.Calendar.class)))
                .check(CLASSES);
        assertThat(usersOf("currentTimeMillis")).isEmpty();
    }

    @Test
    void onlyAnExecutionMeasuresTime() {
        assertThat(usersOf("nanoTime")).containsExactly("ml.refract.engine.Execution");
    }

    /** Outermost classes that call or refer to a method of {@link System}. */
    private static List<String> usersOf(String method) {
        return CLASSES.stream()
                .filter(describe(
                        "uses " + method,
                        type -> type.getAccessesFromSelf().stream()
                                .anyMatch(access -> access.getTargetOwner().isEquivalentTo(System.class)
                                        && access.getTarget().getName().equals(method))))
                .map(type -> type.getName().replaceAll("\\$.*", ""))
                .distinct()
                .toList();
    }

    @Test
    void fileFormatsAndCommandLinesStayOutside() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("de.siegmar..", "picocli..", "ml.refract.table..", "ml.refract.cli..")
                .check(CLASSES);
    }

    private static String room(String name) {
        return "ml.refract." + name + "..";
    }
}

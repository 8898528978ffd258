package ml.refract.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The modules of the house and which way they may look: cli to table and lab, both to core. The rooms of core have a test of their own. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("ml.refract");

    @Test
    void nothingUsesTheCommandLine() {
        noClasses()
                .that()
                .resideOutsideOfPackage("ml.refract.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("ml.refract.cli..", "picocli..", "me.tongfei..")
                .check(CLASSES);
    }

    @Test
    void onlyTableAndCommandLineKnowTables() {
        noClasses()
                .that()
                .resideOutsideOfPackages("ml.refract.table..", "ml.refract.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("ml.refract.table..", "de.siegmar..")
                .check(CLASSES);
    }

    @Test
    void onlyTheCommandLineKnowsTheLab() {
        noClasses()
                .that()
                .resideOutsideOfPackages("ml.refract.lab..", "ml.refract.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("ml.refract.lab..")
                .check(CLASSES);
    }

    @Test
    void labHasNoCycles() {
        slices().matching("ml.refract.lab.(*)..").should().beFreeOfCycles().check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("ml.refract.lab")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("ml.refract.lab.experiment..")
                .check(CLASSES);
    }

    /** Reading and encoding know matrices, not learners. */
    @Test
    void readingTablesDoesNotNeedLearners() {
        classes()
                .that()
                .resideInAPackage("ml.refract.table")
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(
                        "ml.refract.table",
                        "ml.refract.linalg",
                        "ml.refract.engine",
                        "java..",
                        "de.siegmar..",
                        "com.google.gson..",
                        "org.jspecify.."))
                .check(CLASSES);
    }

    @Test
    void tableHasNoCycles() {
        slices().matching("ml.refract.table.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void onlyTheConsoleTouchesStandardStreams() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("ml.refract.cli.Console")
                .should(ACCESS_STANDARD_STREAMS)
                .check(CLASSES);
    }
}

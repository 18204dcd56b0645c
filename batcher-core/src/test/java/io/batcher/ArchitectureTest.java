/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noConstructors;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.syntax.GivenSlices;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who may reach whom, and who may ask for the time. */
class ArchitectureTest {

    private static final String INTERNAL = "io.batcher.internal..";
    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.batcher");
    private static final JavaClasses TESTS = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.ONLY_INCLUDE_TESTS)
            .importPackages("io.batcher");

    @Test
    void thePublicPackagesReachInternalInOnePlaceTheBuilder() {
        noClasses()
                .that()
                .resideInAnyPackage("io.batcher", "io.batcher.testing")
                .and()
                .doNotHaveSimpleName("BatcherBuilder")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(INTERNAL)
                .check(MAIN);
        assertThat(MAIN.get(BatcherBuilder.class).getDirectDependenciesFromSelf())
                .extracting(dependency -> dependency.getTargetClass())
                .filteredOn(resideInAPackage(INTERNAL))
                .extracting(JavaClass::getSimpleName)
                .containsOnly("DefaultBatcher", "StoredBatcher");
    }

    @Test
    void whatIsPublicInTheFlowIsWhatABatcherWithAStoreNeedsOfIt() {
        assertThat(publicClassesOf("io.batcher.internal"))
                .containsExactlyInAnyOrder("DefaultBatcher", "Admission", "StoreHooks", "Wiring");
        assertThat(publicClassesOf("io.batcher.internal.store")).containsExactly("StoredBatcher");
    }

    @Test
    void theStateHasOneDoorTheEngine() {
        assertThat(publicClassesOf("io.batcher.internal.state"))
                .containsExactlyInAnyOrder(
                        "Engine",
                        "FlushMachine",
                        "LoopControl",
                        "Outcomes",
                        "Runs",
                        "StoreOutcomes",
                        "Decision",
                        "AdmitResult",
                        "LoopAction",
                        "Caller");
        noConstructors()
                .that()
                .arePublic()
                .should()
                .beDeclaredInClassesThat(DescribedPredicate.describe(
                        "hold state",
                        type -> type.getPackageName().equals("io.batcher.internal.state")
                                && !type.getSimpleName().equals("Engine")
                                && !type.isRecord()))
                .check(MAIN);
    }

    private static List<String> publicClassesOf(String internal) {
        return MAIN.stream()
                .filter(type -> type.getPackageName().equals(internal) && type.isTopLevelClass())
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                .map(JavaClass::getSimpleName)
                .toList();
    }

    @Test
    void thePartsOfTheEngineDependOnlyOnWhatIsBelowThem() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.batcher.internal.buffer",
                        "io.batcher.internal.delivery",
                        "io.batcher.internal.threads",
                        "io.batcher.internal.report",
                        "io.batcher.internal.lanes",
                        "io.batcher.internal.partitions")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.batcher.internal", "io.batcher.internal.state", "io.batcher.internal.store")
                .check(MAIN);
        noClasses()
                .that()
                .resideInAPackage("io.batcher.internal.state")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.batcher.internal", "io.batcher.internal.store")
                .check(MAIN);
        noClasses()
                .that()
                .resideInAnyPackage("io.batcher.internal.buffer", "io.batcher.internal.threads")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.batcher.internal.delivery", "io.batcher.internal.report")
                .check(MAIN);
        slicesOfTheEngine("packages", JavaClass::getPackageName)
                .should()
                .beFreeOfCycles()
                .check(MAIN);
    }

    @Test
    void packagesAreSmall() {
        Map<String, Long> sizes = MAIN.stream()
                .filter(type -> type.isTopLevelClass() && !type.getPackageName().equals("io.batcher"))
                .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));
        assertThat(sizes).hasSizeGreaterThan(5);
        assertThat(sizes.values()).allMatch(size -> size <= 22);
    }

    @Test
    void theStateMachineAndItsPartsAreReachableOnlyThroughTheEngine() {
        Map<String, String[]> holders = Map.of(
                "state.StoreOutcomes", new String[] {"FlushMachine"},
                "state.FlushMachine", new String[] {"Engine"},
                "state.LoopControl", new String[] {"FlushMachine", "Outcomes", "StoreOutcomes"},
                "state.Outcomes", new String[] {"FlushMachine", "StoreOutcomes"},
                "state.CallLimits", new String[] {"LoopControl", "Outcomes"},
                "state.Settlement", new String[] {"FlushMachine", "LoopControl", "Outcomes", "StoreOutcomes"},
                "state.Lifecycle",
                        new String[] {"FlushMachine", "LoopControl", "FlushTrigger", "Outcomes", "StoreOutcomes"},
                "lanes.Lanes",
                        new String[] {
                            "DefaultBatcher",
                            "FlushMachine",
                            "LoopControl",
                            "Outcomes",
                            "OverflowRule",
                            "AddManySplitter",
                            "Wiring"
                        },
                "lanes.Lane", new String[] {"OneLane", "Run", "Left"});
        holders.forEach((held, by) -> fields().that()
                .haveRawType("io.batcher.internal." + held)
                .should()
                .beDeclaredInClassesThat(DescribedPredicate.describe(
                        "hold " + held, type -> List.of(by).contains(type.getSimpleName())))
                .check(MAIN));
    }

    @Test
    void theClassesOfTheEngineHaveNoCycles() {
        slicesOfTheEngine("top-level classes", ArchitectureTest::topLevelName)
                .should()
                .beFreeOfCycles()
                .check(MAIN);
    }

    private static String topLevelName(JavaClass type) {
        String name = type.getName();
        int nested = name.indexOf('$');
        return nested < 0 ? name : name.substring(0, nested);
    }

    private static GivenSlices slicesOfTheEngine(String what, Function<JavaClass, String> name) {
        return slices().assignedFrom(new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass type) {
                return resideInAPackage(INTERNAL).test(type)
                        ? SliceIdentifier.of(name.apply(type))
                        : SliceIdentifier.ignore();
            }

            @Override
            public String getDescription() {
                return what + " of the engine";
            }
        });
    }

    @Test
    void testingUsesThePublicApiOnly() {
        classes()
                .that()
                .resideInAPackage("io.batcher.testing")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("io.batcher", "io.batcher.testing", "java..", "org.jspecify..")
                .check(MAIN);
    }

    @Test
    void coreUsesTheJdkAndAnnotationsOnly() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("io.batcher..", "java..", "org.jspecify..", "com.google.errorprone.annotations..")
                .check(MAIN);
    }

    @Test
    void packagesHaveNoCyclesButThatOfTheBuilder() {
        slices().matching("io.batcher.(*)..").should().beFreeOfCycles().check(MAIN);
        noClasses()
                .that()
                .resideInAPackage("io.batcher")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.batcher.testing")
                .check(MAIN);
        noClasses()
                .that()
                .resideInAPackage(INTERNAL)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.batcher.testing")
                .check(MAIN);
    }

    @Test
    void nobodyButTheSeamAsksForTheTimeOrSleeps() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("io.batcher.SystemClock")
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Instant.class, "now")
                .check(MAIN);
        noClasses()
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(java.util.Timer.class)
                .check(MAIN);
    }

    @Test
    void noTestSleeps() {
        noClasses()
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethodWhere(DescribedPredicate.describe(
                        "sleep of a time unit",
                        call -> call.getName().equals("sleep")
                                && call.getTargetOwner().isEquivalentTo(java.util.concurrent.TimeUnit.class)))
                .check(TESTS);
    }

    @Test
    void testsOfGuaranteesAndFixturesUseThePublicApiOnly() {
        noClasses()
                .that()
                .resideInAnyPackage("io.batcher.guarantees", "io.batcher.fixtures")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(INTERNAL)
                .check(TESTS);
    }

    @Test
    void nobodyUsesTheCommonPoolOrMonitorsOfThisKind() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .areAssignableTo(ForkJoinPool.class)
                .orShould()
                .callMethod(Object.class, "wait")
                .orShould()
                .callMethod(Object.class, "wait", long.class)
                .check(MAIN.that(resideInAPackage(INTERNAL)));
    }

    @Test
    void threadsAreMadeInOnePlace() {
        noClasses()
                .that()
                .doNotHaveSimpleName("SharedThreads")
                .should()
                .callConstructorWhere(DescribedPredicate.describe(
                        "a thread or pool is made",
                        call -> call.getTargetOwner().isAssignableTo(Thread.class)
                                || call.getTargetOwner().isAssignableTo(java.util.concurrent.ExecutorService.class)))
                .check(MAIN.that(DescribedPredicate.describe(
                        "outside SharedThreads", type -> !type.getName().contains("SharedThreads"))));
    }

    @Test
    void theModuleExportsThePublicPackagesOnlyAndNeedsNothingAtRunTime() throws java.io.IOException {
        ModuleDescriptor module;
        try (InputStream descriptor = Batcher.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI()
                .resolve("module-info.class")
                .toURL()
                .openStream()) {
            module = ModuleDescriptor.read(descriptor);
        } catch (java.net.URISyntaxException e) {
            throw new IllegalStateException(e);
        }
        assertThat(module.name()).isEqualTo("io.batcher");
        assertThat(module.exports())
                .extracting(ModuleDescriptor.Exports::source)
                .containsExactlyInAnyOrder("io.batcher", "io.batcher.store", "io.batcher.testing");
        assertThat(module.opens()).isEmpty();
        assertThat(module.requires())
                .filteredOn(needed -> !needed.modifiers().contains(ModuleDescriptor.Requires.Modifier.STATIC))
                .extracting(ModuleDescriptor.Requires::name)
                .containsExactly("java.base");
    }

    @Test
    void noStateIsStaticAndMutable() {
        fields().that()
                .areStatic()
                .and()
                .areNotFinal()
                .should()
                .notBeStatic()
                .allowEmptyShould(true)
                .check(MAIN);
    }

    @Test
    void noInternalTypeIsInAPublicSignature() {
        methods()
                .that()
                .arePublic()
                .and()
                .areDeclaredInClassesThat()
                .resideOutsideOfPackage(INTERNAL)
                .should(new com.tngtech.archunit.lang.ArchCondition<>("show no internal type") {
                    @Override
                    public void check(JavaMethod method, com.tngtech.archunit.lang.ConditionEvents events) {
                        boolean shows = Stream.concat(
                                        Stream.of(method.getRawReturnType()), method.getRawParameterTypes().stream())
                                .anyMatch(resideInAPackage(INTERNAL));
                        events.add(new com.tngtech.archunit.lang.SimpleConditionEvent(
                                method, !shows, method.getFullName()));
                    }
                })
                .check(MAIN);
    }
}

/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

/** The rules of the module's own structure. */
class ArchitectureTest {

    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.batcher.spring");

    @Test
    void onlyThePublicApiOfTheEngineIsUsed() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.batcher.internal..")
                .check(classes);
    }

    @Test
    void autoConfigurationsArePublicAndFinalAndTheirBeanMethodsAreNotPublic() {
        classes()
                .that()
                .areAnnotatedWith(AutoConfiguration.class)
                .should()
                .bePublic()
                .andShould()
                .haveModifier(com.tngtech.archunit.core.domain.JavaModifier.FINAL)
                .check(classes);
        methods().that().areAnnotatedWith(Bean.class).should().notBePublic().check(classes);
    }

    @Test
    void packagesAreFreeOfCycles() {
        slices().assignedFrom(new Slices("Package", JavaClass::getPackageName))
                .should()
                .beFreeOfCycles()
                .check(classes);
    }

    @Test
    void filesAreFreeOfCycles() {
        slices().assignedFrom(new Slices("File", ArchitectureTest::topLevelName))
                .should()
                .beFreeOfCycles()
                .check(classes);
    }

    @Test
    void packagesAreSmall() {
        Map<String, Long> sizes = classes.stream()
                .filter(JavaClass::isTopLevelClass)
                .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));
        assertThat(sizes).hasSizeGreaterThan(5);
        assertThat(sizes.values()).allMatch(size -> size <= 22);
    }

    @Test
    void thePublicApiKnowsNothingInternal() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.batcher.spring",
                        "io.batcher.spring.health",
                        "io.batcher.spring.metrics",
                        "io.batcher.spring.testing")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.batcher.spring.internal..", "io.batcher.spring.autoconfigure")
                .check(classes);
    }

    @Test
    void whatIsOptionalStaysInItsPackage() {
        noClasses()
                .that()
                .resideInAnyPackage("io.batcher.spring", "io.batcher.spring.testing")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.micrometer..", "org.springframework.boot.actuate..", "org.springframework.web..")
                .check(classes);
    }

    @Test
    void onlyAutoConfigurationsArePublicInTheirPackage() {
        classes()
                .that()
                .resideInAPackage("io.batcher.spring.autoconfigure")
                .and()
                .areTopLevelClasses()
                .and()
                .arePublic()
                .should()
                .beAnnotatedWith(AutoConfiguration.class)
                .check(classes);
    }

    private static String topLevelName(JavaClass type) {
        return type.getEnclosingClass().map(ArchitectureTest::topLevelName).orElseGet(type::getName);
    }

    /** One slice for each name. */
    private record Slices(String getDescription, Function<JavaClass, String> name) implements SliceAssignment {

        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            return SliceIdentifier.of(name.apply(type));
        }
    }
}

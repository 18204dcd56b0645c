/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
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
        slices().matching("io.batcher.spring.(*)..").should().beFreeOfCycles().check(classes);
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
    void onlyAutoConfigurationAndPropertiesArePublicInItsPackage() {
        classes()
                .that()
                .resideInAPackage("io.batcher.spring.autoconfigure")
                .and()
                .areTopLevelClasses()
                .and()
                .arePublic()
                .should()
                .haveSimpleNameEndingWith("AutoConfiguration")
                .orShould()
                .haveSimpleName("BatcherProperties")
                .check(classes);
    }
}

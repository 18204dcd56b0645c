/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatchKey;
import io.batcher.spring.BatcherProperties;
import io.batcher.spring.BatcherProperties.Endpoint;
import io.batcher.spring.BatcherProperties.Health;
import io.batcher.spring.BatcherProperties.Options;
import io.batcher.spring.BatcherProperties.Retry;
import io.batcher.spring.BatcherProperties.Store;
import io.batcher.spring.internal.definition.BatcherDefinition;
import io.batcher.spring.internal.runtime.BatcherFactory;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.ExecutableHint;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.TypeReference;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.asm.ClassWriter;
import org.springframework.asm.Opcodes;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.javapoet.ClassName;

/** S9: what the starter uses by name is kept in a native image. The hints are looked at, no image is built. */
class BatcherRuntimeHintsTest {

    private final RuntimeHints hints = hintsOf(BatcherAutoConfiguration.class);

    @Test
    void theFactoryOfTheDefinitionsThatAreMadeAtRunTime() throws Exception {
        Method create = BatcherFactory.class.getDeclaredMethod("create", BatcherDefinition.class);
        assertThat(hints).matches(RuntimeHintsPredicates.reflection().onMethodInvocation(create));
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                BatcherProperties.class,
                Options.class,
                Retry.class,
                Store.class,
                Store.File.class,
                Store.Jdbc.class,
                Store.Kafka.class,
                Endpoint.class,
                Health.class
            })
    void theConstructorsAndComponentsOfTheProperties(Class<?> group) {
        for (Constructor<?> constructor : group.getDeclaredConstructors()) {
            assertThat(hints).matches(RuntimeHintsPredicates.reflection().onConstructorInvocation(constructor));
        }
        for (RecordComponent component : group.getRecordComponents()) {
            assertThat(hints).matches(RuntimeHintsPredicates.reflection().onMethodInvocation(component.getAccessor()));
        }
    }

    @Test
    void theFactoryMethodThatConvertsANameWithNothingBelowIt() throws Exception {
        Method of = Options.class.getMethod("of", String.class);
        assertThat(hints).matches(RuntimeHintsPredicates.reflection().onMethodInvocation(of));
    }

    @Test
    void theBuilderOfVirtualThreads() throws Exception {
        assertThat(hints).matches(RuntimeHintsPredicates.reflection().onType(Thread.class));
        if (Runtime.version().feature() >= 21) {
            Class<?> builder = Class.forName("java.lang.Thread$Builder$OfVirtual");
            Method ofVirtual = Thread.class.getMethod("ofVirtual");
            Method name = builder.getMethod("name", String.class, long.class);
            assertThat(hints)
                    .matches(RuntimeHintsPredicates.reflection().onMethodInvocation(ofVirtual))
                    .matches(RuntimeHintsPredicates.reflection().onMethodInvocation(name));
        }
    }

    @Test
    void theMethodsOfTheApplicationThatGiveKeys() throws Exception {
        Method key = Keyed.class.getDeclaredMethod("key", Object.class);
        assertThat(hintsOf(Keyed.class))
                .matches(RuntimeHintsPredicates.reflection().onMethodInvocation(key));
    }

    @Test
    void theItemTypesWhichAStoreReadsAndWrites() {
        RuntimeHints stored = hintsOf(Stored.class);
        assertThat(stored)
                .matches(RuntimeHintsPredicates.reflection()
                        .onConstructorInvocation(Order.class.getDeclaredConstructors()[0]))
                .matches(RuntimeHintsPredicates.reflection()
                        .onConstructorInvocation(Line.class.getDeclaredConstructors()[0]));
    }

    /** The module of JPA is not on the class path of the tests. */
    @Test
    void theMethodThatNamesTheDataSourceOfJpa() {
        RuntimeHints jpa = new RuntimeHints();
        new BatcherRuntimeHints().registerHints(jpa, new WithJpa());
        assertThat(jpa.reflection().getTypeHint(TypeReference.of(WithJpa.MANAGER)))
                .isNotNull()
                .satisfies(type -> assertThat(type.methods())
                        .extracting(ExecutableHint::getName, ExecutableHint::getMode)
                        .containsExactly(tuple("getDataSource", ExecutableMode.INVOKE)));
    }

    /** Has a class with the name of the manager. */
    private static final class WithJpa extends ClassLoader {

        private static final String MANAGER = "org.springframework.orm.jpa.JpaTransactionManager";

        WithJpa() {
            super(WithJpa.class.getClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (!name.equals(MANAGER)) {
                throw new ClassNotFoundException(name);
            }
            ClassWriter writer = new ClassWriter(0);
            writer.visit(Opcodes.V17, Opcodes.ACC_PUBLIC, name.replace('.', '/'), null, "java/lang/Object", null);
            byte[] bytes = writer.toByteArray();
            return defineClass(name, bytes, 0, bytes.length);
        }
    }

    record Order(String id, List<Line> lines) {}

    record Line(String article) {}

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(BatcherAutoConfiguration.class)
    static class Stored {

        @BatchHandler("orders")
        void handle(List<Order> batch) {}
    }

    static class Keyed {

        @BatchKey("readings")
        String key(Object item) {
            return item.toString();
        }
    }

    /** As ahead-of-time processing collects them, from all that an application has. */
    private static RuntimeHints hintsOf(Class<?> configuration) {
        DefaultGenerationContext generation = new DefaultGenerationContext(
                new ClassNameGenerator(ClassName.get(configuration)), new InMemoryGeneratedFiles());
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            context.register(configuration);
            new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
        }
        return generation.getRuntimeHints();
    }
}

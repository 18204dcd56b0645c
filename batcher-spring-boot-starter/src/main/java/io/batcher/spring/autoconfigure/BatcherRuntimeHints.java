/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import io.batcher.spring.BatcherProperties;
import io.batcher.spring.internal.definition.BatcherDefinitionRegistrar;
import io.batcher.spring.internal.options.OptionNames;
import io.batcher.spring.internal.runtime.BatcherFactory;
import io.batcher.spring.internal.runtime.VirtualThreads;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.context.properties.bind.BindableRuntimeHintsRegistrar;

/**
 * Hints for a native image: the constructors of the properties, for binding; their components, which {@link OptionNames} reads;
 * {@link BatcherProperties.Options#of}, which Spring Boot 4.0 finds by name; the factory method of the definitions that
 * {@link BatcherDefinitionRegistrar} registers; and the method that names the {@code DataSource} of JPA's transactions.
 */
final class BatcherRuntimeHints implements RuntimeHintsRegistrar {

    private static final List<String> JPA_MANAGERS = List.of(
            "org.springframework.orm.jpa.JpaTransactionManager",
            "org.springframework.orm.jpa.hibernate.HibernateTransactionManager");

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
        BindableRuntimeHintsRegistrar.forTypes(BatcherProperties.class).registerHints(hints, classLoader);
        hints.reflection().registerType(BatcherFactory.class, MemberCategory.INVOKE_PUBLIC_METHODS);
        hints.reflection()
                .registerType(Thread.class, type -> type.withMethod("ofVirtual", List.of(), ExecutableMode.INVOKE))
                .registerTypeIfPresent(classLoader, VirtualThreads.BUILDER, MemberCategory.INVOKE_PUBLIC_METHODS);
        JPA_MANAGERS.forEach(manager -> hints.reflection()
                .registerTypeIfPresent(
                        classLoader,
                        manager,
                        type -> type.withMethod("getDataSource", List.of(), ExecutableMode.INVOKE)));
        withNested(BatcherProperties.class)
                .forEach(type -> hints.reflection().registerType(type, MemberCategory.INVOKE_PUBLIC_METHODS));
    }

    private static Stream<Class<?>> withNested(Class<?> type) {
        return Stream.concat(
                Stream.of(type), Stream.of(type.getDeclaredClasses()).flatMap(BatcherRuntimeHints::withNested));
    }
}

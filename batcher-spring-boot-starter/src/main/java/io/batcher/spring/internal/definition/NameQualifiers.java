/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.definition;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.ClassUtils;

/**
 * The qualifiers of a batcher: its name, as {@code @Qualifier} and as {@code @Named}.
 *
 * <p>Provides them as annotations, like those of a {@code @Bean} method, because then Spring accepts the bean name as a qualifier
 * too. It does not if the bean definition itself has a qualifier.
 */
final class NameQualifiers implements AnnotatedElement {

    private static final @Nullable Class<?> NAMED =
            resolve("jakarta.inject.Named", NameQualifiers.class.getClassLoader());

    private final List<Annotation> annotations = new ArrayList<>();

    NameQualifiers(String name) {
        annotations.add(named(name, Qualifier.class));
        if (NAMED != null) {
            annotations.add(named(name, NAMED.asSubclass(Annotation.class)));
        }
    }

    @Override
    public <A extends Annotation> @Nullable A getAnnotation(Class<A> type) {
        return annotations.stream()
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst()
                .orElse(null);
    }

    @Override
    public Annotation[] getAnnotations() {
        return annotations.toArray(Annotation[]::new);
    }

    @Override
    public Annotation[] getDeclaredAnnotations() {
        return getAnnotations();
    }

    private static Annotation named(String name, Class<? extends Annotation> type) {
        return AnnotationUtils.synthesizeAnnotation(Map.of(AnnotationUtils.VALUE, name), type, null);
    }

    private static @Nullable Class<?> resolve(String type, ClassLoader loader) {
        return ClassUtils.isPresent(type, loader) ? ClassUtils.resolveClassName(type, loader) : null;
    }
}

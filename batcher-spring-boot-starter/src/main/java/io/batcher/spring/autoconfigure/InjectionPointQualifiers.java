/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import java.lang.annotation.Annotation;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.InjectionPoint;
import org.springframework.beans.factory.UnsatisfiedDependencyException;
import org.springframework.core.MethodParameter;

/** The qualifiers declared at an injection point. */
final class InjectionPointQualifiers {

    private static final Set<String> KINDS =
            Set.of("org.springframework.beans.factory.annotation.Qualifier", "jakarta.inject.Qualifier");

    private final List<Annotation> annotations;

    private InjectionPointQualifiers(Stream<Annotation> annotations) {
        this.annotations = annotations
                .filter(InjectionPointQualifiers::isQualifier)
                .distinct()
                .toList();
    }

    /** Returns the qualifiers of the innermost injection point that failed; none if it is unknown. */
    static InjectionPointQualifiers of(Throwable failure) {
        InjectionPoint point = null;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnsatisfiedDependencyException unsatisfied
                    && unsatisfied.getInjectionPoint() != null) {
                point = unsatisfied.getInjectionPoint();
            }
        }
        return new InjectionPointQualifiers(
                point == null
                        ? Stream.empty()
                        : Stream.concat(Arrays.stream(point.getAnnotations()), ofMethod(point.getMethodParameter())));
    }

    /** Returns the name in the first qualifier that has one. */
    Optional<String> name() {
        return annotations.stream()
                .map(InjectionPointQualifiers::nameIn)
                .filter(name -> !name.isEmpty())
                .findFirst();
    }

    /** Returns the qualifiers as in source code; an empty string if there are none. */
    @Override
    public String toString() {
        return annotations.stream().map(InjectionPointQualifiers::describe).collect(Collectors.joining(" "));
    }

    private static Stream<Annotation> ofMethod(@Nullable MethodParameter parameter) {
        return parameter == null ? Stream.empty() : Arrays.stream(parameter.getMethodAnnotations());
    }

    private static boolean isQualifier(Annotation annotation) {
        return isKind(annotation)
                || Arrays.stream(annotation.annotationType().getAnnotations())
                        .anyMatch(InjectionPointQualifiers::isKind);
    }

    private static boolean isKind(Annotation annotation) {
        return KINDS.contains(annotation.annotationType().getName());
    }

    private static String nameIn(Annotation annotation) {
        String own = valueOf(annotation);
        return !own.isEmpty()
                ? own
                : Arrays.stream(annotation.annotationType().getAnnotations())
                        .filter(InjectionPointQualifiers::isKind)
                        .map(InjectionPointQualifiers::valueOf)
                        .findFirst()
                        .orElse("");
    }

    private static String valueOf(Annotation annotation) {
        return org.springframework.core.annotation.AnnotationUtils.getValue(annotation) instanceof String value
                ? value
                : "";
    }

    private static String describe(Annotation annotation) {
        String value = valueOf(annotation);
        return "@" + annotation.annotationType().getSimpleName() + (value.isEmpty() ? "" : "(\"" + value + "\")");
    }
}

/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.handler;

import io.batcher.spring.internal.BatcherConfigurationException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import org.springframework.util.ClassUtils;

/** Finds annotated methods by the types in bean definitions, without creating beans. */
public final class HandlerScanner {

    private final ConfigurableListableBeanFactory beanFactory;
    private final Environment environment;
    private final Predicate<String> disabled;

    /**
     * Creates a scanner.
     *
     * @param disabled tests whether the methods of a batcher are skipped
     */
    public HandlerScanner(
            ConfigurableListableBeanFactory beanFactory, Environment environment, Predicate<String> disabled) {
        this.beanFactory = beanFactory;
        this.environment = environment;
        this.disabled = disabled;
    }

    public List<HandlerMethod> handlers() {
        List<HandlerMethod> found = new ArrayList<>();
        for (String definition : beanFactory.getBeanDefinitionNames()) {
            found.addAll(handlersOf(definition));
        }
        return found;
    }

    /** Returns the annotated methods of a class with their kinds. */
    public static Map<Method, HandlerKind> annotated(Class<?> type) {
        try {
            return MethodIntrospector.selectMethods(
                    type, (MethodIntrospector.MetadataLookup<HandlerKind>) HandlerScanner::kindOf);
        } catch (LinkageError | TypeNotPresentException e) {
            return Map.of(); // a class that refers to a missing library
        }
    }

    /** Returns whether the class can have annotated methods. */
    public static boolean isCandidate(Class<?> type) {
        return AnnotationUtils.isCandidateClass(type, HandlerKind.annotations()) && !isOfSpring(type);
    }

    /** As for Spring's event listeners: a component in Spring's packages belongs to an application or a test. */
    private static boolean isOfSpring(Class<?> userType) {
        return userType.getName().startsWith("org.springframework.")
                && !AnnotatedElementUtils.isAnnotated(userType, Component.class);
    }

    /** Returns the batcher name in the annotation of a method, with placeholders resolved. */
    public static String batcherOf(Method method, HandlerKind kind, Environment environment) {
        Annotation annotation =
                Objects.requireNonNull(AnnotatedElementUtils.findMergedAnnotation(method, kind.annotation()));
        String name = (String) Objects.requireNonNull(AnnotationUtils.getValue(annotation));
        try {
            return environment.resolveRequiredPlaceholders(name);
        } catch (IllegalArgumentException e) {
            throw new BatcherConfigurationException(
                    "The name in " + kind.on(name) + " on "
                            + method.getDeclaringClass().getName() + "." + method.getName() + " cannot be resolved: "
                            + e.getMessage() + ".",
                    "Define the property, or add a default, as in ${name:default}.",
                    e);
        }
    }

    private static @Nullable HandlerKind kindOf(Method method) {
        for (HandlerKind kind : HandlerKind.values()) {
            if (AnnotatedElementUtils.hasAnnotation(method, kind.annotation())) {
                return kind;
            }
        }
        return null;
    }

    private List<HandlerMethod> handlersOf(String definition) {
        Class<?> type = typeOf(definition);
        if (type == null || !isCandidate(type)) {
            return List.of();
        }
        ResolvableType owner = owner(definition, type);
        return annotated(type).entrySet().stream()
                .filter(entry -> !disabled.test(batcherOf(entry.getKey(), entry.getValue(), environment)))
                .map(entry -> handler(entry.getValue(), entry.getKey(), definition, type, owner))
                .toList();
    }

    /** Returns null if the type is unknown without creating the bean, or if another definition represents the bean. */
    private @Nullable Class<?> typeOf(String definition) {
        boolean isScopedProxy = beanFactory.containsBeanDefinition(ScopedProxyUtils.getTargetBeanName(definition));
        if (isScopedProxy || beanFactory.getBeanDefinition(definition).isAbstract()) {
            return null;
        }
        try {
            Class<?> type = beanFactory.getType(definition, false);
            return type == null ? null : ClassUtils.getUserClass(type);
        } catch (BeansException | LinkageError e) {
            return null; // a bean that refers to a missing library
        }
    }

    private HandlerMethod handler(
            HandlerKind kind, Method method, String definition, Class<?> type, ResolvableType owner) {
        String batcher = batcherOf(method, kind, environment);
        // The target of a scoped proxy has the method; the proxy is called.
        String beanName = ScopedProxyUtils.isScopedTarget(definition)
                ? ScopedProxyUtils.getOriginalBeanName(definition)
                : definition;
        return new HandlerMethod(
                kind, batcher, beanName, type, method, HandlerSignature.itemType(kind, batcher, method, owner));
    }

    /** Returns the type with the generics of a factory method, as in {@code @Bean Store<Reading> store()}. */
    private ResolvableType owner(String definition, Class<?> userType) {
        BeanDefinition merged = beanFactory.getMergedBeanDefinition(definition);
        if (merged instanceof RootBeanDefinition root) {
            ResolvableType declared = root.getResolvableType();
            if (declared.resolve() == userType) {
                return declared;
            }
        }
        return ResolvableType.forClass(userType);
    }
}

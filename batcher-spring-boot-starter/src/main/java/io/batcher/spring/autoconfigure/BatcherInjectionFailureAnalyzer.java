/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import io.batcher.Batcher;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.analyzer.AbstractInjectionFailureAnalyzer;
import org.springframework.core.Ordered;
import org.springframework.core.ResolvableType;

/** Tells which batchers exist, where one of an item type was asked for that does not, or that several have. */
final class BatcherInjectionFailureAnalyzer extends AbstractInjectionFailureAnalyzer<NoSuchBeanDefinitionException>
        implements Ordered {

    private final ConfigurableListableBeanFactory beanFactory;

    BatcherInjectionFailureAnalyzer(BeanFactory beanFactory) {
        this.beanFactory = (ConfigurableListableBeanFactory) beanFactory;
    }

    /** Before the analyzer for any bean. */
    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    protected @Nullable FailureAnalysis analyze(
            Throwable rootFailure, NoSuchBeanDefinitionException cause, @Nullable String injectionPoint) {
        ResolvableType type = cause.getResolvableType();
        if (type == null || type.resolve() != Batcher.class) {
            return null;
        }
        ResolvableType itemType = type.getGeneric(0);
        boolean any = itemType.resolve() == null;
        String what = any ? "" : " of " + itemType;
        String who = injectionPoint == null ? "Something" : injectionPoint;
        if (cause instanceof NoUniqueBeanDefinitionException several && several.getBeanNamesFound() != null) {
            List<String> beanNames = List.copyOf(several.getBeanNamesFound());
            return several(who + " needs one batcher" + what, beanNames, cause);
        }
        String needs = who + " needs a batcher" + what;
        List<String> beanNames = List.of(beanFactory.getBeanNamesForType(Batcher.class, true, false));
        return beanNames.stream()
                .filter(beanName -> isOf(type, beanName))
                .findFirst()
                .map(beanName -> otherwiseQualified(needs, nameOf(beanName), beanNames, cause))
                .orElseGet(() -> none(needs, any ? null : itemType, beanNames, cause));
    }

    private FailureAnalysis none(
            String needs, @Nullable ResolvableType itemType, List<String> beanNames, Throwable cause) {
        return new FailureAnalysis(
                needs + ", and there is none. " + known(beanNames),
                (itemType == null
                                ? "Add a @BatchHandler method"
                                : "Correct the item type; or add a @BatchHandler method that takes a List of "
                                        + itemType)
                        + " to a bean (one whose class its definition tells: a @Bean method returns the class itself, not an"
                        + " interface); or set batcher.instances.<name>.item-type.",
                cause);
    }

    private FailureAnalysis otherwiseQualified(String needs, String name, List<String> beanNames, Throwable cause) {
        return new FailureAnalysis(
                needs + " with a qualifier that none has. " + known(beanNames),
                "Correct the qualifier; it is the name of the batcher, as in @Qualifier(\"" + name + "\").",
                cause);
    }

    private FailureAnalysis several(String needs, List<String> beanNames, Throwable cause) {
        String names =
                beanNames.stream().map(beanName -> '"' + nameOf(beanName) + '"').collect(Collectors.joining(", "));
        return new FailureAnalysis(
                needs + ", but there are several: " + names + ".",
                "Say which: add @Qualifier(\"" + nameOf(beanNames.get(0)) + "\"), or call the parameter or field '"
                        + beanNames.get(0) + "'.",
                cause);
    }

    private boolean isOf(ResolvableType wanted, String beanName) {
        ResolvableType itemType = ItemTypes.ofBean(beanName, beanFactory);
        return itemType != null && wanted.isAssignableFrom(ItemTypes.batcherOf(itemType));
    }

    private String known(List<String> beanNames) {
        return beanNames.isEmpty()
                ? "There are no batchers."
                : beanNames.stream().map(this::describe).collect(Collectors.joining(", ", "Known batchers: ", "."));
    }

    private String describe(String beanName) {
        ResolvableType itemType = ItemTypes.ofBean(beanName, beanFactory);
        return '"' + nameOf(beanName) + "\" of " + (itemType == null ? "unknown items" : itemType);
    }

    private String nameOf(String beanName) {
        Object spec = beanFactory.containsBeanDefinition(beanName)
                ? beanFactory.getMergedBeanDefinition(beanName).getAttribute(BatcherSpec.class.getName())
                : null;
        return spec instanceof BatcherSpec known ? known.name() : beanName;
    }
}

/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import io.batcher.Batcher;
import java.util.ArrayList;
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
        String who = injectionPoint == null ? "Something" : injectionPoint;
        ResolvableType itemType = type.getGeneric(0);
        if (cause instanceof NoUniqueBeanDefinitionException several && several.getBeanNamesFound() != null) {
            return several(who, itemType, List.copyOf(several.getBeanNamesFound()), cause);
        }
        return none(who, itemType, cause);
    }

    private FailureAnalysis none(String who, ResolvableType itemType, Throwable cause) {
        List<String> existing = new ArrayList<>();
        for (String beanName : beanFactory.getBeanNamesForType(Batcher.class, true, false)) {
            ResolvableType type = ItemTypes.ofBean(beanName, beanFactory);
            existing.add("\"" + nameOf(beanName) + "\" of " + (type == null ? "unknown items" : type));
        }
        return new FailureAnalysis(
                who + " needs a batcher of " + itemType + ", and there is none. "
                        + (existing.isEmpty()
                                ? "There are no batchers."
                                : "Known batchers: " + String.join(", ", existing) + "."),
                "Correct the item type; or add a @BatchHandler method that takes a List of " + itemType
                        + " to a bean (one whose class its definition tells: a @Bean method returns the class itself, not an"
                        + " interface); or set batcher.instances.<name>.item-type.",
                cause);
    }

    private FailureAnalysis several(String who, ResolvableType itemType, List<String> beanNames, Throwable cause) {
        String names =
                beanNames.stream().map(beanName -> '"' + nameOf(beanName) + '"').collect(Collectors.joining(", "));
        return new FailureAnalysis(
                who + " needs one batcher" + (itemType.resolve() == null ? "" : " of " + itemType)
                        + ", but there are several: " + names + ".",
                "Say which: add @Qualifier(\"" + nameOf(beanNames.get(0)) + "\"), or call the parameter or field '"
                        + beanNames.get(0) + "'.",
                cause);
    }

    private String nameOf(String beanName) {
        Object spec = beanFactory.containsBeanDefinition(beanName)
                ? beanFactory.getMergedBeanDefinition(beanName).getAttribute(BatcherSpec.class.getName())
                : null;
        return spec instanceof BatcherSpec known ? known.name() : beanName;
    }
}

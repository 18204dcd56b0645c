/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import io.batcher.Batcher;
import io.batcher.spring.internal.BatcherNames;
import io.batcher.spring.internal.NameSuggestions;
import io.batcher.spring.internal.definition.BatcherDefinition;
import io.batcher.spring.internal.definition.BatcherDefinitionRegistrar;
import io.batcher.spring.internal.handler.ItemTypes;
import io.batcher.spring.internal.options.OptionNames;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.analyzer.AbstractInjectionFailureAnalyzer;
import org.springframework.core.Ordered;
import org.springframework.core.ResolvableType;

/** Analyzes the injection of a missing or ambiguous batcher, and lists the batchers that exist. */
final class BatcherInjectionFailureAnalyzer extends AbstractInjectionFailureAnalyzer<NoSuchBeanDefinitionException>
        implements Ordered {

    private final ConfigurableListableBeanFactory beanFactory;

    BatcherInjectionFailureAnalyzer(BeanFactory beanFactory) {
        this.beanFactory = (ConfigurableListableBeanFactory) beanFactory;
    }

    /** Runs before Spring Boot's analyzers for arbitrary beans. */
    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    protected @Nullable FailureAnalysis analyze(
            Throwable rootFailure, NoSuchBeanDefinitionException cause, @Nullable String injectionPoint) {
        ResolvableType type = cause.getResolvableType();
        String subject = injectionPoint == null ? beanIn(rootFailure) : injectionPoint;
        List<String> beanNames = List.of(beanFactory.getBeanNamesForType(Batcher.class, true, false));
        if (type == null) {
            return cause.getBeanName() == null ? null : named(subject, cause.getBeanName(), beanNames, cause);
        }
        if (type.resolve() != Batcher.class) {
            return null;
        }
        ResolvableType itemType = type.getGeneric(0);
        boolean any = itemType.resolve() == null;
        String what = any ? "" : " of " + itemType;
        if (cause instanceof NoUniqueBeanDefinitionException several && several.getBeanNamesFound() != null) {
            return several(subject + " needs one batcher" + what, List.copyOf(several.getBeanNamesFound()), cause);
        }
        InjectionPointQualifiers qualifiers = InjectionPointQualifiers.of(rootFailure);
        Optional<String> disabled = qualifiers.name().flatMap(this::disabled);
        if (disabled.isPresent()) {
            return disabled(subject, disabled.get(), beanNames, cause);
        }
        String needs = subject + " needs a batcher" + what;
        List<String> ofType =
                beanNames.stream().filter(beanName -> isOf(type, beanName)).toList();
        return ofType.isEmpty()
                ? none(needs, any ? null : itemType, beanNames, cause)
                : otherwiseQualified(needs, qualifiers, ofType, beanNames, cause);
    }

    /** Analyzes injection by bean name, as with {@code @Resource}. */
    private @Nullable FailureAnalysis named(String subject, String wanted, List<String> beanNames, Throwable cause) {
        Optional<String> disabled = disabled(wanted);
        if (disabled.isPresent()) {
            return disabled(subject, disabled.get(), beanNames, cause);
        }
        return beanNames.stream()
                .filter(beanName -> nameOf(beanName).equals(wanted))
                .findFirst()
                .map(beanName -> new FailureAnalysis(
                        subject + " needs a bean named '" + wanted + "', but there is none. The bean of batcher \""
                                + wanted + "\" is called '" + beanName + "'.",
                        "Request '" + beanName + "', or inject by type, with @Qualifier(\"" + wanted + "\").",
                        cause))
                .orElse(null);
    }

    private FailureAnalysis none(
            String needs, @Nullable ResolvableType itemType, List<String> beanNames, Throwable cause) {
        Set<String> disabled = BatcherDefinitionRegistrar.disabled(beanFactory);
        String off = disabled.stream()
                .map(BatcherInjectionFailureAnalyzer::disabling)
                .collect(Collectors.joining(", "));
        return new FailureAnalysis(
                needs + ", but there is none. " + known(beanNames)
                        + (off.isEmpty() ? "" : " Disabled by properties: " + off + "."),
                (off.isEmpty()
                                ? ""
                                : "If one of the disabled batchers is meant: " + removeOrProvider("the property")
                                        + " Otherwise: ")
                        + (itemType == null
                                ? "Add a @BatchHandler method"
                                : "Correct the item type, or add a @BatchHandler method that takes a List of "
                                        + itemType)
                        + " to a bean (its @Bean method must return the class itself, not an interface), or set"
                        + " batcher.instances.<name>.item-type.",
                cause);
    }

    private FailureAnalysis disabled(String subject, String name, List<String> beanNames, Throwable cause) {
        return new FailureAnalysis(
                subject + " needs batcher \"" + name + "\", which is disabled by " + disabling(name) + ". "
                        + known(beanNames),
                removeOrProvider(disabling(name)),
                cause);
    }

    private static String removeOrProvider(String property) {
        return "Remove " + property + ", or inject an ObjectProvider of the batcher if it is optional.";
    }

    private FailureAnalysis otherwiseQualified(
            String needs,
            InjectionPointQualifiers qualifiers,
            List<String> ofType,
            List<String> beanNames,
            Throwable cause) {
        NameSuggestions names =
                new NameSuggestions(ofType.stream().map(this::nameOf).toList());
        String wanted = qualifiers.name().orElse("");
        String right = "@Qualifier(\"" + names.nearest(wanted).orElseGet(() -> nameOf(ofType.get(0))) + "\")";
        Optional<String> owner = beanNames.stream()
                .filter(beanName -> beanName.equals(wanted) || nameOf(beanName).equals(wanted))
                .findFirst();
        if (owner.isPresent() && !ofType.contains(owner.get())) {
            return new FailureAnalysis(
                    needs + " with " + qualifiers + ", but the items of that batcher have another type. "
                            + known(beanNames),
                    "Correct the item type or the qualifier, for example " + right + ".",
                    cause);
        }
        if (owner.isPresent() || (wanted.isEmpty() && !qualifiers.toString().isEmpty())) {
            return new FailureAnalysis(
                    needs + " with " + qualifiers + ", but no batcher has these qualifiers. " + known(beanNames),
                    "Use " + (owner.isPresent() ? "@Qualifier(\"" + nameOf(owner.get()) + "\")" : right)
                            + " alone. The only qualifiers of a batcher are its name and the name of its bean.",
                    cause);
        }
        return new FailureAnalysis(
                needs + ", but no batcher has the requested qualifier. " + known(beanNames),
                "Correct the qualifier. It is the name of the batcher, for example " + right + ".",
                cause);
    }

    private FailureAnalysis several(String needs, List<String> beanNames, Throwable cause) {
        String names =
                beanNames.stream().map(beanName -> '"' + nameOf(beanName) + '"').collect(Collectors.joining(", "));
        return new FailureAnalysis(
                needs + ", but there are several: " + names + ".",
                "Select one: add @Qualifier(\"" + nameOf(beanNames.get(0)) + "\"), or name the parameter or field '"
                        + beanNames.get(0) + "'.",
                cause);
    }

    /** Returns the disabled batcher with this name or bean name. */
    private Optional<String> disabled(String wanted) {
        return BatcherDefinitionRegistrar.disabled(beanFactory).stream()
                .filter(name ->
                        name.equals(wanted) || BatcherNames.beanName(name).equals(wanted))
                .findFirst();
    }

    private static String disabling(String name) {
        return OptionNames.INSTANCES + "." + name + ".enabled=false";
    }

    /** Returns the bean that could not be created, if the injection point is unknown. */
    private static String beanIn(Throwable failure) {
        return failure instanceof BeanCreationException creation && creation.getBeanName() != null
                ? "Bean '" + creation.getBeanName() + "'"
                : "A bean";
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
        return '"' + nameOf(beanName) + "\" of " + (itemType == null ? "an unknown type" : itemType);
    }

    private String nameOf(String beanName) {
        Object definition = beanFactory.containsBeanDefinition(beanName)
                ? beanFactory.getMergedBeanDefinition(beanName).getAttribute(BatcherDefinition.class.getName())
                : null;
        return definition instanceof BatcherDefinition known ? known.name() : beanName;
    }
}

/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.definition;

import io.batcher.Batcher;
import io.batcher.spring.internal.handler.HandlerKind;
import io.batcher.spring.internal.handler.HandlerMethod;
import io.batcher.spring.internal.handler.ItemTypes;
import io.batcher.spring.internal.options.OptionNames;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;

/**
 * Registers a bean definition for each batcher, with its full generic type, and its name as qualifier.
 *
 * <p>Runs after all other definitions are registered, because their types reveal names and item types. The definitions are not
 * part of ahead-of-time code: this class runs at every startup.
 */
public class BatcherDefinitionRegistrar
        implements BeanDefinitionRegistryPostProcessor, EnvironmentAware, AopInfrastructureBean {

    public static final String BEAN_NAME = "batcherDefinitionRegistrar";
    public static final String FACTORY_BEAN_NAME = "batcherFactory";

    private static final String DISABLED = BatcherDefinitionRegistrar.class.getName() + ".disabled";

    private @Nullable Environment environment;
    private List<BatcherDefinition> definitions = List.of();
    private Set<String> disabled = Set.of();

    @Override
    public void setEnvironment(Environment environment) {
        this.environment = environment;
    }

    @Override
    public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
        // Too early: other post-processors may still register definitions.
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
        BatcherDefinitionReader reader = new BatcherDefinitionReader(beanFactory, Objects.requireNonNull(environment));
        definitions = reader.read();
        disabled = reader.disabled();
        beanFactory.getBeanDefinition(BEAN_NAME).setAttribute(DISABLED, disabled);
        // Not by @EnableConfigurationProperties, which would bind unrelated environment variables.
        beanFactory.registerSingleton("batcherProperties", reader.properties(definitions));
        for (BatcherDefinition definition : definitions) {
            ResolvableType itemType = definition.itemType();
            if (itemType != null) {
                ((BeanDefinitionRegistry) beanFactory)
                        .registerBeanDefinition(definition.beanName(), beanDefinition(definition, itemType));
            }
        }
        proxyBatchersByInterface(beanFactory);
    }

    /** Makes auto-proxies of batchers implement the interface {@code Batcher}, because the class of the engine is final. */
    private static void proxyBatchersByInterface(ConfigurableListableBeanFactory beanFactory) {
        for (String beanName : beanFactory.getBeanNamesForType(Batcher.class, true, false)) {
            if (beanFactory.containsBeanDefinition(beanName)
                    && !beanFactory.isFactoryBean(beanName)
                    && beanFactory.getType(beanName, false) == Batcher.class) {
                BeanDefinition definition = beanFactory.getBeanDefinition(beanName);
                if (!definition.hasAttribute(AutoProxyUtils.EXPOSED_INTERFACES_ATTRIBUTE)) {
                    definition.setAttribute(AutoProxyUtils.EXPOSED_INTERFACES_ATTRIBUTE, Batcher.class);
                }
            }
        }
    }

    /** Returns the batchers, sorted by name. */
    public List<BatcherDefinition> definitions() {
        return definitions;
    }

    /** Returns the names of the disabled batchers. */
    public Set<String> disabled() {
        return disabled;
    }

    /** Returns the names of the disabled batchers, also after a failed startup, when this bean is destroyed. */
    @SuppressWarnings("unchecked")
    public static Set<String> disabled(ConfigurableListableBeanFactory beanFactory) {
        Object names = beanFactory.containsBeanDefinition(BEAN_NAME)
                ? beanFactory.getBeanDefinition(BEAN_NAME).getAttribute(DISABLED)
                : null;
        return names == null ? Set.of() : (Set<String>) names;
    }

    private static RootBeanDefinition beanDefinition(BatcherDefinition definition, ResolvableType itemType) {
        RootBeanDefinition bean = new RootBeanDefinition(Batcher.class);
        bean.setTargetType(ItemTypes.batcherOf(itemType));
        bean.setFactoryBeanName(FACTORY_BEAN_NAME);
        bean.setFactoryMethodName("create");
        bean.getConstructorArgumentValues().addIndexedArgumentValue(0, definition);
        bean.setQualifiedElement(new NameQualifiers(definition.name()));
        bean.setDestroyMethodName(""); // the factory closes it
        bean.setAttribute(BatcherDefinition.class.getName(), definition);
        HandlerMethod handler = definition.handler(HandlerKind.BATCH);
        bean.setResourceDescription(
                handler == null ? OptionNames.INSTANCES + "." + definition.name() : handler.describeInFull());
        return bean;
    }
}

/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import io.batcher.Batcher;
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
 * Makes each batcher a bean definition of its own, with its full generic type and its name as qualifier.
 *
 * <p>Works when all other definitions are registered, because their types tell names and item types. The definitions are not
 * written into ahead-of-time code (see {@link BatcherAotExclusion}): this class runs at every start.
 */
class BatcherDefinitionRegistrar
        implements BeanDefinitionRegistryPostProcessor, EnvironmentAware, AopInfrastructureBean {

    static final String BEAN_NAME = "batcherDefinitionRegistrar";
    static final String FACTORY_BEAN_NAME = "batcherFactory";

    private static final String DISABLED = BatcherDefinitionRegistrar.class.getName() + ".disabled";

    private @Nullable Environment environment;
    private List<BatcherSpec> plan = List.of();
    private Set<String> disabled = Set.of();

    @Override
    public void setEnvironment(Environment environment) {
        this.environment = environment;
    }

    @Override
    public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
        // Too early: other post-processors may add definitions.
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
        BatcherPlanner planner = new BatcherPlanner(beanFactory, Objects.requireNonNull(environment));
        plan = planner.plan();
        disabled = planner.disabled();
        beanFactory.getBeanDefinition(BEAN_NAME).setAttribute(DISABLED, disabled);
        // Not by @EnableConfigurationProperties, which would bind environment variables that are not ours.
        beanFactory.registerSingleton("batcherProperties", planner.properties(plan));
        for (BatcherSpec spec : plan) {
            ResolvableType itemType = spec.itemType();
            if (itemType != null) {
                ((BeanDefinitionRegistry) beanFactory)
                        .registerBeanDefinition(spec.beanName(), definition(spec, itemType));
            }
        }
        proxyBatchersByInterface(beanFactory);
    }

    /** Has aspects proxy a batcher as what it is injected as: the class of the engine is final. */
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
    List<BatcherSpec> plan() {
        return plan;
    }

    /** Returns the names of the batchers that the properties take out. */
    Set<String> disabled() {
        return disabled;
    }

    /** Returns these names where the bean itself may be gone, after a start that failed. */
    @SuppressWarnings("unchecked")
    static Set<String> disabled(ConfigurableListableBeanFactory beanFactory) {
        Object names = beanFactory.containsBeanDefinition(BEAN_NAME)
                ? beanFactory.getBeanDefinition(BEAN_NAME).getAttribute(DISABLED)
                : null;
        return names == null ? Set.of() : (Set<String>) names;
    }

    private static RootBeanDefinition definition(BatcherSpec spec, ResolvableType itemType) {
        RootBeanDefinition definition = new RootBeanDefinition(Batcher.class);
        definition.setTargetType(ItemTypes.batcherOf(itemType));
        definition.setFactoryBeanName(FACTORY_BEAN_NAME);
        definition.setFactoryMethodName("create");
        definition.getConstructorArgumentValues().addIndexedArgumentValue(0, spec);
        definition.setQualifiedElement(new NameQualifiers(spec.name()));
        definition.setDestroyMethodName(""); // the factory closes it
        definition.setAttribute(BatcherSpec.class.getName(), spec);
        HandlerMethod handler = spec.handler(HandlerKind.BATCH);
        definition.setResourceDescription(
                handler == null ? InstanceKeys.INSTANCES + "." + spec.name() : handler.describeInFull());
        return definition;
    }
}

/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import io.batcher.spring.internal.definition.BatcherDefinitionRegistrar;
import org.springframework.beans.factory.aot.BeanRegistrationExcludeFilter;
import org.springframework.beans.factory.support.RegisteredBean;

/**
 * Keeps the definitions of batchers out of ahead-of-time code: {@link BatcherDefinitionRegistrar} makes them at run time, so
 * that names, item types that are not public, and options may still change.
 */
final class BatcherAotExclusion implements BeanRegistrationExcludeFilter {

    @Override
    public boolean isExcludedFromAotProcessing(RegisteredBean registeredBean) {
        return BatcherDefinitionRegistrar.FACTORY_BEAN_NAME.equals(
                registeredBean.getMergedBeanDefinition().getFactoryBeanName());
    }
}

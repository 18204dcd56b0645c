/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import io.batcher.spring.internal.definition.BatcherDefinitionRegistrar;
import org.springframework.beans.factory.aot.BeanRegistrationExcludeFilter;
import org.springframework.beans.factory.support.RegisteredBean;

/**
 * Excludes batchers from ahead-of-time processing. {@link BatcherDefinitionRegistrar} registers them at run time, so that
 * properties may still change, and item types need not be public.
 */
final class BatcherAotExclusion implements BeanRegistrationExcludeFilter {

    @Override
    public boolean isExcludedFromAotProcessing(RegisteredBean registeredBean) {
        return BatcherDefinitionRegistrar.FACTORY_BEAN_NAME.equals(
                registeredBean.getMergedBeanDefinition().getFactoryBeanName());
    }
}

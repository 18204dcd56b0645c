/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.runtime;

import io.batcher.spring.internal.handler.HandlerMethod;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.BeanFactory;

/** Creates the beans of dead-letter methods before they are needed, also lazy ones. Thread-safe. */
final class DeadLetterBeans {

    private static final Log logger = LogFactory.getLog(DeadLetterBeans.class);

    private final BeanFactory beanFactory;
    private final Set<HandlerMethod> missing = ConcurrentHashMap.newKeySet();

    DeadLetterBeans(BeanFactory beanFactory) {
        this.beanFactory = beanFactory;
    }

    /**
     * Creates the beans of dead-letter methods whose creation failed at startup. Items may be dead-lettered while beans are destroyed,
     * when no bean can be created.
     */
    void createMissing() {
        Set.copyOf(missing).forEach(this::create);
    }

    /** Creates the bean of a method, or logs why it cannot be created. */
    void create(HandlerMethod method) {
        try {
            beanFactory.getBean(method.beanName());
            missing.remove(method);
        } catch (BeansException e) {
            missing.add(method);
            logger.warn(
                    "Cannot create the bean of " + method.describeInFull()
                            + "; it cannot receive items. The creation is retried when"
                            + " an item is given up and when the application stops",
                    e);
        }
    }
}

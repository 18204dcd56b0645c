/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.testing;

import io.batcher.testing.VirtualTime;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.beans.factory.ObjectFactory;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ProxyType;
import org.springframework.context.annotation.Proxyable;

/**
 * Runs the batchers of a test in virtual time. The test advances the time itself, without waiting, and handlers run on its thread.
 *
 * <pre>{@code
 * @SpringBootTest
 * @UseVirtualTime
 * class ReadingServiceTest {
 *     @Autowired VirtualTime time;
 *     @Autowired Batcher<Reading> readings;
 *
 *     @Test void storesWhatWasAdded() {
 *         readings.add(reading);
 *         time.advance(Duration.ofMillis(500));
 *         // the handler has been called
 *     }
 * }
 * }</pre>
 *
 * <p>Any other bean of type {@link VirtualTime} has the same effect. The thread that creates the bean drives the time.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@Import(UseVirtualTime.VirtualTimeConfiguration.class)
public @interface UseVirtualTime {

    /**
     * Registers the {@link VirtualTime} bean. {@code VirtualTime} is also an {@code Executor}, but not one for the application:
     * it is not a candidate for conditions and injection points of type {@code Executor}.
     */
    @Configuration(proxyBeanMethods = false)
    class VirtualTimeConfiguration {

        private static final String BEAN_NAME = "batcherVirtualTime";

        @Bean(name = BEAN_NAME, defaultCandidate = false)
        @Proxyable(ProxyType.TARGET_CLASS)
        VirtualTime batcherVirtualTime() {
            return new VirtualTime();
        }

        @Bean
        static BeanFactoryPostProcessor batcherVirtualTimeInjection() {
            return beanFactory -> {
                ObjectFactory<VirtualTime> time = () -> beanFactory.getBean(BEAN_NAME, VirtualTime.class);
                beanFactory.registerResolvableDependency(VirtualTime.class, time);
            };
        }
    }
}

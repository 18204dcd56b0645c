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
 * Gives a test the time of the batchers as a bean: "500 ms later" costs nothing, and handlers run on the thread of the test.
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
 * <p>Any other bean of type {@link VirtualTime} works the same. The thread that creates it drives it.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@Import(UseVirtualTime.VirtualTimeConfiguration.class)
public @interface UseVirtualTime {

    /**
     * The bean. {@link VirtualTime} is an {@code Executor} too, but not for the application: it is injected as a
     * {@code VirtualTime} only, and conditions and injection points for executors do not see it.
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

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
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

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

    /** The bean. */
    @Configuration(proxyBeanMethods = false)
    class VirtualTimeConfiguration {

        @Bean
        VirtualTime batcherVirtualTime() {
            return new VirtualTime();
        }
    }
}

/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.DeadLetter;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.DeadLetterHandler;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** S5: an application that stops while the other side is down says in its own log what it could not deliver. */
@ExtendWith(OutputCaptureExtension.class)
class UndeliveredItemsTest {

    @Test
    void areCountedOnceInTheLogOfTheApplication(CapturedOutput output) {
        stopWithTwoItems(Down.class);
        assertThat(output)
                .containsOnlyOnce("not delivered")
                .contains("Batcher \"readings\" is closed with 2 items not delivered; add a method with"
                        + " @DeadLetterHandler(\"readings\") to keep such items");
    }

    @Test
    void areCountedAlsoWhereAHandlerTakesThem(CapturedOutput output) {
        stopWithTwoItems(DownWithLetters.class);
        assertThat(output)
                .containsOnlyOnce("not delivered")
                .contains(
                        "Batcher \"readings\" is closed with 2 items not delivered; its dead-letter handler was called"
                                + " with them");
    }

    @Test
    void nothingIsSaidWhereNothingIsLeft(CapturedOutput output) {
        start(Up.class, "ignored").close();
        assertThat(output).doesNotContain("not delivered");
    }

    private static void stopWithTwoItems(Class<?> configuration) {
        start(configuration, "a", "b").close();
    }

    private static ConfigurableApplicationContext start(Class<?> configuration, String... items) {
        SpringApplication application = new SpringApplication(configuration);
        application.setWebApplicationType(WebApplicationType.NONE);
        var context = application.run();
        context.getBean(BatcherRegistry.class).get("readings", String.class).addMany(List.of(items));
        return context;
    }

    @EnableAutoConfiguration
    static class Down {

        @BatchHandler("readings")
        void store(List<String> batch) {
            throw new IllegalStateException("down");
        }
    }

    static class DownWithLetters extends Down {

        @DeadLetterHandler("readings")
        void dead(DeadLetter<String> letter) {}
    }

    @EnableAutoConfiguration
    static class Up {

        @BatchHandler("readings")
        void store(List<String> batch) {}
    }
}

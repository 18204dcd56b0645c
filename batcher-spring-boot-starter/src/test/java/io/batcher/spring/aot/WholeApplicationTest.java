/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.aot;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** An application with every kind of handler bean. */
@ExtendWith(OutputCaptureExtension.class)
class WholeApplicationTest {

    static final String DELIVERED = """
            archive of Reading after 500 ms: [Reading[sensor=archived], of key archived]
            audit of Map<String, List<Reading>> after 500 ms: [{audited=[Reading[sensor=a]]}, in a full configuration]
            declared of Long after 500 ms: [2]
            measures of Integer after 500 ms: [1, inherited by Measures]
            payments of Payment after 500 ms: [Payment[account=paid], in a transaction]
            readings of Reading after 500 ms: [Reading[sensor=current]]
            scoped of String after 500 ms: [scoped]
            secrets of Secret after 500 ms: [Secret[text=kept]]
            """;

    @Test
    void everyBatcherIsInjectedByItsGenericTypeAndReachesItsHandler(CapturedOutput output) {
        assertThat(WholeApplication.deliverOneItemEach(new String[0])).isEqualTo(DELIVERED + "from configuration");
        assertThat(output).doesNotContain("is not eligible for getting processed", "WARN", "ERROR");
    }

    @Test
    void theSameWhenEverythingElseIsLazy(CapturedOutput output) {
        assertThat(WholeApplication.deliverOneItemEach(new String[] {"--spring.main.lazy-initialization=true"}))
                .isEqualTo(DELIVERED + "from configuration");
        assertThat(output).doesNotContain("is not eligible for getting processed", "WARN", "ERROR");
    }
}

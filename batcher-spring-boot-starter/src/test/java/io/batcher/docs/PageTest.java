/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.docs;

import static io.batcher.docs.Fixtures.time;

import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.docs.Fixtures.Reading;
import io.batcher.docs.Page.Block;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.autoconfigure.BatcherAutoConfiguration;
import io.batcher.spring.autoconfigure.BatcherFileStoreAutoConfiguration;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/** The base of the tests of a page. */
abstract class PageTest {

    private final Page page;

    PageTest(String path) {
        this.page = Page.of(path);
    }

    @BeforeEach
    @AfterEach
    void forgetWhatOthersDid() {
        Fixtures.reset();
    }

    Block java(String heading) {
        return page.block("java", heading);
    }

    /** One of several under a heading, from 0. */
    Block java(String heading, int index) {
        return page.blocks("java").stream()
                .filter(block -> block.heading().equals(heading))
                .toList()
                .get(index);
    }

    Block yaml(String heading) {
        return page.block("yaml", heading);
    }

    /** Runs the example and returns the batcher that it builds, on virtual time. */
    @SuppressWarnings("unchecked") // all examples but one have readings
    Batcher<Reading> readings(Block block) throws Exception {
        return (Batcher<Reading>) Examples.runOnVirtualTime(block);
    }

    /** Returns the builder that the page assumes: a batcher that sends readings to the cloud. */
    static BatcherBuilder<Reading> toTheCloud() {
        return Fixtures.<Reading>builder("readings").handler(batch -> Fixtures.cloud.post(batch));
    }

    /** An application on virtual time, with the examples as beans. */
    static ApplicationContextRunner application(Class<?>... beans) {
        return new ApplicationContextRunner()
                .withClassLoader(Examples.LOADER)
                .withConfiguration(AutoConfigurations.of(
                        BatcherAutoConfiguration.class,
                        BatcherFileStoreAutoConfiguration.class,
                        JacksonAutoConfiguration.class))
                .withBean(VirtualTime.class, () -> time)
                .withUserConfiguration(beans);
    }

    static Batcher<Reading> readingsOf(ApplicationContext context) {
        return context.getBean(BatcherRegistry.class).get("readings", Reading.class);
    }

    static void advance(Duration by) {
        time.advance(by);
    }
}

/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.docs;

import static io.batcher.docs.Fixtures.cloud;
import static io.batcher.docs.Fixtures.reading;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.Batcher;
import io.batcher.docs.Fixtures.Reading;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The examples before and after in docs/migrating.md. */
class MigratingPageTest extends PageTest {

    private static final String SCHEDULED = "From `@Scheduled` and a queue";
    private static final String PER_ITEM = "From a call per item";

    MigratingPageTest() {
        super("docs/migrating.md");
    }

    @Test
    void byHandAFailedBatchIsGone() throws Exception {
        Object handMade = newInstance(java(SCHEDULED, 0));
        call(handMade, "add", reading);
        cloud.down = true;
        assertThatThrownBy(() -> call(handMade, "flush")).hasMessage("500");
        cloud.down = false;
        call(handMade, "stop");
        assertThat(cloud.calls).isEmpty();
    }

    @Test
    void withABatcherItStays() {
        Class<?> withBatcher = Examples.compiled(java(SCHEDULED, 1));
        application(withBatcher).run(context -> {
            cloud.down = true;
            call(context.getBean(withBatcher), "add", reading);
            advance(Duration.ofMillis(500));
            cloud.down = false;
            advance(Duration.ofMillis(500));
            assertThat(cloud.calls).containsExactly(List.of(reading));
        });
    }

    @Test
    void aCallPerItemBecomesASubmit() throws Exception {
        call(newInstance(java(PER_ITEM, 0)), "received", reading);
        assertThat(cloud.calls).containsExactly(List.of(reading));

        Batcher<Reading> eager = toTheCloud().eager(true).build();
        Fixtures.readings = eager;
        var received = (CompletableFuture<?>) call(newInstance(java(PER_ITEM, 1)), "received", reading);
        assertThat(received).isNotDone();
        advance(Duration.ZERO);
        assertThat(received).isCompleted();
        assertThat(cloud.calls).hasSize(2);
    }

    private static Object newInstance(Page.Block block) throws ReflectiveOperationException {
        Constructor<?> constructor = Examples.compiled(block).getDeclaredConstructor();
        constructor.setAccessible(true);
        return constructor.newInstance();
    }

    private static Object call(Object target, String name, Object... arguments) throws Exception {
        Class<?>[] types = arguments.length == 0 ? new Class<?>[0] : new Class<?>[] {Reading.class};
        Method method = target.getClass().getDeclaredMethod(name, types);
        method.setAccessible(true);
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw (Exception) e.getCause();
        }
    }
}

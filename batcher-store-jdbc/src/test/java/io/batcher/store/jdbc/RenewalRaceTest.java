/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.store.fixtures.TestProcess;
import io.batcher.store.fixtures.Waiting;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A session that is closed while leases are renewed, and opened again at once: the renewal deletes the row of the old one only. */
@Timeout(60)
class RenewalRaceTest {

    /** A statement at which the store's thread waits. */
    private static final class Gate {
        private final String statement;
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch open = new CountDownLatch(1);

        Gate(String statement) {
            this.statement = statement;
        }

        void pass() throws InterruptedException {
            reached.countDown();
            open.await();
        }
    }

    private final String prefix = Postgres.newPrefix();
    private final AtomicReference<Gate> gate = new AtomicReference<>();

    private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private <X> X proxy(Class<X> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {type}, handler));
    }

    private DataSource dataSource() {
        return proxy(DataSource.class, (proxy, method, arguments) -> {
            Object result = call(Postgres.pool(), method, arguments);
            return result instanceof Connection connection ? gated(connection) : result;
        });
    }

    private Connection gated(Connection connection) {
        return proxy(Connection.class, (proxy, method, arguments) -> {
            Gate at = gate.get();
            if (at != null
                    && method.getName().equals("prepareStatement")
                    && ((String) arguments[0]).startsWith(at.statement)
                    && Thread.currentThread().getName().startsWith("batcher-store-jdbc")
                    && gate.compareAndSet(at, null)) {
                at.pass();
            }
            return call(connection, method, arguments);
        });
    }

    @Test
    void theRowOfTheNewSessionStays() {
        JdbcStore store = JdbcStore.builder(dataSource())
                .tablePrefix(prefix)
                .pollInterval(Duration.ofMillis(50))
                .lease(Duration.ofMillis(900)) // renewed every 300 ms
                .build();
        TestProcess keeping = TestProcess.start(store, "keeping", 1);
        TestProcess old = TestProcess.start(store, "reopened", 1);

        Gate renewal = new Gate("insert into " + prefix + "member");
        Gate deletion = new Gate("delete from " + prefix + "member");
        gate.set(renewal);
        Waiting.until("a renewal has begun", () -> renewal.reached.getCount() == 0);
        old.session().close();
        gate.set(deletion);
        renewal.open.countDown();
        Waiting.until("the row of the closed session is about to be deleted", () -> deletion.reached.getCount() == 0);

        AtomicReference<Thread> opener = new AtomicReference<>();
        CompletableFuture<TestProcess> reopened = CompletableFuture.supplyAsync(() -> {
            opener.set(Thread.currentThread());
            return TestProcess.start(store, "reopened", 1);
        });
        Waiting.until(
                "it is opened, or waits for the renewal",
                () -> reopened.isDone() || (opener.get() != null && opener.get().getState() == Thread.State.WAITING));
        deletion.open.countDown();
        TestProcess fresh = reopened.join();
        store.stall(false); // returns when the poll with the renewal has ended
        assertThat(Postgres.query("select count(*) from " + prefix + "member where batcher = 'reopened'"))
                .isEqualTo("1");
        fresh.session().close();
        keeping.session().close();
    }
}

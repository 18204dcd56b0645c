/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import io.batcher.store.fixtures.Faults;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.errors.TimeoutException;

/** Clients whose calls fail as {@link Faults} plans, that can be stopped as with SIGSTOP, and killed as with kill -9. */
final class FaultyClients implements Clients {

    private static final Set<String> CALLS = Set.of(
            "send",
            "initTransactions",
            "commitTransaction",
            "commitSync",
            "committed",
            "beginningOffsets",
            "endOffsets",
            "describeTopics",
            "describeConfigs",
            "describeConsumerGroups",
            "listOffsets",
            "listConsumerGroupOffsets");

    private static final String COMMIT = "commitSync";
    private static final Set<String> TURNS = Set.of("poll", COMMIT);

    private final Faults faults;
    private volatile boolean stalled;
    private volatile boolean killed;
    private volatile boolean wakesNextCommit;
    private volatile Throwable pollFailure;

    /** The polls and commits of consumers since {@link #wakeNextCommit}. */
    private final Queue<String> turns = new ConcurrentLinkedQueue<>();

    FaultyClients(Faults faults) {
        this.faults = faults;
    }

    void stall(boolean on) {
        stalled = on;
    }

    void kill() {
        killed = true;
    }

    /** Fails polls; null for none. */
    void failPolls(Throwable failure) {
        pollFailure = failure;
    }

    /** Wakes a consumer up when it makes its next commit, as a wake-up does that comes after the poll it was meant for. */
    void wakeNextCommit() {
        turns.clear();
        wakesNextCommit = true;
    }

    Queue<String> turns() {
        return turns;
    }

    @Override
    @SuppressWarnings("unchecked")
    public Consumer<byte[], byte[]> consumer(Map<String, Object> properties) {
        return proxy(Consumer.class, Clients.REAL.consumer(properties));
    }

    @Override
    @SuppressWarnings("unchecked")
    public Producer<byte[], byte[]> producer(Map<String, Object> properties) {
        return proxy(Producer.class, Clients.REAL.producer(properties));
    }

    @Override
    public Admin admin(Map<String, Object> properties) {
        return proxy(Admin.class, Clients.REAL.admin(properties));
    }

    private <T> T proxy(Class<T> type, T target) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> call(target, method, args)));
    }

    private Object call(Object target, Method method, Object[] args) throws Throwable {
        String name = method.getName();
        if (name.equals("poll") && (stalled || killed)) {
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
            return ConsumerRecords.empty();
        }
        Throwable planned = pollFailure;
        if (name.equals("poll") && planned != null) {
            throw planned;
        }
        if (killed && target instanceof Consumer<?, ?> consumer && name.equals("close")) {
            consumer.close(CloseOptions.timeout(Duration.ZERO)
                    .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP));
            return null;
        }
        if (target instanceof Consumer<?, ?> consumer && TURNS.contains(name)) {
            turns.add(name);
            if (wakesNextCommit && name.equals(COMMIT)) {
                wakesNextCommit = false;
                consumer.wakeup();
            }
        }
        Faults.Moment moment = CALLS.contains(name) ? faults.next() : Faults.Moment.NEVER;
        if (moment == Faults.Moment.BEFORE) {
            throw new TimeoutException("planned failure before " + name);
        }
        Object result = invoke(target, method, args);
        if (moment == Faults.Moment.AFTER) {
            TimeoutException failure = new TimeoutException("planned failure after " + name);
            if (result instanceof Future<?> future) {
                future.get();
                return CompletableFuture.failedFuture(failure);
            }
            throw failure;
        }
        return result;
    }

    private Object invoke(Object target, Method method, Object[] args) throws Throwable {
        try {
            return method.invoke(target, args);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof CommitFailedException) {
                // It has found out, as a process does that goes on.
                stalled = false;
            }
            throw e.getCause();
        }
    }
}

/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks.stores;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** db-scheduler: a one-time task an item, with immediate execution and its fastest way to poll. */
final class DbSchedulerContender implements StoreContender {

    private static final int THREADS = 8;

    private final Postgres postgres;
    private final String table;
    private final OneTimeTask<byte[]> task;
    private final Scheduler scheduler;
    private final AtomicLong ids = new AtomicLong();

    DbSchedulerContender(Postgres postgres, Handled handled) throws SQLException {
        this.postgres = postgres;
        this.table = postgres.newPrefix() + "task";
        postgres.execute("create table " + table
                + " (task_name text not null, task_instance text not null, task_data bytea, execution_time timestamptz not null,"
                + " picked boolean not null, picked_by text, last_success timestamptz, last_failure timestamptz,"
                + " consecutive_failures int, last_heartbeat timestamptz, version bigint not null, priority smallint,"
                + " primary key (task_name, task_instance))");
        postgres.execute("create index on " + table + " (execution_time)");
        postgres.execute("create index on " + table + " (last_heartbeat)");
        task = Tasks.oneTime("item", byte[].class).execute((instance, context) -> handled.add(1));
        scheduler = Scheduler.create(postgres.dataSource(), task)
                .tableName(table)
                .threads(THREADS)
                .pollingInterval(Duration.ofMillis(100))
                .pollUsingLockAndFetch(1.0, 4.0)
                .enableImmediateExecution()
                .build();
    }

    private TaskInstance<byte[]> instance(byte[] item) {
        return task.instance(Long.toString(ids.incrementAndGet()), item);
    }

    @Override
    public void add(byte[] item) {
        scheduler.schedule(instance(item), Instant.now());
    }

    @Override
    public void addAll(List<byte[]> items) {
        List<TaskInstance<?>> instances = new ArrayList<>();
        items.forEach(item -> instances.add(instance(item)));
        scheduler.scheduleBatch(instances, Instant.now());
    }

    @Override
    public void deliver() {
        scheduler.start();
    }

    @Override
    public long stored() throws SQLException {
        return postgres.count(table);
    }

    @Override
    public void close() throws SQLException {
        scheduler.stop();
        postgres.execute("drop table " + table);
    }
}

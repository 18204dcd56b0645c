/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample.cloud;

import io.batcher.sample.Reading;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The database of the cloud. Stores the readings of each account in order of arrival, and counts the calls.
 *
 * <p>Thread-safe.
 */
@Component
public final class CloudStore {

    /** The account of the gateway, with the readings that users sent. */
    public static final String GATEWAY = "gateway";

    private final JdbcTemplate jdbc;
    private final JdbcClient client;
    private final TransactionTemplate transaction;
    private final Lock writing = new ReentrantLock();

    CloudStore(JdbcTemplate jdbc, JdbcClient client, TransactionTemplate transaction) {
        this.jdbc = jdbc;
        this.client = client;
        this.transaction = transaction;
    }

    /**
     * Stores all readings of a call, or none.
     *
     * @return the number of stored readings: 0 if there was a call with that key before
     */
    int store(String account, String idempotencyKey, List<Reading> readings) {
        // Writers commit one at a time, so that rows become visible in the order of their keys, and a page that was
        // read does not change later.
        writing.lock();
        try {
            return transaction.execute(status -> isRepeated(account, idempotencyKey) ? 0 : insert(account, readings));
        } finally {
            writing.unlock();
        }
    }

    /** Returns a page of the readings of the account, in order of arrival. */
    public List<Reading> readings(String account, int offset, int limit) {
        return client.sql("""
                        select sensor, temperature, measured_at from temperatures
                        where account = ? order by seq offset ? rows fetch next ? rows only
                        """)
                .params(account, offset, limit)
                .query((row, i) -> new Reading(
                        row.getString(1),
                        row.getDouble(2),
                        row.getObject(3, OffsetDateTime.class).toInstant()))
                .list();
    }

    /** Returns the number of stored readings of the account. */
    public long count(String account) {
        return number("select count(*) from temperatures where account = ?", account);
    }

    /**
     * Readings that have arrived.
     *
     * @param rows their number
     * @param lastRow the position of the last one in order of arrival, for the next query
     */
    public record Progress(long rows, long lastRow) {}

    /** Returns the number of readings of the account after that position; 0 stands for the beginning. */
    public Progress storedAfter(String account, long row) {
        return client.sql("select count(*), coalesce(max(seq), ?) from temperatures where account = ? and seq > ?")
                .params(row, account, row)
                .query((found, i) -> new Progress(found.getLong(1), found.getLong(2)))
                .single();
    }

    /** Returns the number of calls of the account, including repeated ones. */
    public long calls(String account) {
        return number("select coalesce(sum(times), 0) from calls where account = ?", account);
    }

    /** Deletes all data of the account. */
    public void forget(String account) {
        transaction.executeWithoutResult(status -> {
            jdbc.update("delete from temperatures where account = ?", account);
            jdbc.update("delete from calls where account = ?", account);
        });
    }

    private boolean isRepeated(String account, String key) {
        String again = "update calls set times = times + 1 where account = ? and idempotency_key = ?";
        if (jdbc.update(again, account, key) > 0) {
            return true;
        }
        jdbc.update("insert into calls (account, idempotency_key, times) values (?, ?, 1)", account, key);
        return false;
    }

    private int insert(String account, List<Reading> readings) {
        String sql = "insert into temperatures (account, sensor, temperature, measured_at) values (?, ?, ?, ?)";
        jdbc.batchUpdate(sql, readings, Math.max(1, readings.size()), (row, reading) -> {
            row.setString(1, account);
            row.setString(2, reading.sensor());
            row.setDouble(3, reading.temperature());
            row.setObject(4, reading.at().atOffset(ZoneOffset.UTC));
        });
        return readings.size();
    }

    private long number(String sql, String account) {
        return client.sql(sql).param(account).query(Long.class).single();
    }
}

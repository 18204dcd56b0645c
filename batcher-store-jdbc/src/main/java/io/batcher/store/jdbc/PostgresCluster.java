/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The statements about instances and leases: each is for all batchers of a store at once. */
final class PostgresCluster {

    /** Stands before the id of an instance that acquires no partitions: it has no share, but it adds. */
    private static final String ADDS_ONLY = "~";

    /** This instance with one of its batchers: whether it acquires partitions, and how many it knows of. */
    record Member(String batcher, boolean acquires, int partitions) {}

    /** What the row of a partition says. */
    record PartitionRow(@Nullable String owner, long epoch, boolean isFree, boolean hasItems, boolean hasStrays) {}

    /** What a poll finds of one batcher. */
    record View(Map<Integer, PartitionRow> partitions, TreeSet<String> members) {}

    private final Tables.Names names;
    private final String owner;
    private final long leaseMillis;

    PostgresCluster(Tables.Names names, String owner, long leaseMillis) {
        this.names = names;
        this.owner = owner;
        this.leaseMillis = leaseMillis;
    }

    /**
     * Writes the row of this instance for each batcher, unless another instance has changed its number of partitions: then this one has no
     * share.
     */
    void renewMembers(Jdbc jdbc, List<Member> all) throws SQLException {
        PreparedStatement upsert = jdbc.prepare("insert into " + names.member() + " (batcher, member, alive_until)"
                + " select u.batcher, u.member, clock_timestamp() + ? * interval '1 millisecond'"
                + " from unnest(?::varchar[], ?::varchar[], ?::integer[]) as u (batcher, member, partitions) join "
                + names.partition() + " p on p.batcher = u.batcher and p.part = 0 and p.partitions = u.partitions"
                + " order by u.batcher"
                + " on conflict (batcher, member) do update set alive_until = excluded.alive_until");
        upsert.setDouble(1, leaseMillis);
        upsert.setArray(2, array(jdbc, all.stream().map(Member::batcher).toList()));
        upsert.setArray(
                3,
                array(
                        jdbc,
                        all.stream()
                                .map(each -> each.acquires ? owner : ADDS_ONLY + owner)
                                .toList()));
        upsert.setObject(4, all.stream().mapToInt(Member::partitions).toArray());
        upsert.executeUpdate();
    }

    void removeMember(Jdbc jdbc, String batcher) throws SQLException {
        PreparedStatement delete =
                jdbc.prepare("delete from " + names.member() + " where batcher = ? and member in (?, ?)");
        delete.setString(1, batcher);
        delete.setString(2, owner);
        delete.setString(3, ADDS_ONLY + owner);
        delete.executeUpdate();
    }

    /** Removes instances that ended without a word. Returns whether another one lives. */
    boolean isAnotherAlive(Jdbc jdbc, String batcher) throws SQLException {
        PreparedStatement delete = jdbc.prepare(
                "delete from " + names.member() + " where batcher = ? and alive_until < clock_timestamp()");
        delete.setString(1, batcher);
        delete.executeUpdate();
        PreparedStatement select =
                jdbc.prepare("select count(*) from " + names.member() + " where batcher = ? and member not in (?, ?)");
        select.setString(1, batcher);
        select.setString(2, owner);
        select.setString(3, ADDS_ONLY + owner);
        return Tables.firstInt(select) > 0;
    }

    /**
     * Renews partitions that this instance holds, also those whose lease has ended and that nobody took. A row that a transactional
     * handler holds is left out. What this instance owns without holding it is not renewed, so that it ends.
     */
    void renewLeases(Jdbc jdbc, Map<String, ? extends Collection<Integer>> held) throws SQLException {
        PreparedStatement update = jdbc.prepare("update " + names.partition()
                + " set lease_until = clock_timestamp() + ? * interval '1 millisecond' where (batcher, part) in"
                + " (select p.batcher, p.part from unnest(?::varchar[], ?::smallint[]) as u (batcher, part) join "
                + names.partition() + " p on p.batcher = u.batcher and p.part = u.part"
                + " where p.owner = ? for update of p skip locked)");
        List<String> batchers = new ArrayList<>();
        List<Integer> parts = new ArrayList<>();
        held.forEach((batcher, numbers) -> numbers.forEach(number -> {
            batchers.add(batcher);
            parts.add(number);
        }));
        update.setDouble(1, leaseMillis);
        update.setArray(2, array(jdbc, batchers));
        update.setArray(3, jdbc.connection().createArrayOf("int2", parts.toArray()));
        update.setString(4, owner);
        update.executeUpdate();
    }

    /**
     * Looks at partitions, members and items. {@code hasItems} is true of partitions of this instance only; {@code hasStrays} of its
     * first one, if there are items of partitions that do not exist.
     */
    Map<String, View> views(Jdbc jdbc, Collection<String> batchers) throws SQLException {
        Map<String, View> views = new HashMap<>();
        batchers.forEach(batcher -> views.put(batcher, new View(new HashMap<>(), new TreeSet<>())));
        // The first id, not "exists": for that the planner may read the table in the hope of a row of the partition
        // near its start.
        PreparedStatement select = jdbc.prepare("select batcher, part, owner, epoch, owner is null or lease_until <"
                + " clock_timestamp(), owner = ? and (select i.id from " + names.item()
                + " i where i.batcher = p.batcher and i.part = p.part order by i.id limit 1) is not null, p.part = 0 and owner = ? and (select i.id from "
                + names.item()
                + " i where i.batcher = p.batcher and i.part >= p.partitions order by i.part, i.id limit 1) is not null from "
                + names.partition()
                + " p where batcher = any (?::varchar[]) union all select batcher, null, member, 0, false, false, false from "
                + names.member() + " where batcher = any (?::varchar[]) and alive_until >= clock_timestamp()");
        Array all = array(jdbc, batchers);
        select.setString(1, owner);
        select.setString(2, owner);
        select.setArray(3, all);
        select.setArray(4, all);
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                add(views.get(rows.getString(1)), rows);
            }
        }
        return views;
    }

    private static void add(@Nullable View view, ResultSet rows) throws SQLException {
        if (view == null) {
            return;
        }
        String name = rows.getString(3);
        int part = rows.getInt(2);
        if (!rows.wasNull()) {
            view.partitions.put(
                    part,
                    new PartitionRow(
                            name, rows.getLong(4), rows.getBoolean(5), rows.getBoolean(6), rows.getBoolean(7)));
        } else if (!name.startsWith(ADDS_ONLY)) {
            view.members.add(name);
        }
    }

    private static Array array(Jdbc jdbc, Collection<String> texts) throws SQLException {
        return jdbc.connection().createArrayOf("varchar", texts.toArray());
    }
}

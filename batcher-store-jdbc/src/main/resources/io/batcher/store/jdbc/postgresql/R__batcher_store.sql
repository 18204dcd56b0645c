--liquibase formatted sql
--changeset batcher:1 runOnChange:true
-- The tables of Batcher's JDBC store for PostgreSQL. Can be run again. The same file serves the store itself (initialize-schema),
-- Flyway (a repeatable migration) and Liquibase (a formatted changelog). With another table prefix, copy it and replace batcher_.

-- Inserted and deleted. Updated only where the number of partitions has changed under an instance that stood still.
create table if not exists batcher_item (
    id bigint generated always as identity primary key,
    batcher varchar(64) not null,
    part smallint not null,
    type varchar(200) not null,
    payload bytea not null,
    crc integer not null,
    created_at timestamptz not null default now()
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

create index if not exists batcher_item_head on batcher_item (batcher, part, id);

-- One row for each batcher and partition, updated twice a batch.
create table if not exists batcher_partition (
    batcher varchar(64),
    part smallint,
    partitions smallint not null,
    owner varchar(64),
    epoch bigint not null default 0,
    lease_until timestamptz,
    batch_id varchar(128),
    batch_items bytea,
    attempt integer not null default 0,
    counted integer not null default 0,
    retry_at timestamptz,
    primary key (batcher, part)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);

-- The instances that run. One that acquires no partitions has a ~ before its id.
create table if not exists batcher_member (
    batcher varchar(64),
    member varchar(64),
    alive_until timestamptz,
    primary key (batcher, member)
);

create table if not exists batcher_dead_letter (
    id bigint primary key,
    batcher varchar(64),
    type varchar(200),
    payload bytea,
    crc integer,
    attempts integer,
    error_type varchar(200),
    died_at timestamptz
);

create index if not exists batcher_dead_letter_age on batcher_dead_letter (batcher, died_at);

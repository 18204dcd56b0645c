-- Rows of format 1, as GoldenRows writes them. Never changed: every later version reads them.
create table batcher_item (
    id bigint not null generated always as identity,
    batcher character varying(64) not null,
    part smallint not null,
    type character varying(200) not null,
    payload bytea not null,
    crc integer not null,
    created_at timestamp with time zone not null default now());
alter table batcher_item add PRIMARY KEY (id);
CREATE INDEX batcher_item_head ON batcher_item USING btree (batcher, part, id);
create table batcher_partition (
    batcher character varying(64) not null,
    part smallint not null,
    partitions smallint not null,
    owner character varying(64),
    epoch bigint not null default 0,
    lease_until timestamp with time zone,
    batch_id character varying(128),
    batch_items bytea,
    attempt integer not null default 0,
    counted integer not null default 0,
    retry_at timestamp with time zone);
alter table batcher_partition add PRIMARY KEY (batcher, part);
create table batcher_member (
    batcher character varying(64) not null,
    member character varying(64) not null,
    alive_until timestamp with time zone);
alter table batcher_member add PRIMARY KEY (batcher, member);
create table batcher_dead_letter (
    id bigint not null,
    batcher character varying(64),
    type character varying(200),
    payload bytea,
    crc integer,
    attempts integer,
    error_type character varying(200),
    died_at timestamp with time zone);
alter table batcher_dead_letter add PRIMARY KEY (id);
CREATE INDEX batcher_dead_letter_age ON batcher_dead_letter USING btree (batcher, died_at);
insert into batcher_item (id, batcher, part, type, payload, crc, created_at) overriding system value values
    ('71', 'readings', '0', 'string', E'\\x61', '1951169070', '2026-01-01 00:00:00+00');
insert into batcher_item (id, batcher, part, type, payload, crc, created_at) overriding system value values
    ('72', 'readings', '1', 'string', E'\\x6131', '474276960', '2026-01-01 00:00:00+00');
insert into batcher_item (id, batcher, part, type, payload, crc, created_at) overriding system value values
    ('73', 'readings', '0', 'string', E'\\x62', '1729923546', '2026-01-01 00:00:00+00');
insert into batcher_item (id, batcher, part, type, payload, crc, created_at) overriding system value values
    ('74', 'readings', '1', 'string', E'\\x6231', '681790713', '2026-01-01 00:00:00+00');
insert into batcher_item (id, batcher, part, type, payload, crc, created_at) overriding system value values
    ('75', 'readings', '0', 'string', E'\\x', '-1865509017', '2026-01-01 00:00:00+00');
insert into batcher_item (id, batcher, part, type, payload, crc, created_at) overriding system value values
    ('76', 'readings', '1', 'string', E'\\x31', '627679485', '2026-01-01 00:00:00+00');
insert into batcher_item (id, batcher, part, type, payload, crc, created_at) overriding system value values
    ('77', 'readings', '0', 'string', E'\\xc3a4e282acf09f9880c3a4e282acf09f9880c3a4e282acf09f9880c3a4e282acf09f9880', '789736556', '2026-01-01 00:00:00+00');
insert into batcher_item (id, batcher, part, type, payload, crc, created_at) overriding system value values
    ('78', 'readings', '1', 'string', E'\\xc3a4e282acf09f9880c3a4e282acf09f9880c3a4e282acf09f9880c3a4e282acf09f988031', '-1134569667', '2026-01-01 00:00:00+00');
insert into batcher_item (id, batcher, part, type, payload, crc, created_at) overriding system value values
    ('80', 'readings', '2', 'string', E'\\x616c697665', '-570413087', '2026-01-01 00:00:00+00');
insert into batcher_item (id, batcher, part, type, payload, crc, created_at) overriding system value values
    ('81', 'other', '0', 'bytes', E'\\x0001ff275c', '-1281207117', '2026-01-01 00:00:00+00');
insert into batcher_partition (batcher, part, partitions, owner, epoch, lease_until, batch_id, batch_items, attempt, counted, retry_at) overriding system value values
    ('other', '0', '1', NULL, '1', NULL, NULL, NULL, '0', '0', NULL);
insert into batcher_partition (batcher, part, partitions, owner, epoch, lease_until, batch_id, batch_items, attempt, counted, retry_at) overriding system value values
    ('readings', '0', '3', NULL, '1', NULL, 'readings-7', E'\\x0196010704', '2', '2', '2026-01-01 00:00:00+00');
insert into batcher_partition (batcher, part, partitions, owner, epoch, lease_until, batch_id, batch_items, attempt, counted, retry_at) overriding system value values
    ('readings', '1', '3', NULL, '1', NULL, 'f3/1', E'\\x01900104', '1', '1', NULL);
insert into batcher_partition (batcher, part, partitions, owner, epoch, lease_until, batch_id, batch_items, attempt, counted, retry_at) overriding system value values
    ('readings', '2', '3', NULL, '1', NULL, NULL, NULL, '0', '0', NULL);
insert into batcher_dead_letter (id, batcher, type, payload, crc, attempts, error_type, died_at) overriding system value values
    ('79', 'readings', 'string', E'\\x64656164', '-280294757', '3', 'java.lang.IllegalArgumentException', '2026-01-01 00:00:00+00');
alter table batcher_item alter column id restart with 82;

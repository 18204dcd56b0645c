-- Rows of format 1, as GoldenRows writes them. Never changed: every later version reads them.
pragma user_version = 11;
CREATE TABLE batcher_item (id integer primary key autoincrement, batcher text not null, part integer not null, type text not null, payload blob not null, crc integer not null, created_at integer not null);
CREATE INDEX batcher_item_head on batcher_item (batcher, part, id);
CREATE TABLE batcher_partition (batcher text, part integer, partitions integer not null, owner text, epoch integer not null default 0, lease_until integer, batch_id text, batch_items blob, attempt integer not null default 0, counted integer not null default 0, retry_at integer, stored integer not null default 0, primary key (batcher, part));
CREATE TABLE batcher_dead_letter (id integer primary key, batcher text, type text, payload blob, crc integer, attempts integer, error_type text, died_at integer);
CREATE INDEX batcher_dead_letter_age on batcher_dead_letter (batcher, died_at);
insert into batcher_item (id, batcher, part, type, payload, crc, created_at) values
    (71, 'readings', 0, 'string', X'61', 1951169070, 1767225600000);
insert into batcher_item (id, batcher, part, type, payload, crc, created_at) values
    (72, 'readings', 1, 'string', X'6131', 474276960, 1767225600000);
insert into batcher_item (id, batcher, part, type, payload, crc, created_at) values
    (73, 'readings', 0, 'string', X'62', 1729923546, 1767225600000);
insert into batcher_item (id, batcher, part, type, payload, crc, created_at) values
    (74, 'readings', 1, 'string', X'6231', 681790713, 1767225600000);
insert into batcher_item (id, batcher, part, type, payload, crc, created_at) values
    (75, 'readings', 0, 'string', X'', -1865509017, 1767225600000);
insert into batcher_item (id, batcher, part, type, payload, crc, created_at) values
    (76, 'readings', 1, 'string', X'31', 627679485, 1767225600000);
insert into batcher_item (id, batcher, part, type, payload, crc, created_at) values
    (77, 'readings', 0, 'string', X'C3A4E282ACF09F9880C3A4E282ACF09F9880C3A4E282ACF09F9880C3A4E282ACF09F9880', 789736556, 1767225600000);
insert into batcher_item (id, batcher, part, type, payload, crc, created_at) values
    (78, 'readings', 1, 'string', X'C3A4E282ACF09F9880C3A4E282ACF09F9880C3A4E282ACF09F9880C3A4E282ACF09F988031', -1134569667, 1767225600000);
insert into batcher_item (id, batcher, part, type, payload, crc, created_at) values
    (80, 'readings', 2, 'string', X'616C697665', -570413087, 1767225600000);
insert into batcher_item (id, batcher, part, type, payload, crc, created_at) values
    (81, 'other', 0, 'bytes', X'0001FF275C', -1281207117, 1767225600000);
insert into batcher_partition (batcher, part, partitions, owner, epoch, lease_until, batch_id, batch_items, attempt, counted, retry_at, stored) values
    ('other', 0, 1, NULL, 1, NULL, NULL, NULL, 0, 0, NULL, 1);
insert into batcher_partition (batcher, part, partitions, owner, epoch, lease_until, batch_id, batch_items, attempt, counted, retry_at, stored) values
    ('readings', 0, 3, NULL, 1, NULL, 'readings-7', X'0196010704', 2, 2, 1767225600000, 4);
insert into batcher_partition (batcher, part, partitions, owner, epoch, lease_until, batch_id, batch_items, attempt, counted, retry_at, stored) values
    ('readings', 1, 3, NULL, 1, NULL, 'f3/1', X'01900104', 1, 1, NULL, 4);
insert into batcher_partition (batcher, part, partitions, owner, epoch, lease_until, batch_id, batch_items, attempt, counted, retry_at, stored) values
    ('readings', 2, 3, NULL, 1, NULL, NULL, NULL, 0, 0, NULL, 1);
insert into batcher_dead_letter (id, batcher, type, payload, crc, attempts, error_type, died_at) values
    (79, 'readings', 'string', X'64656164', -280294757, 3, 'java.lang.IllegalArgumentException', 1767225600000);
update sqlite_sequence set seq = 81 where name = 'batcher_item';

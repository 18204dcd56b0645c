-- The database of the cloud. It may exist already: with a file as database the readings survive a restart.

create table if not exists temperatures (
    seq         bigint generated always as identity primary key,  -- the order of arrival
    account     varchar(40) not null,
    sensor      varchar(100) not null,
    temperature double precision not null,
    measured_at timestamp(9) with time zone not null
);

create index if not exists temperatures_by_account on temperatures (account, seq);

create table if not exists calls (
    account         varchar(40) not null,
    idempotency_key varchar(200) not null,
    times           integer not null,  -- more than 1: the call was sent again
    primary key (account, idempotency_key)
);

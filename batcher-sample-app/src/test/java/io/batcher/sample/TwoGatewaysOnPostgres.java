/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

/**
 * A PostgreSQL server, and two gateways with the profile "postgres", each a process of its own; see the README. Arguments are those of
 * the gateways. Ends with Ctrl-C, or with the gateways; the server's data end with it.
 */
public final class TwoGatewaysOnPostgres {

    private TwoGatewaysOnPostgres() {}

    public static void main(String[] args) throws Exception {
        System.out.println("Starting a PostgreSQL server ...");
        GatewayProcesses gateways = new GatewayProcesses();
        EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setRegisterShutdownHook(false)
                .start();
        gateways.stopAtEnd(postgres);
        gateways.run("postgres", postgres.getJdbcUrl("postgres", "postgres"), args);
        System.exit(0);
    }
}

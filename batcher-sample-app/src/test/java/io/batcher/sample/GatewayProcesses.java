/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Two gateways, each a process of its own, and what they need. All of it ends with this process, the gateways first. */
final class GatewayProcesses {

    private final Deque<AutoCloseable> toStop = new ArrayDeque<>();

    GatewayProcesses() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop));
    }

    /** Stops a thing when the gateways have ended, and before what was there earlier. */
    synchronized void stopAtEnd(AutoCloseable thing) {
        toStop.push(thing);
    }

    /** Starts two gateways and returns when both have ended. */
    void run(String profile, String databaseUrl, String[] arguments) throws IOException {
        Process one = start(8080, profile, databaseUrl, arguments);
        Process two = start(8081, profile, databaseUrl, arguments);
        stopAtEnd(() -> end(one, two));
        CompletableFuture.allOf(one.onExit(), two.onExit()).join();
    }

    private static Process start(int port, String profile, String databaseUrl, String[] arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(
                "--spring.profiles.active=" + profile,
                "--spring.application.name=gateway-" + port,
                "--spring.datasource.url=" + databaseUrl,
                "--server.port=" + port));
        all.addAll(List.of(arguments));
        Process gateway = GatewayProcess.program(all).inheritIO().start();
        System.out.println("Gateway http://localhost:" + port + "/ is process " + gateway.pid());
        gateway.onExit()
                .thenAccept(ended -> System.out.println(
                        "Gateway http://localhost:" + port + "/ has ended with status " + ended.exitValue()));
        return gateway;
    }

    /** Sends SIGTERM and waits for the end. */
    private static void end(Process... gateways) throws InterruptedException {
        for (Process gateway : gateways) {
            gateway.destroy();
        }
        for (Process gateway : gateways) {
            gateway.waitFor(1, TimeUnit.MINUTES);
        }
    }

    private synchronized void stop() {
        for (AutoCloseable each : toStop) {
            try {
                each.close();
            } catch (Exception e) {
                System.out.println("Not stopped: " + e);
            }
        }
    }
}

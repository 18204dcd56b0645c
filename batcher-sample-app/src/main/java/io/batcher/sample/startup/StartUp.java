/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample.startup;

import io.batcher.Batcher;
import io.batcher.sample.Reading;
import io.batcher.sample.SampleProperties;
import io.batcher.sample.cloud.CloudClient;
import io.batcher.sample.compare.Comparison;
import io.batcher.sample.compare.ComparisonRefusedException;
import io.batcher.sample.replay.Replay;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Runs the comparison, prints the URLs, and runs the replay, once the gateway is up. Uses a thread of its own, because the gateway
 * already accepts readings.
 */
@Component
class StartUp implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(StartUp.class);
    private static final int READINGS_TO_COMPARE = 100;
    private static final Duration LONGEST_STOP = Duration.ofSeconds(10);

    private final SampleProperties sample;
    private final Comparison comparison;
    private final Optional<Replay> replay;
    private final Environment environment;
    private volatile @Nullable Thread thread;
    private volatile boolean running;

    StartUp(
            SampleProperties sample,
            Comparison comparison,
            Batcher<Reading> readings,
            CloudClient cloud,
            Environment environment) {
        this.sample = sample;
        this.comparison = comparison;
        this.replay = sample.replayFile().map((Path file) -> new Replay(file, readings, cloud));
        this.environment = environment;
    }

    /** Does nothing if the gateway was stopped before it was ready. */
    @EventListener(ApplicationReadyEvent.class)
    synchronized void begin() {
        if (!running) {
            return;
        }
        var starting = new Thread(this::run, "start-up");
        starting.setDaemon(true);
        thread = starting;
        starting.start();
    }

    private void run() {
        try {
            if (sample.compareAtStart()) {
                compare();
            }
            if (!running) {
                return;
            }
            System.out.print(Texts.whereToLook(environment.getProperty("local.server.port", "8080")));
            if (replay.isPresent()) {
                replay.get().run();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void compare() throws InterruptedException {
        System.out.println("Sending " + READINGS_TO_COMPARE + " readings one by one and then batched ...");
        try {
            System.out.print(Texts.table(comparison.run(READINGS_TO_COMPARE)));
        } catch (ComparisonRefusedException refused) {
            log.info("No comparison: {}", refused.getMessage());
        } catch (RuntimeException failed) {
            if (running) {
                log.warn("The comparison failed", failed);
            }
        }
    }

    /** Starts nothing, because the application is not ready; from here on Spring calls {@link #stop}. */
    @Override
    public void start() {
        running = true;
    }

    /** Stops before the batchers are drained, because it adds readings. */
    @Override
    public void stop() {
        synchronized (this) { // no thread starts after this
            running = false;
        }
        comparison.stop(); // Spring stops it only after this bean, which depends on it.
        replay.ifPresent(Replay::stop);
        Thread started = thread;
        if (started == null) {
            return;
        }
        try {
            started.join(LONGEST_STOP.toMillis());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}

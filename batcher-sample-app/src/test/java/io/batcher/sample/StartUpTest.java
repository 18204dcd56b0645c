/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;

/** The start of the program, as a user starts it. */
@ExtendWith(OutputCaptureExtension.class)
class StartUpTest {

    private static final String ANY_PORT = "--server.port=0";

    @Test
    void comparesSaysWhereToLookAndReplays(CapturedOutput output) {
        try (var gateway = start(
                ANY_PORT, "--sample.compare-at-start=true", "--replay=src/test/resources/seattle-100-hours.csv")) {
            Await.until(() -> output.getOut().contains("Replay ended"));

            String port = gateway.getEnvironment().getProperty("local.server.port");
            assertThat(output.getOut())
                    .containsPattern("100 readings +cloud calls +time\n")
                    .containsPattern("one by one +100 +\\d+ ms\n")
                    .containsPattern("batched +1 +\\d+ ms\n")
                    .contains("http://localhost:" + port + "/\n")
                    .contains("curl localhost:" + port + "/actuator/batchers")
                    .contains("100 readings accepted, 0 lines skipped, 1 cloud calls");
        }
    }

    @Test
    void staysQuietIfToldSo(CapturedOutput output) {
        try (var gateway = start(ANY_PORT)) {
            Await.until(() -> output.getOut().contains("curl -X POST"));

            assertThat(output.getOut()).doesNotContain("one by one");
        }
    }

    /** Like a SIGTERM during startup: the beans stop, and then the application is reported as ready. */
    @Test
    void whatIsToldToStopBeforeItIsReadyBeginsNothing(CapturedOutput output) throws Exception {
        var application = new SpringApplication(SampleApplication.class);
        application.addListeners((ApplicationListener<ApplicationReadyEvent>)
                ready -> ready.getApplicationContext().stop());
        try (var gateway = application.run(
                ANY_PORT, "--sample.compare-at-start=true", "--replay=src/test/resources/seattle-100-hours.csv")) {
            for (Thread begun : startUpThreads().toList()) {
                begun.join(TimeUnit.SECONDS.toMillis(5));
            }
            assertThat(gateway.isRunning()).isFalse();
            assertThat(output).doesNotContain("Replaying", "The cloud", "comparison failed", "Sending", "curl");
        }
    }

    private static Stream<Thread> startUpThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("start-up"));
    }

    @Test
    void aMissingFileStopsTheStartWithAClearMessage(CapturedOutput output, @TempDir Path directory) {
        Path missing = directory.resolve("missing.csv");

        assertThatThrownBy(() -> start(ANY_PORT, "--replay=" + missing)).isInstanceOf(Exception.class);
        assertThat(output).contains("APPLICATION FAILED TO START", "no such file: " + missing);

        assertThatThrownBy(() -> start(ANY_PORT, "--replay=" + directory)).isInstanceOf(Exception.class);
        assertThat(output).contains("not a readable file: " + directory);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--sample.cloud.url=cloud.example.com", "--sample.cloud.latency=-1ms"})
    void aSettingThatCannotWorkStopsTheStart(String setting, CapturedOutput output) {
        assertThatThrownBy(() -> start(ANY_PORT, setting)).isInstanceOf(Exception.class);
        assertThat(output).contains("APPLICATION FAILED TO START", "Reason: must");
    }

    @Test
    void aTakenPortEndsTheProgramAndLeavesNoServerBehind() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getByName("0.0.0.0"))) {
            var before = serverThreads().toList();

            assertThatThrownBy(() -> start("--server.port=" + taken.getLocalPort()))
                    .hasRootCauseInstanceOf(BindException.class)
                    .hasStackTraceContaining(PortInUseException.class.getName());

            for (Thread server :
                    serverThreads().filter(thread -> !before.contains(thread)).toList()) {
                server.join(TimeUnit.SECONDS.toMillis(5));
                assertThat(server.isAlive()).isFalse();
            }
        }
    }

    /** The threads that keep the JVM alive. */
    private static Stream<Thread> serverThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !thread.isDaemon() && thread.getName().startsWith("container-"));
    }

    private static ConfigurableApplicationContext start(String... arguments) {
        return SpringApplication.run(SampleApplication.class, arguments);
    }
}

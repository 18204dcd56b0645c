/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** A program in a Java process of its own, whose output is read line by line. */
final class ForkedJvm implements AutoCloseable {

    /** Maximum run time. Then the process is killed, so that readers of its output do not block. */
    private static final Duration AT_MOST = Duration.ofMinutes(2);

    private final Process process;
    private final BufferedReader lines;
    private final StringBuilder output = new StringBuilder();

    private ForkedJvm(Process process) {
        this.process = process;
        this.lines = process.inputReader();
        process.onExit()
                .orTimeout(AT_MOST.toSeconds(), TimeUnit.SECONDS)
                .exceptionally(late -> process.destroyForcibly());
    }

    static ForkedJvm start(Class<?> program, String... arguments) throws IOException {
        return start(entry -> true, program, arguments);
    }

    /** Starts a program with those entries of this process's class path whose name is accepted. */
    static ForkedJvm start(Predicate<String> classPath, Class<?> program, String... arguments) throws IOException {
        String accepted = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> classPath.test(nameOf(new File(entry))))
                .collect(Collectors.joining(File.pathSeparator));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Dspring.threads.virtual.enabled=" + Boolean.getBoolean("spring.threads.virtual.enabled"),
                "-cp",
                accepted,
                program.getName()));
        command.addAll(List.of(arguments));
        return new ForkedJvm(
                new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    /** Returns the file name of a jar, or the module of a directory with classes. */
    private static String nameOf(File entry) {
        return entry.isDirectory() ? entry.getParentFile().getParentFile().getName() : entry.getName();
    }

    /** Reads on until a line begins like that, and returns the rest of the line. */
    String awaitLine(String beginning) throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            output.append(line).append('\n');
            if (line.startsWith(beginning)) {
                return line.substring(beginning.length());
            }
        }
        throw new AssertionError("no line that begins with \"" + beginning + "\" in:\n" + output);
    }

    /** Asks the process to end, with SIGTERM. */
    void terminate() {
        process.toHandle().destroy(); // unlike Process.destroy it leaves the output open
    }

    /** Waits for the end of the process and returns its exit code. */
    int awaitExit() throws IOException, InterruptedException {
        lines.lines().forEach(line -> output.append(line).append('\n'));
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).as(this::output).isTrue();
        return process.exitValue();
    }

    /** Returns what has been read so far. */
    String output() {
        return output.toString();
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        lines.close();
    }
}

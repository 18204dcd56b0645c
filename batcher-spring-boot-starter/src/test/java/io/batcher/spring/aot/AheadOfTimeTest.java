/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.aot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplicationAotProcessor;
import org.springframework.context.aot.AbstractAotProcessor.Settings;

/** S9: an application whose beans are written as code, compiled, and started from that. */
class AheadOfTimeTest {

    @TempDir
    static Path generated;

    @BeforeAll
    static void processAndCompile() throws Exception {
        new SpringApplicationAotProcessor(
                        WholeApplication.class,
                        Settings.builder()
                                .sourceOutput(generated.resolve("sources"))
                                .resourceOutput(generated.resolve("resources"))
                                .classOutput(generated.resolve("classes"))
                                .groupId("io.batcher")
                                .artifactId("aot-test")
                                .build(),
                        new String[0])
                .process();
        compile();
    }

    @Test
    void everyBatcherIsInjectedByItsGenericTypeAndReachesItsHandler() throws Exception {
        assertThat(runAheadOfTime()).isEqualTo(WholeApplicationTest.DELIVERED + "from generated code");
    }

    @Test
    void optionsAreThoseOfRunTime() throws Exception {
        assertThat(runAheadOfTime("--batcher.instances.readings.interval=5s"))
                .contains("readings of Reading after 5000 ms: [Reading[sensor=current]]");
    }

    @Test
    void batchersMayComeAndGoAtRunTime() throws Exception {
        assertThat(runAheadOfTime(
                        "--batcher.instances.more.item-type=java.lang.Byte", "--name.from.properties=renamed"))
                .contains("more of Byte after 500 ms: null", "renamed of Integer after 500 ms")
                .doesNotContain("measures of");
    }

    @Test
    void theBatchersAreNotPartOfTheGeneratedCode() throws IOException {
        assertThat(sources())
                .isNotEmpty()
                .allSatisfy(source -> assertThat(Files.readString(source))
                        .doesNotContain("readingsBatcher", "secretsBatcher")
                        .doesNotContainPattern("\\bBatcherDefinition\\b"));
    }

    /** What is written for a native image; none is built here. */
    @Test
    void thereAreHintsForHandlerMethods() throws IOException {
        Path hints =
                generated.resolve("resources/META-INF/native-image/io.batcher/aot-test/reachability-metadata.json");
        assertThat(Files.readString(hints))
                .contains(WholeApplication.class.getName() + "$Stores", "\"store\"", "\"sensor\"");
    }

    private static String runAheadOfTime(String... arguments) throws Exception {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        System.setProperty("spring.aot.enabled", "true");
        // A loader for everything, so that generated classes share the packages of those that they were generated for.
        try (URLClassLoader application = new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())) {
            Thread.currentThread().setContextClassLoader(application);
            return (String) application
                    .loadClass(WholeApplication.class.getName())
                    .getMethod("deliverOneItemEach", String[].class)
                    .invoke(null, (Object) arguments);
        } finally {
            System.clearProperty("spring.aot.enabled");
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    private static void compile() throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> arguments = new ArrayList<>(List.of(
                "-nowarn",
                "-proc:none",
                "-parameters",
                "-d",
                generated.resolve("classes").toString(),
                "-cp",
                System.getProperty("java.class.path") + File.pathSeparator + generated.resolve("classes")));
        sources().forEach(source -> arguments.add(source.toString()));
        assertThat(compiler.run(null, null, null, arguments.toArray(String[]::new)))
                .isZero();
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(generated.resolve("sources"))) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }

    private static URL[] classPath() throws MalformedURLException {
        List<URL> urls = new ArrayList<>();
        urls.add(generated.resolve("classes").toUri().toURL());
        urls.add(generated.resolve("resources").toUri().toURL());
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            urls.add(new File(entry).toURI().toURL());
        }
        return urls.toArray(URL[]::new);
    }
}

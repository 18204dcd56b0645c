/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatchKey;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.autoconfigure.StartFailures;
import io.batcher.spring.fixtures.Await;
import io.batcher.spring.fixtures.Contexts;
import io.batcher.spring.fixtures.Reading;
import io.batcher.store.ItemStore;
import io.batcher.testing.VirtualTime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/** S11: an application whose items are in a file. */
class FileStoreTest {

    @TempDir
    Path directory;

    private ApplicationContextRunner contexts(ApplicationContextRunner runner) {
        return runner.withUserConfiguration(Readings.class)
                .withPropertyValues(
                        "batcher.store.file.directory=" + directory.resolve("store"),
                        "batcher.defaults.store=file",
                        "batcher.defaults.interval=20ms",
                        "batcher.defaults.retry.delay=50ms");
    }

    private ApplicationContextRunner inRealTime() {
        return contexts(Contexts.inRealTime());
    }

    @Test
    void itemsAreDeliveredByTheNextStart() {
        List<Reading> added = some(250);
        inRealTime()
                .withPropertyValues("batcher.defaults.shutdown-timeout=200ms")
                .run(context -> {
                    context.getBean(Readings.class).failing = true;
                    batcher(context).addMany(added);
                });
        assertThat(directory.resolve("store")).isDirectoryContaining("glob:**batcher.db");
        inRealTime().run(context -> {
            Readings readings = context.getBean(Readings.class);
            Await.until("delivered", () -> readings.items.size() == added.size());
            assertThat(readings.items).containsExactlyElementsOf(added);
            Await.until("recorded", () -> batcher(context).stats().depth() == 0);
        });
    }

    @Test
    void aChildThatWouldShareTheItemsOfItsParentDoesNotStart() {
        inRealTime().run(parent -> {
            StartFailures.assertFailure(
                    inRealTime().withParent(parent),
                    "Batcher \"readings\" has the same store as the batcher of that name in a parent context: each would"
                            + " get some of the items of both.",
                    "Rename one of the two, remove the handler of the child to use the batcher of the parent, or set"
                            + " batcher.instances.readings.store=memory in the child.");
            inRealTime()
                    .withParent(parent)
                    .withPropertyValues("batcher.instances.readings.store=memory")
                    .run(child -> {
                        batcher(child).add(new Reading("s", 1));
                        Await.until(
                                "delivered",
                                () -> child.getBean(Readings.class).items.size() == 1);
                        assertThat(parent.getBean(Readings.class).items).isEmpty();
                    });
        });
    }

    /** kill -9 of a process that had accepted items: nothing of it ran that could have saved them. */
    @Test
    void itemsOfAProcessThatEndedSuddenlyAreDelivered() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Killed.class.getName(),
                        directory.resolve("store").toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
        boolean ended = process.waitFor(60, TimeUnit.SECONDS);
        assertThat(ended).isTrue();
        assertThat(process.exitValue())
                .as(Files.readString(directory.resolve("output")))
                .isEqualTo(Killed.STATUS);
        inRealTime().run(context -> {
            Readings readings = context.getBean(Readings.class);
            Await.until("delivered", () -> readings.items.size() == Killed.ITEMS);
            assertThat(readings.items).containsExactlyElementsOf(some(Killed.ITEMS));
        });
    }

    @Test
    void aRestartDrainsAsOneWithoutAStoreDoes() {
        inRealTime().withPropertyValues("batcher.defaults.interval=1h").run(context -> {
            batcher(context).addMany(some(3));
            Readings readings = context.getBean(Readings.class);
            context.getSourceApplicationContext().close();
            assertThat(readings.items).containsExactlyElementsOf(some(3));
        });
    }

    @Test
    void virtualTimeDrivesDeliveryFromAStore() {
        contexts(Contexts.inVirtualTime())
                .withPropertyValues("batcher.defaults.interval=500ms")
                .run(context -> {
                    Readings readings = context.getBean(Readings.class);
                    VirtualTime time = context.getBean(VirtualTime.class);
                    batcher(context).addMany(some(3));
                    time.advance(Duration.ofMillis(499));
                    assertThat(readings.items).isEmpty();
                    time.advance(Duration.ofMillis(1));
                    assertThat(readings.items).containsExactlyElementsOf(some(3));
                    assertThat(batcher(context).stats().depth()).isZero();
                });
    }

    @Test
    void severalBatchersShareOneStore() {
        inRealTime().withUserConfiguration(Audit.class).run(context -> {
            assertThat(context.getBeanNamesForType(ItemStore.class))
                    .containsExactlyInAnyOrder("batcherFileStore", "batcherJdbcStore", "batcherKafkaStore");
            BatcherRegistry registry = context.getBean(BatcherRegistry.class);
            registry.get("audit", String.class).add("entry");
            batcher(context).addMany(some(2));
            Await.until("delivered", () -> context.getBean(Audit.class).items.size() == 1);
            Await.until("delivered", () -> context.getBean(Readings.class).items.size() == 2);
        });
    }

    @Test
    void keysDivideTheItemsAmongPartitions() {
        inRealTime()
                .withUserConfiguration(Keyed.class)
                .withPropertyValues("batcher.instances.keyed.concurrency=4", "batcher.instances.keyed.partitions=8")
                .run(context -> {
                    Batcher<String> keyed =
                            context.getBean(BatcherRegistry.class).get("keyed", String.class);
                    Await.until("all partitions are owned", () -> keyed.stats().lanes() == 8);
                    IntStream.range(0, 400).forEach(i -> keyed.add(i % 16 + ":" + i));
                    List<String> items = context.getBean(Keyed.class).items;
                    Await.until("delivered", () -> items.size() == 400);
                    for (int key = 0; key < 16; key++) {
                        String prefix = key + ":";
                        assertThat(items.stream()
                                        .filter(item -> item.startsWith(prefix))
                                        .map(item -> Integer.parseInt(item.substring(prefix.length()))))
                                .isSorted()
                                .hasSize(25);
                    }
                });
    }

    @Test
    void itemsAreStoredByTheNameOfTheirFormatAndNotByTheirClass() throws IOException {
        inRealTime()
                .withPropertyValues(
                        "batcher.instances.readings.item-name=reading-v1", "batcher.defaults.shutdown-timeout=100ms")
                .run(context -> {
                    context.getBean(Readings.class).failing = true;
                    batcher(context).add(new Reading("kitchen"));
                });
        try (Stream<Path> files = Files.list(directory.resolve("store"))) {
            StringBuilder stored = new StringBuilder();
            for (Path file : files.toList()) {
                stored.append(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
            }
            assertThat(stored.toString())
                    .contains("reading-v1")
                    .contains("\"sensor\":\"kitchen\"")
                    .doesNotContain(Reading.class.getName());
        }
    }

    static List<Reading> some(int count) {
        return IntStream.range(0, count).mapToObj(i -> new Reading("s", i)).toList();
    }

    private static Batcher<Reading> batcher(ApplicationContext context) {
        return context.getBean(BatcherRegistry.class).get("readings", Reading.class);
    }

    static class Readings {

        final List<Reading> items = Collections.synchronizedList(new ArrayList<>());
        volatile boolean failing;

        @BatchHandler("readings")
        void handle(List<Reading> batch) throws IOException {
            if (failing) {
                throw new IOException("the cloud does not answer");
            }
            items.addAll(batch);
        }
    }

    static class Audit {

        final List<String> items = Collections.synchronizedList(new ArrayList<>());

        @BatchHandler("audit")
        void handle(List<String> batch) {
            items.addAll(batch);
        }
    }

    static class Keyed {

        final List<String> items = Collections.synchronizedList(new ArrayList<>());

        @BatchKey("keyed")
        static String key(String item) {
            return item.substring(0, item.indexOf(':'));
        }

        @BatchHandler("keyed")
        void handle(List<String> batch) {
            items.addAll(batch);
        }
    }

    /** An application that ends as by kill -9 while its handler works. */
    static final class Killed {

        static final int ITEMS = 120;
        static final int STATUS = 3;

        private Killed() {}

        public static void main(String[] args) {
            Contexts.inRealTime()
                    .withUserConfiguration(Readings.class)
                    .withPropertyValues(
                            "batcher.store.file.directory=" + args[0],
                            "batcher.instances.readings.store=file",
                            "batcher.instances.readings.interval=1ms")
                    .run(context -> {
                        context.getBean(Readings.class).failing = true;
                        some(ITEMS).forEach(batcher(context)::add);
                        Runtime.getRuntime().halt(STATUS);
                    });
        }
    }
}

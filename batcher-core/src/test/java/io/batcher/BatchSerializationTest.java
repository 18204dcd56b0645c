/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Serialization of {@link Batch} and of its sub-lists: each becomes a plain list if its items are serializable. */
class BatchSerializationTest {

    private static byte[] write(Object object) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        }
        return bytes.toByteArray();
    }

    private static Object read(byte[] bytes) throws IOException, ClassNotFoundException {
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
            return in.readObject();
        }
    }

    static List<Batch<String>> batches() {
        return BatchTest.batches().toList();
    }

    @ParameterizedTest
    @MethodSource("batches")
    void aBatchBecomesAPlainList(Batch<String> batch) throws Exception {
        byte[] bytes = write(batch);
        Object copy = read(bytes);
        assertThat(copy).isExactlyInstanceOf(ArrayList.class).isEqualTo(batch).hasSameHashCodeAs(batch);
        assertThat(batch.equals(copy)).isTrue();
        assertThat(new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1))
                .doesNotContain("io.batcher");
    }

    @ParameterizedTest
    @MethodSource("batches")
    void aSubListBecomesAPlainList(Batch<String> batch) throws Exception {
        List<String> part = batch.subList(1, 3);
        assertThat(read(write(part))).isEqualTo(part).isEqualTo(List.of("b", "c"));
        assertThat(read(write(batch.subList(0, 0)))).isEqualTo(List.of());
    }

    @Test
    void aBatchInsideAnotherObjectIsSerializable() throws Exception {
        try (BatcherFixture rig = new BatcherFixture(
                CallStyle.SYNC,
                builder -> builder.retry(RetryPolicy.builder().maxAttempts(1).build()))) {
            rig.fail(1).add("a", "b").advanceMillis(500);
            Object[] message = {"message", rig.calls.get(0), rig.letters.get(0).items()};
            assertThat((Object[]) read(write(message)))
                    .containsExactly("message", List.of("a", "b"), List.of("a", "b"));
        }
    }

    @Test
    void theItemsThatCloseHandsBackAreSerializable() throws Exception {
        BatcherFixture rig = new BatcherFixture(CallStyle.SYNC);
        rig.batcher.pause();
        rig.fail(1).add("a", "b");
        List<String> left = rig.batcher.close(java.time.Duration.ofSeconds(1)).undelivered();
        assertThat(read(write(left))).isEqualTo(List.of("a", "b"));
    }

    /** The exception names the class of the item, not a class of the library. */
    @Test
    void theExceptionNamesTheClassOfAnItemThatIsNotSerializable() {
        List<Batch<Object>> batches = new ArrayList<>();
        Batcher<Object> batcher =
                Batcher.<Object>builder("objects").handler(batches::add).build();
        batcher.add(new Unsendable());
        batcher.close();
        Assertions.assertThatThrownBy(() -> write(batches.get(0)))
                .isInstanceOf(NotSerializableException.class)
                .hasMessage(Unsendable.class.getName());
    }

    private static final class Unsendable {}

    @Test
    void aSubListBehavesAsAnyList() {
        try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC)) {
            rig.add("a", "b", "c").advanceMillis(500);
            Batch<String> batch = rig.calls.get(0);
            assertThat(batch.subList(0, 3)).isEqualTo(batch);
            assertThat(batch.subList(1, 2).contains(null)).isFalse();
            assertThat(batch.subList(1, 2).toArray()).isEqualTo(new Object[] {"b"});
            for (int[] outside : new int[][] {{-1, 1}, {0, 4}}) {
                Assertions.assertThatThrownBy(() -> batch.subList(outside[0], outside[1]))
                        .isInstanceOf(IndexOutOfBoundsException.class);
            }
        }
    }
}

/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import io.batcher.store.BatchRecord;
import io.batcher.store.StoredItem;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Base64;
import java.util.BitSet;
import java.util.stream.LongStream;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.jspecify.annotations.Nullable;

/**
 * What a committed offset and its metadata say of a partition: every record before the offset has left; of those behind it, some have
 * left too, and some are the recorded batch. Immutable.
 *
 * <p>Part of the stored format: the metadata is {@value #PREFIX} and, in Base64, deflated: the batch's id as in {@link
 * DataOutputStream#writeUTF} (empty for none), attempt, counted, delay and time of the retry in milliseconds (-1 for none), then two sets of bits,
 * each with its length in bytes: a bit for each offset from the committed one on, set if its record has left, and also, before the
 * end of the batch, if it has no record; and a bit for each offset that is not set there, set if its record is in the batch.
 */
final class Progress {

    /** What begins the metadata of this format. */
    static final String PREFIX = "batcher1:";

    /** What begins the metadata of every version. */
    static final String ANY_VERSION = "batcher";

    /** The longest metadata; a broker takes 4,096 characters unless {@code offset.metadata.max.bytes} is set. */
    static final int MAX_METADATA = 3 * 1024;

    /** The largest batch: whatever its part that is left, the metadata fits. */
    static final int MAX_BATCH = 10_000;

    /** An attempt without its items. {@code retryAt} is wall-clock time. */
    record Attempt(
            String id, int number, int counted, @Nullable Duration retryIn, long retryAt) {

        /** Returns an id of a part of the batch: the same id means the same items. */
        String partId(int size) {
            String suffix = "/" + size;
            return id.substring(0, Math.min(id.length(), BatchRecord.MAX_ID_LENGTH - suffix.length())) + suffix;
        }

        /** Returns the delay that is left, at most the recorded one, whatever the clocks of two processes say. */
        @Nullable Duration left(long now) {
            if (retryIn == null) {
                return null;
            }
            long millis = Math.max(0, retryAt - now);
            return retryIn.compareTo(Duration.ofMillis(millis)) < 0 ? retryIn : Duration.ofMillis(millis);
        }
    }

    private final long base;
    private final BitSet gone;

    /** Those of {@link #gone} that have no record. */
    private final BitSet empty;

    private final BitSet batch;
    private final @Nullable Attempt attempt;

    private Progress(long base, BitSet gone, BitSet empty, BitSet batch, @Nullable Attempt attempt) {
        int shift = gone.nextClearBit(0);
        this.base = base + shift;
        this.gone = gone.get(shift, Math.max(shift, gone.length()));
        this.empty = empty.get(shift, Math.max(shift, empty.length()));
        this.batch = batch.get(shift, Math.max(shift, batch.length()));
        this.attempt = batch.isEmpty() ? null : attempt;
    }

    /** Rejects a batch that is too large to be recorded. */
    static void requireSize(int size) {
        if (size > MAX_BATCH) {
            throw new IllegalArgumentException("A batch of a batcher on Kafka has at most " + MAX_BATCH
                    + " items, because it is recorded in the metadata of an offset, but this one has " + size
                    + ". Set a smaller maxBatchSize");
        }
    }

    /** Returns the progress of a partition of which everything from an offset on is left. */
    static Progress at(long offset) {
        return new Progress(offset, new BitSet(), new BitSet(), new BitSet(), null);
    }

    /** Returns the first offset that is left: the one to commit. */
    long base() {
        return base;
    }

    @Nullable Attempt attempt() {
        return attempt;
    }

    int batchSize() {
        return batch.cardinality();
    }

    /** Returns the offset behind the recorded batch. */
    long batchEnd() {
        return base + batch.length();
    }

    boolean isGone(long offset) {
        return offset < base || gone.get(index(offset));
    }

    boolean isRecorded(long offset) {
        return offset >= base && batch.get(index(offset));
    }

    /** Returns how many of the offsets between two have left, those before {@link #base} not included. */
    int goneBetween(long from, long to) {
        return gone.get(index(Math.max(from, base)), index(Math.max(to, Math.max(from, base))))
                .cardinality();
    }

    private int index(long offset) {
        return Math.toIntExact(offset - base);
    }

    Progress withGone(LongStream offsets) {
        BitSet all = (BitSet) gone.clone();
        offsets.filter(offset -> offset >= base).forEach(offset -> all.set(index(offset)));
        return withGone(all, empty);
    }

    /** Returns the progress after offsets that have no record: those of transaction markers and of aborted transactions. */
    Progress withoutRecords(long from, long to) {
        if (to <= Math.max(from, base)) {
            return this;
        }
        BitSet all = (BitSet) gone.clone();
        BitSet allEmpty = (BitSet) empty.clone();
        all.set(index(Math.max(from, base)), index(to));
        allEmpty.set(index(Math.max(from, base)), index(to));
        return withGone(all, allEmpty);
    }

    private Progress withGone(BitSet all, BitSet allEmpty) {
        BitSet rest = (BitSet) batch.clone();
        rest.andNot(all);
        return new Progress(base, all, allEmpty, rest, attempt);
    }

    /** Returns the progress with a batch in place of the recorded one; null for none. */
    Progress withRecord(@Nullable BatchRecord record, long now) {
        BitSet items = new BitSet();
        if (record == null) {
            return new Progress(base, gone, empty, items, null);
        }
        for (StoredItem item : record.items()) {
            long offset = KafkaPosition.offset(item);
            if (!isGone(offset)) {
                items.set(index(offset));
            }
        }
        Duration retryIn = record.retryIn();
        long retryAt = retryIn == null ? 0 : now + retryIn.toMillis();
        Attempt last = new Attempt(record.id(), record.attempt(), record.counted(), retryIn, retryAt);
        return new Progress(base, gone, empty, items, last);
    }

    /** Returns what is committed. */
    OffsetAndMetadata toCommit() {
        return new OffsetAndMetadata(base, encode());
    }

    String encode() {
        BitSet left = goneToCommit();
        if (attempt == null && left.isEmpty()) {
            return PREFIX;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        try (DataOutputStream out = new DataOutputStream(new DeflaterOutputStream(bytes, deflater))) {
            Attempt last = attempt == null ? new Attempt("", 0, 0, null, 0) : attempt;
            out.writeUTF(last.id);
            out.writeInt(last.number);
            out.writeInt(last.counted);
            out.writeLong(last.retryIn == null ? -1 : last.retryIn.toMillis());
            out.writeLong(last.retryAt);
            write(out, left);
            write(out, compacted());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            deflater.end();
        }
        return PREFIX + Base64.getEncoder().withoutPadding().encodeToString(bytes.toByteArray());
    }

    /** Returns what has left, but for offsets behind the batch that have no record: a fetch finds them again, and they may be many. */
    private BitSet goneToCommit() {
        BitSet behind = (BitSet) empty.clone();
        behind.clear(0, batch.length());
        BitSet bits = (BitSet) gone.clone();
        bits.andNot(behind);
        return bits;
    }

    /** Returns the batch's bits without those of offsets that have left. */
    private BitSet compacted() {
        BitSet bits = new BitSet();
        int at = 0;
        for (int i = gone.nextClearBit(0); i < batch.length(); i = gone.nextClearBit(i + 1)) {
            bits.set(at++, batch.get(i));
        }
        return bits;
    }

    private static void write(DataOutputStream out, BitSet bits) throws IOException {
        byte[] bytes = bits.toByteArray();
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    /**
     * Returns what was committed.
     *
     * @throws IllegalArgumentException if the metadata is not of this format
     */
    static Progress decode(long base, String metadata) {
        if (!metadata.startsWith(PREFIX)) {
            throw new IllegalArgumentException("the metadata of the committed offset is not that of a batcher");
        }
        if (metadata.equals(PREFIX)) {
            return at(base);
        }
        byte[] bytes = Base64.getDecoder().decode(metadata.substring(PREFIX.length()));
        Inflater inflater = new Inflater(true);
        try (DataInputStream in =
                new DataInputStream(new InflaterInputStream(new ByteArrayInputStream(bytes), inflater))) {
            String id = in.readUTF();
            int number = in.readInt();
            int counted = in.readInt();
            long retryIn = in.readLong();
            Duration delay = retryIn < 0 ? null : Duration.ofMillis(retryIn);
            Attempt attempt = new Attempt(id, number, counted, delay, in.readLong());
            BitSet gone = read(in);
            BitSet compact = read(in);
            BitSet batch = new BitSet();
            int at = 0;
            for (int i = gone.nextClearBit(0); at < compact.length(); i = gone.nextClearBit(i + 1)) {
                batch.set(i, compact.get(at++));
            }
            return new Progress(base, gone, new BitSet(), batch, id.isEmpty() ? null : attempt);
        } catch (IOException e) {
            throw new IllegalArgumentException("the metadata of the committed offset is damaged", e);
        } finally {
            inflater.end();
        }
    }

    private static BitSet read(DataInputStream in) throws IOException {
        int length = in.readInt();
        byte[] bytes = in.readNBytes(Math.max(0, length));
        if (bytes.length != length) {
            throw new EOFException();
        }
        return BitSet.valueOf(bytes);
    }
}

/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.BatcherClock;
import io.batcher.BatcherConfig;
import io.batcher.FlushReason;
import io.batcher.RetryAfterException;
import io.batcher.internal.buffer.AddRequest;
import io.batcher.internal.buffer.ItemBuffer;
import io.batcher.internal.delivery.Attempt;
import io.batcher.internal.delivery.BatchIds;
import io.batcher.internal.delivery.FrozenBatch;
import io.batcher.internal.delivery.GivenUp;
import io.batcher.internal.delivery.Handler;
import io.batcher.internal.delivery.Throttle;
import io.batcher.internal.lanes.Lane;
import io.batcher.internal.lanes.When;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@link FlushTrigger} as a table: for each state and for what waits, the answer. A number is the moment at which something will be due, in
 * milliseconds; the interval is 500 ms, a batch has at most 2 items, and it is 150 ms.
 */
class FlushTriggerTest {

    private static final long NOW = ms(150);

    /** What waits. */
    enum Waits {
        NOTHING(it -> {}),
        ITEM(it -> it.add(0)),
        ITEM_FOR_THE_INTERVAL(it -> it.add(-350)),
        FULL_BATCH(it -> it.add(0).add(0)),
        CALL_FOR_ROOM(it -> it.add(0).callWaitsForRoom()),
        FLUSH_AND_ITEM(it -> it.add(0).flush(null)),
        FLUSH_WITHOUT_ITEM(it -> it.flush(null)),
        FLUSH_AFTER_FAILURE(it -> it.add(0).flush(ms(300))),
        FAILED_BATCH(it -> it.fail(200)),
        FAILED_BATCH_AND_FULL_ONE(it -> it.fail(200).add(0).add(0)),
        FAILED_BATCH_AFTER_ITS_DELAY(it -> it.fail(100)),
        FAILED_BATCH_AND_FLUSH(it -> it.fail(200).flush(null).hurry()),
        LETTER(it -> it.giveUp(160)),
        LETTER_AFTER_ITS_DELAY(it -> it.giveUp(100)),
        LETTER_AND_FLUSH(it -> it.giveUp(160).hurry()),
        LETTER_BEFORE_FULL_BATCH(it -> it.giveUp(160).add(0).add(0)),
        LETTER_THAT_NEEDS_ROOM(it -> it.giveUp(100).needRoom(160).fail(200)),
        LETTER_THAT_NEEDS_ROOM_AND_FULL_BATCH(
                it -> it.giveUp(100).needRoom(160).add(0).add(0)),
        ENDED_STAGE(it -> it.add(0).detach()),
        FULL_BATCH_AND_REST(it -> it.add(0).add(0).rest(180)),
        FULL_BATCH_AFTER_REST(it -> it.add(0).add(0).rest(150)),
        FAILED_BATCH_AND_LONGER_REST(it -> it.fail(160).rest(180)),
        FAILED_BATCH_AND_SHORTER_REST(it -> it.fail(200).rest(180)),
        LETTER_AND_REST(it -> it.giveUp(100).add(0).add(0).rest(180)),
        NOTHING_AND_REST(it -> it.rest(180)),
        WAITING_ATTEMPT(it -> it.add(0).awaitPermit()),
        WAITING_ATTEMPT_AND_REST(it -> it.add(0).awaitPermit().rest(180));

        private final Consumer<Fixture> setUp;

        Waits(Consumer<Fixture> setUp) {
            this.setUp = setUp;
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            what waits                            | open        | paused      | draining    | no ticks    | no handler  | closing     | close failed | closed
            nothing                               | never       | never       | never       | never       | never       | never       | never        | never
            item                                  | 500         | never       | eager       | never       | never       | close       | never        | never
            item for the interval                 | interval    | never       | eager       | never       | never       | close       | never        | never
            full batch                            | size        | never       | size        | size        | never       | close       | never        | never
            call for room                         | eager       | never       | eager       | eager       | never       | close       | never        | never
            flush and item                        | manual      | never       | manual      | manual      | never       | close       | never        | never
            flush without item                    | never       | never       | never       | never       | never       | never       | never        | never
            flush after failure                   | 300         | never       | eager       | 300         | never       | close       | never        | never
            failed batch                          | 200         | never       | 200         | 200         | never       | retry       | never        | never
            failed batch and full one             | 200         | never       | 200         | 200         | never       | retry       | never        | never
            failed batch after its delay          | retry       | never       | retry       | retry       | never       | retry       | never        | never
            failed batch and flush                | retry       | never       | retry       | retry       | never       | retry       | never        | never
            letter                                | 160         | never       | 160         | 160         | 160         | letter      | never        | never
            letter after its delay                | letter      | never       | letter      | letter      | letter      | letter      | never        | never
            letter and flush                      | letter      | never       | letter      | letter      | letter      | letter      | never        | never
            letter before full batch              | 160         | never       | 160         | 160         | 160         | letter      | never        | never
            letter that needs room                | 160         | never       | 160         | 160         | 160         | letter      | never        | never
            letter that needs room and full batch | size        | never       | size        | size        | 160         | letter      | never        | never
            ended stage                           | stage ended | stage ended | stage ended | stage ended | stage ended | stage ended | stage ended  | stage ended
            full batch and rest                   | 180         | never       | 180         | 180         | never       | 180         | never        | never
            full batch after rest                 | size        | never       | size        | size        | never       | close       | never        | never
            failed batch and longer rest          | 180         | never       | 180         | 180         | never       | 180         | never        | never
            failed batch and shorter rest         | 200         | never       | 200         | 200         | never       | 180         | never        | never
            letter and rest                       | letter      | never       | letter      | letter      | letter      | letter      | never        | never
            nothing and rest                      | never       | never       | never       | never       | never       | never       | never        | never
            waiting attempt                       | call        | never       | call        | call        | never       | call        | never        | never
            waiting attempt and rest              | 180         | never       | 180         | 180         | never       | 180         | never        | never
            """)
    void theAnswerForEachState(
            String waits,
            String open,
            String paused,
            String draining,
            String noTicks,
            String noHandler,
            String closing,
            String closeFailed,
            String closed) {
        Consumer<Lifecycle> connect = Lifecycle::handlerRegistered;
        Consumer<Lifecycle> close = connect.andThen(Lifecycle::beginClose);
        List<String> answers = List.of(
                answer(waits, connect),
                answer(waits, connect.andThen(life -> life.pause(true))),
                answer(waits, connect.andThen(Lifecycle::startDraining)),
                answer(waits, connect.andThen(Lifecycle::stopTicking)),
                answer(waits, life -> {}),
                answer(waits, close),
                answer(waits, close.andThen(Lifecycle::endLastAttempts).andThen(Lifecycle::endLastOffers)),
                answer(waits, close.andThen(Lifecycle::endClose)));
        assertThat(answers).containsExactly(open, paused, draining, noTicks, noHandler, closing, closeFailed, closed);
    }

    @ParameterizedTest
    @CsvSource({"item, eager", "nothing, never", "failed batch, 200", "full batch, size"})
    void anEagerBatcherWaitsForNoInterval(String waits, String answer) {
        Fixture it = new Fixture(true);
        it.lifecycle.handlerRegistered();
        assertThat(it.answer(waits)).isEqualTo(answer);
    }

    private static String answer(String waits, Consumer<Lifecycle> state) {
        Fixture it = new Fixture(false);
        state.accept(it.lifecycle);
        return it.answer(waits);
    }

    private static long ms(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /** The rule with the state that it reads. */
    private static final class Fixture {
        private final BatcherConfig<String> config;
        private final BatchIds ids = new BatchIds("rule");
        private final ItemBuffer<String> buffer;
        private final Lane<String> lane;
        private final PendingFlushes pendingFlushes = new PendingFlushes();
        private final Lifecycle lifecycle = new Lifecycle(true);
        private final Throttle throttle = new Throttle(null);
        private final FlushTrigger trigger;

        Fixture(boolean eager) {
            this.config = Batcher.<String>builder("rule")
                    .interval(Duration.ofMillis(500))
                    .maxBatchSize(2)
                    .capacity(10)
                    .eager(eager)
                    .handler(batch -> {})
                    .config();
            this.buffer = new ItemBuffer<>(config);
            this.lane = new Lane<>(buffer);
            this.trigger = new FlushTrigger(config, lifecycle, pendingFlushes);
        }

        String answer(String waits) {
            Waits.valueOf(waits.toUpperCase(Locale.ROOT).replace(' ', '_'))
                    .setUp
                    .accept(this);
            When answer = trigger.next(lane, throttle, NOW);
            return answer instanceof When.At at
                    ? String.valueOf(TimeUnit.NANOSECONDS.toMillis(at.nanos()))
                    : answer.toString().toLowerCase(Locale.ROOT).replace('_', ' ');
        }

        Fixture rest(long untilMillis) {
            throttle.rest(new RetryAfterException(Duration.ZERO), ms(untilMillis));
            return this;
        }

        Fixture awaitPermit() {
            lane.awaitPermit(attempt());
            return this;
        }

        Fixture add(long atMillis) {
            assertThat(buffer.append(request("item"), ms(atMillis))).isTrue();
            return this;
        }

        Fixture callWaitsForRoom() {
            buffer.await(request("x", "x", "x", "x", "x", "x", "x", "x", "x", "x"));
            return this;
        }

        private static AddRequest<String> request(String... items) {
            return new AddRequest<>(Arrays.asList(items), null, null);
        }

        Fixture flush(Long notBefore) {
            pendingFlushes.add(buffer.claimed(), 0, new CompletableFuture<>());
            pendingFlushes.notBefore(notBefore);
            return this;
        }

        Fixture hurry() {
            lane.hurry();
            return this;
        }

        Fixture fail(long notBeforeMillis) {
            lane.retries().keep(taken());
            lane.retries().attemptNotBefore(ms(notBeforeMillis));
            return this;
        }

        Fixture giveUp(long notBeforeMillis) {
            lane.retries().addLetter(new GivenUp<>(taken(), new IllegalStateException("bad")), ms(notBeforeMillis));
            return this;
        }

        Fixture needRoom(long againMillis) {
            lane.retries().putBack(lane.retries().offerLetter(NOW), ms(againMillis), true);
            return this;
        }

        Fixture detach() {
            lane.detach(attempt());
            return this;
        }

        private Attempt<String> attempt() {
            Handler<String> handler = Objects.requireNonNull(Handler.of(config));
            return new Attempt<>(taken(), handler, 1, null, BatcherClock.system(), () -> {});
        }

        private FrozenBatch<String> taken() {
            add(0);
            return new FrozenBatch<>(lane, ids.next(), buffer.takeBatch(1), FlushReason.SIZE);
        }
    }
}

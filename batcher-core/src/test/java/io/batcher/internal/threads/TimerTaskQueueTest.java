/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.threads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** {@link TimerTaskQueue}: ticks that fall due together share a worker, and one that takes long does not hold up the others. */
class TimerTaskQueueTest {

    private final ArrayDeque<Runnable> looks = new ArrayDeque<>();
    private final ArrayDeque<Runnable> workers = new ArrayDeque<>();
    private final List<String> ran = new ArrayList<>();
    private final TimerTaskQueue queue = new TimerTaskQueue(looks::add, workers::add);

    private Runnable task(String name) {
        return () -> ran.add(name);
    }

    @Test
    void tasksThatAreDueTogetherShareOneWorker() {
        queue.add(task("a"));
        queue.add(task("b"));
        queue.add(task("c"));
        assertThat(workers).hasSize(1);
        workers.remove().run();
        assertThat(ran).containsExactly("a", "b", "c");
    }

    @Test
    void whenTheWorkerHasLeftTheNextTaskHiresAnother() {
        queue.add(task("a"));
        workers.remove().run();
        queue.add(task("b"));
        assertThat(workers).hasSize(1);
        workers.remove().run();
        assertThat(ran).containsExactly("a", "b");
    }

    @Test
    void aLookAtAnEmptyQueueHiresNobodyAndIsTheLast() {
        queue.add(task("a"));
        workers.remove().run();
        looks.remove().run();
        assertThat(workers).isEmpty();
        assertThat(looks).isEmpty();
    }

    @Test
    void whileNothingMovesEachLookDoublesTheWorkers() {
        for (int i = 0; i < 10; i++) {
            queue.add(task("task " + i));
        }
        assertThat(workers).hasSize(1);
        looks.remove().run();
        assertThat(workers).hasSize(2);
        looks.remove().run();
        assertThat(workers).hasSize(4);
        assertThat(looks).hasSize(1);
    }

    @Test
    void noMoreWorkersAreHiredThanTasksAreDue() {
        for (int i = 0; i < 3; i++) {
            queue.add(task("task " + i));
        }
        looks.remove().run();
        looks.remove().run();
        looks.remove().run();
        assertThat(workers).hasSize(1 + 1 + 2 + 3);
    }

    @Test
    void aLookThatFindsNoThreadLooksAgain() {
        boolean[] exhausted = {false};
        TimerTaskQueue poor = new TimerTaskQueue(looks::add, worker -> {
            if (exhausted[0]) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            workers.add(worker);
        });
        poor.add(task("of a worker that hangs"));
        poor.add(task("behind it"));
        exhausted[0] = true;
        assertThatThrownBy(() -> looks.remove().run()).isInstanceOf(OutOfMemoryError.class);
        exhausted[0] = false;
        looks.remove().run();
        assertThat(workers).hasSize(2);
    }

    @Test
    void aTimerThatCannotBeSetIsSetTheNextTime() {
        boolean[] refuses = {true};
        TimerTaskQueue poor = new TimerTaskQueue(
                look -> {
                    if (refuses[0]) {
                        throw new OutOfMemoryError("no timer");
                    }
                    looks.add(look);
                },
                workers::add);
        assertThatThrownBy(() -> poor.add(task("a"))).isInstanceOf(OutOfMemoryError.class);
        refuses[0] = false;
        poor.add(task("b"));
        assertThat(looks).hasSize(1);
    }

    @Test
    void aTaskThatTakesLongDoesNotHoldUpTheOthers() {
        queue.add(() -> {
            looks.remove().run(); // moved since: the first was taken
            assertThat(workers).isEmpty();
            looks.remove().run(); // not moved
            workers.remove().run();
            ran.add("long");
        });
        queue.add(task("a"));
        queue.add(task("b"));
        workers.remove().run();
        assertThat(ran).containsExactly("a", "b", "long");
    }

    @Test
    void aTaskThatThrowsDoesNotTakeTheOthersWithIt() {
        queue.add(() -> {
            throw new IllegalStateException("task");
        });
        queue.add(task("a"));
        Runnable worker = workers.remove();
        assertThatThrownBy(worker::run).isInstanceOf(IllegalStateException.class);
        while (!looks.isEmpty() && ran.isEmpty()) {
            looks.remove().run();
            workers.forEach(Runnable::run);
        }
        assertThat(ran).containsExactly("a");
    }

    @Test
    void aPoolThatRefusesIsAskedAgain() {
        boolean[] refuses = {true};
        TimerTaskQueue refused = new TimerTaskQueue(looks::add, worker -> {
            if (refuses[0]) {
                throw new RejectedExecutionException("full");
            }
            workers.add(worker);
        });
        assertThatThrownBy(() -> refused.add(task("a"))).isInstanceOf(RejectedExecutionException.class);
        refuses[0] = false;
        refused.add(task("b"));
        workers.remove().run();
        assertThat(ran).endsWith("b");
    }
}

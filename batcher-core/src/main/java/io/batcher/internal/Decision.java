package io.batcher.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What a transition decided, to be carried out after the lock was released: start the flush loop, complete futures, let callers go
 * on. Used by one thread.
 */
final class Decision {

    private int generation;
    private final List<Runnable> actions = new ArrayList<>(2);

    /** A flush loop of this generation is to be started. */
    void startLoop(int generation) {
        this.generation = generation;
    }

    /** The generation of the loop to start; 0 for none. */
    int loopToStart() {
        return generation;
    }

    /** Something to do that may run user code. */
    void then(Runnable action) {
        actions.add(action);
    }

    void complete(CompletableFuture<Void> future, @Nullable Throwable failure) {
        then(() -> {
            if (failure == null) {
                future.complete(null);
            } else {
                future.completeExceptionally(failure);
            }
        });
    }

    /** Does all of it but start the loop. */
    void runActions() {
        actions.forEach(Runnable::run);
    }
}

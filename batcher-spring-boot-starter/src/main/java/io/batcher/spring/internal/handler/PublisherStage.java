/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.handler;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.springframework.util.ClassUtils;
import reactor.core.publisher.Flux;
import reactor.util.context.Context;

/** Adapts a publisher to a stage that completes with it; values are ignored. Cancelling the stage cancels the subscription. */
final class PublisherStage extends CompletableFuture<@Nullable Void> implements Subscriber<Object> {

    private static final boolean REACTOR =
            ClassUtils.isPresent("reactor.core.publisher.Flux", PublisherStage.class.getClassLoader());

    private volatile @Nullable Subscription subscription;

    private PublisherStage() {}

    static CompletionStage<@Nullable Void> of(Publisher<?> publisher, Map<String, Object> context) {
        PublisherStage stage = new PublisherStage();
        boolean hasContext = REACTOR && !context.isEmpty();
        (hasContext ? InReactor.with(context, publisher) : publisher).subscribe(stage);
        return stage;
    }

    /** Isolates Reactor classes; publishers of other libraries have no context. */
    private static final class InReactor {

        static Publisher<?> with(Map<String, Object> context, Publisher<?> publisher) {
            return Flux.from(publisher).contextWrite(Context.of(context));
        }
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        this.subscription = subscription;
        if (isCancelled()) { // cancelled before the subscription
            subscription.cancel();
        } else {
            subscription.request(Long.MAX_VALUE);
        }
    }

    @Override
    public void onNext(Object value) {
        // Only completion matters.
    }

    @Override
    public void onError(Throwable failure) {
        completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        complete(null);
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        Subscription current = subscription;
        if (cancelled && current != null) {
            current.cancel();
        }
        return cancelled;
    }
}

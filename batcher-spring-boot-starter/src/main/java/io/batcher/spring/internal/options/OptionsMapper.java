/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.options;

import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.RetryPolicy;
import io.batcher.spring.BatcherProperties.Options;
import io.batcher.spring.BatcherProperties.Retry;
import java.util.List;
import java.util.function.Predicate;
import org.springframework.boot.context.properties.PropertyMapper;

/** Applies layers of options to a builder; later layers override earlier ones. */
public final class OptionsMapper {

    private OptionsMapper() {}

    public static void apply(List<Options> layers, BatcherBuilder<?> builder) {
        RetryPolicy.Builder retry = RetryPolicy.builder();
        PaceOptions pace = new PaceOptions();
        for (Options options : layers) {
            apply(options, builder);
            apply(options.retry(), retry);
            pace.add(options.pace());
        }
        builder.retry(retry.build());
        pace.build().ifPresent(builder::pace);
        StoreOptions.of(layers).apply(builder);
    }

    /**
     * Validates each value by the rules of the builder.
     *
     * @throws IllegalArgumentException naming option, rule and value
     */
    static void checkValues(Options options) {
        BatcherBuilder<?> builder = Batcher.builder("options");
        apply(options, builder);
        StoreOptions.of(List.of(options)).apply(builder);
        apply(options.retry(), RetryPolicy.builder());
        new PaceOptions().add(options.pace()).checkValues();
    }

    /**
     * Validates values and combinations by the rules of the builder.
     *
     * @throws IllegalArgumentException naming option, rule and value
     */
    static void check(List<Options> layers) {
        BatcherBuilder<Object> builder = Batcher.builder("options");
        apply(layers, builder);
        StoreOptions.of(layers).applyPlaceholders(builder);
        if (layers.stream().anyMatch(options -> options.maxBatchWeight() != null)) {
            builder.weigher(item -> 0); // a customizer sets the actual weigher later
        }
        if (needKey(layers)) {
            builder.key(item -> item); // a method or a customizer sets the actual key later
        }
        builder.config();
    }

    /** Returns whether an option is set that needs a key. */
    public static boolean needKey(List<Options> layers) {
        return layers.stream().anyMatch(options -> options.concurrency() != null || options.batchPerKey() != null)
                || StoreOptions.of(layers).needKey();
    }

    private static void apply(Options options, BatcherBuilder<?> builder) {
        PropertyMapper map = PropertyMapper.get();
        map.from(options::interval).to(builder::interval);
        map.from(options::maxBatchSize).to(builder::maxBatchSize);
        map.from(options::maxBatchWeight).to(builder::maxBatchWeight);
        map.from(options::eager).to(builder::eager);
        map.from(options::capacity).to(builder::capacity);
        map.from(options::concurrency).to(builder::concurrency);
        map.from(options::batchPerKey).to(builder::batchPerKey);
        map.from(options::capacityPerKey).to(builder::capacityPerKey);
        map.from(options::overflow).to(builder::overflow);
        map.from(options::maxBlock).to(builder::maxBlock);
        map.from(options::maxRetryAfter).to(builder::maxRetryAfter);
        map.from(options::handlerTimeout).to(builder::handlerTimeout);
        map.from(options::shutdownTimeout).to(builder::shutdownTimeout);
        map.from(options::autoFlush).to(builder::autoFlush);
    }

    private static void apply(Retry options, RetryPolicy.Builder retry) {
        PropertyMapper map = PropertyMapper.get();
        map.from(options::maxAttempts).to(retry::maxAttempts);
        map.from(options::delay).to(retry::delay);
        map.from(options::multiplier).to(retry::multiplier);
        map.from(options::maxDelay).to(retry::maxDelay);
        map.from(options::jitter).to(retry::jitter);
        map.from(options::retryOn).whenNot(List::isEmpty).to(causes -> retry.retryOn(anyOf(causes)));
        map.from(options::isolatePoison).to(retry::isolatePoison);
    }

    private static Predicate<Throwable> anyOf(List<? extends Class<?>> causes) {
        for (Class<?> cause : causes) { // the conversion checks only the raw type Class
            if (!Throwable.class.isAssignableFrom(cause)) {
                throw new IllegalArgumentException(
                        "retry.retryOn must contain subclasses of Throwable, but contains " + cause.getName());
            }
        }
        return failure -> causes.stream().anyMatch(cause -> cause.isInstance(failure));
    }
}

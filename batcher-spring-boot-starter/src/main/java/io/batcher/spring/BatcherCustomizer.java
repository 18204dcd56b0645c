/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring;

import io.batcher.BatcherBuilder;

/**
 * Customizes the builder of a batcher after the properties have been applied. All beans of this type are called, in their
 * order, for each batcher that the starter creates.
 *
 * <pre>{@code
 * @Bean
 * BatcherCustomizer longerTimeout() {
 *     return (name, builder) -> {
 *         if (name.equals("readings")) {
 *             builder.handlerTimeout(Duration.ofMinutes(1));
 *         }
 *     };
 * }
 * }</pre>
 */
@FunctionalInterface
public interface BatcherCustomizer {

    /**
     * Customizes one builder.
     *
     * @param name the name of the batcher that is being built
     * @param builder the builder; the starter calls {@code build} afterwards
     */
    void customize(String name, BatcherBuilder<?> builder);
}

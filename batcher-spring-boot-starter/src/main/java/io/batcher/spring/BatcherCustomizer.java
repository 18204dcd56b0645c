/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring;

import io.batcher.BatcherBuilder;

/**
 * Has the last word on the builder of a batcher, after the properties. Beans of this type are called in their order, for each
 * batcher that the starter makes.
 *
 * <pre>{@code
 * @Bean
 * BatcherCustomizer patience() {
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
     * Changes what is to be changed.
     *
     * @param name the name of the batcher that is being built
     * @param builder the builder; {@code build} is called on it later
     */
    void customize(String name, BatcherBuilder<?> builder);
}

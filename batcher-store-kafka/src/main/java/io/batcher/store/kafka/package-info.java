/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** A store of batchers in topics of Apache Kafka: {@link io.batcher.store.kafka.KafkaStore}. */
@NullMarked
package io.batcher.store.kafka;

import org.jspecify.annotations.NullMarked;

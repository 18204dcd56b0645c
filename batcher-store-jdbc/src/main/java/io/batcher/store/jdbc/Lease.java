/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

/**
 * The ownership of a partition, as its row has it.
 *
 * @param part the number of the partition
 * @param owner the process, a random id for each start
 * @param epoch grows with each change of owner: what another epoch writes is fenced
 * @param millis how long it lasts from now when it is renewed
 */
record Lease(int part, String owner, long epoch, long millis) {}

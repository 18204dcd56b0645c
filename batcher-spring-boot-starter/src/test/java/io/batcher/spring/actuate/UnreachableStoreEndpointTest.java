/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.batcher.Batcher;
import io.batcher.BatcherStoreException;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.ManagedBatcher;
import io.batcher.store.DeadLetters;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/** S11: a store that does not answer is 503, and its failure is named by class only. */
class UnreachableStoreEndpointTest {

    private final BatcherRegistry registry = mock();
    private final BatchersEndpointWebExtension endpoint =
            new BatchersEndpointWebExtension(new BatchersEndpoint(registry, Duration.ofSeconds(1)));

    @BeforeEach
    void aBatcherWhoseStoreIsDown() {
        DeadLetters letters = mock();
        when(letters.count()).thenThrow(new BatcherStoreException("secret", null));
        when(letters.list(anyLong(), anyInt())).thenThrow(new BatcherStoreException("secret", null));
        Batcher<?> batcher = mock();
        when(batcher.deadLetters()).thenReturn(Optional.of(letters));
        ManagedBatcher managed = mock();
        when(managed.name()).thenReturn("readings");
        doReturn(batcher).when(managed).batcher();
        doReturn(List.of(managed)).when(registry).managed();
    }

    private static void isUnavailable(WebEndpointResponse<?> response) {
        assertThat(response.getStatus()).isEqualTo(503);
        assertThat(response.getBody()).isEqualTo(Map.of("storeFailure", BatcherStoreException.class.getName()));
    }

    @Test
    void deadLettersCannotBeListed() {
        isUnavailable(endpoint.deadLetters("readings", "dead-letters", null));
    }

    @Test
    void deadLettersCannotBeRedriven() {
        isUnavailable(endpoint.perform("readings", "redrive"));
        isUnavailable(endpoint.performOn("readings", "dead-letters", "redrive"));
    }
}

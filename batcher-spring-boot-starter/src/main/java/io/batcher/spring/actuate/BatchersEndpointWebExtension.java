/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.actuate;

import io.batcher.BatcherStoreException;
import io.batcher.spring.actuate.FlushDescriptor.Outcome;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/** Sets the HTTP status of the write operations. Without it, an unknown name would be 204. */
@EndpointWebExtension(endpoint = BatchersEndpoint.class)
public class BatchersEndpointWebExtension {

    private final BatchersEndpoint endpoint;

    /** Creates the extension of an endpoint. */
    public BatchersEndpointWebExtension(BatchersEndpoint endpoint) {
        this.endpoint = endpoint;
    }

    /** Describes dead letters of a batcher: 200, 503 if the store does not answer, 404 for anything else. */
    @ReadOperation
    public WebEndpointResponse<?> deadLetters(@Selector String name, @Selector String what, @Nullable Long after) {
        return ofStore(() -> endpoint.deadLetters(name, what, after));
    }

    /** Flushes all batchers: 200, or 503 if a flush did not succeed. */
    @WriteOperation
    public WebEndpointResponse<FlushesDescriptor> flushAll() {
        FlushesDescriptor flushes = endpoint.flushAll();
        return new WebEndpointResponse<>(flushes, status(flushes.succeeded()));
    }

    /** Flushes a batcher: 200, 503 if the flush did not succeed, 404 if no batcher has this name. */
    @WriteOperation
    public WebEndpointResponse<?> flush(@Selector String name) {
        return response(endpoint.flush(name));
    }

    /** Flushes, pauses or resumes a batcher, or redrives its dead letters; 400 for an unknown action, 503 if the store does not answer. */
    @WriteOperation
    public WebEndpointResponse<?> perform(@Selector String name, @Selector String action) {
        if (!BatchersEndpoint.ACTIONS.contains(action) && endpoint.batcher(name) != null) {
            // Not by an exception: on WebFlux it interrupts the thread while the response is written.
            return new WebEndpointResponse<>(
                    Map.of("actions", BatchersEndpoint.ACTIONS), WebEndpointResponse.STATUS_BAD_REQUEST);
        }
        return ofStore(() -> endpoint.perform(name, action));
    }

    /** Redrives the dead letters of a batcher; 503 if the store does not answer, 404 for anything else. */
    @WriteOperation
    public WebEndpointResponse<?> performOn(@Selector String name, @Selector String what, @Selector String action) {
        return ofStore(() -> endpoint.performOn(name, what, action));
    }

    private static WebEndpointResponse<?> ofStore(Supplier<@Nullable Object> call) {
        try {
            return response(call.get());
        } catch (BatcherStoreException down) {
            return new WebEndpointResponse<>(
                    Map.of("storeFailure", down.getClass().getName()), WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
        }
    }

    private static WebEndpointResponse<?> response(@Nullable Object result) {
        if (result == null) {
            return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
        }
        boolean succeeded = !(result instanceof FlushDescriptor flush) || flush.outcome() == Outcome.SUCCESS;
        return new WebEndpointResponse<>(result, status(succeeded));
    }

    private static int status(boolean succeeded) {
        return succeeded ? WebEndpointResponse.STATUS_OK : WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE;
    }
}

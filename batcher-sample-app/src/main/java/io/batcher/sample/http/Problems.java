/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample.http;

import io.batcher.BatcherClosedException;
import io.batcher.BatcherFullException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/**
 * Responds to every error that the client or the cloud causes with problem details (RFC 9457). The super class handles the errors that
 * Spring MVC detects, such as a body that is not JSON or an unsupported media type.
 */
@RestControllerAdvice
public final class Problems extends ResponseEntityExceptionHandler {

    private static final String RETRY_AFTER_SECONDS = "1";

    @ExceptionHandler
    ProblemDetail badRequest(BadRequestException refused) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, String.valueOf(refused.getMessage()));
    }

    /** The cloud is slower than the sensors: 429 makes the sensors slow down. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> full(BatcherFullException full) {
        return later(HttpStatus.TOO_MANY_REQUESTS, "too many readings wait for the cloud");
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> closed(BatcherClosedException closed) {
        return later(HttpStatus.SERVICE_UNAVAILABLE, "the gateway is shutting down");
    }

    /** Returns a response that asks the client to retry. */
    public static ResponseEntity<ProblemDetail> later(HttpStatus status, String detail) {
        return ResponseEntity.of(ProblemDetail.forStatusAndDetail(status, detail))
                .header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS)
                .build();
    }
}

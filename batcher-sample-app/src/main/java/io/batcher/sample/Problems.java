/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

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
 * Answers every error that has a cause outside this program as problem details (RFC 9457). What Spring MVC finds itself, such as
 * a body that is no JSON or a wrong media type, is answered by the super class.
 */
@RestControllerAdvice
public final class Problems extends ResponseEntityExceptionHandler {

    private static final String RETRY_AFTER_SECONDS = "1";

    @ExceptionHandler
    ProblemDetail badRequest(BadRequestException refused) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, String.valueOf(refused.getMessage()));
    }

    /** The cloud is slower than the sensors: the sensors have to slow down. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> full(BatcherFullException full) {
        return later(HttpStatus.TOO_MANY_REQUESTS, "too many readings wait for the cloud");
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> closed(BatcherClosedException closed) {
        return later(HttpStatus.SERVICE_UNAVAILABLE, "the gateway is shutting down");
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> noComparison(ComparisonRefusedException refused) {
        return later(refused.status(), String.valueOf(refused.getMessage()));
    }

    private static ResponseEntity<ProblemDetail> later(HttpStatus status, String detail) {
        return ResponseEntity.of(ProblemDetail.forStatusAndDetail(status, detail))
                .header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS)
                .build();
    }
}

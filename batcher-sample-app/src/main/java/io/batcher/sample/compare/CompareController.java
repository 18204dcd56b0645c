/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample.compare;

import io.batcher.sample.http.BadRequestException;
import io.batcher.sample.http.Problems;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Runs the comparison on request. */
@RestController
class CompareController {

    private static final int MOST_READINGS = 1_000;

    private final Comparison comparison;

    CompareController(Comparison comparison) {
        this.comparison = comparison;
    }

    @PostMapping("/api/compare")
    Comparison.Result compare(@RequestParam(defaultValue = "100") int readings) throws InterruptedException {
        return comparison.run(BadRequestException.requireInRange("readings", readings, 1, MOST_READINGS));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> refused(ComparisonRefusedException refused) {
        return Problems.later(refused.status(), String.valueOf(refused.getMessage()));
    }
}

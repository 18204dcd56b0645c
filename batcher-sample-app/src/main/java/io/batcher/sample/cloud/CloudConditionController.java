/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample.cloud;

import io.batcher.sample.http.BadRequestException;
import java.util.Map;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** Breaks, repairs, slows down and limits the built-in cloud. Not part of the cloud API: available on the gateway's port only. */
@RestController
@RequestMapping("/cloud/condition")
class CloudConditionController {

    private static final int LONGEST_LATENCY_MILLIS = 30_000;

    private final CloudCondition condition;

    CloudConditionController(CloudCondition condition) {
        this.condition = condition;
    }

    @GetMapping
    CloudCondition.State get() {
        return condition.state();
    }

    /** Changes the members that the body contains. */
    @PatchMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    CloudCondition.State change(@RequestBody JsonNode body) {
        require(body.isObject() && !body.isEmpty(), "the body must be an object with broken, limited or latencyMillis");
        for (Map.Entry<String, JsonNode> member : body.properties()) {
            check(member.getKey(), member.getValue());
        }
        return condition.change(now -> new CloudCondition.State(
                body.path("broken").asBoolean(now.broken()),
                body.path("limited").asBoolean(now.limited()),
                body.path("latencyMillis").asLong(now.latencyMillis()),
                now.usualLatencyMillis()));
    }

    private static void check(String name, JsonNode value) {
        switch (name) {
            case "broken", "limited" -> require(value.isBoolean(), name + " must be true or false");
            case "latencyMillis" ->
                require(
                        value.canConvertToInt()
                                && value.isIntegralNumber()
                                && value.intValue() >= 0
                                && value.intValue() <= LONGEST_LATENCY_MILLIS,
                        "latencyMillis must be a whole number from 0 to " + LONGEST_LATENCY_MILLIS);
            default -> throw new BadRequestException("only broken, limited and latencyMillis can be changed");
        }
    }

    private static void require(boolean kept, String rule) {
        if (!kept) {
            throw new BadRequestException(rule);
        }
    }
}

/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample.page;

import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** The event stream of the page. */
@RestController
class EventsController {

    private final Broadcaster broadcaster;

    EventsController(Broadcaster broadcaster) {
        this.broadcaster = broadcaster;
    }

    /** A stream of server-sent events, each a {@link Snapshot}. */
    @GetMapping("/api/events")
    ResponseEntity<SseEmitter> events() {
        return ResponseEntity.ok()
                .contentType(MediaType.TEXT_EVENT_STREAM)
                .cacheControl(CacheControl.noStore())
                .body(broadcaster.open());
    }
}

/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.springframework.samples.readings;

import io.batcher.spring.BatchHandler;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;
import org.springframework.stereotype.Service;

/** Handlers of an application whose own packages begin as those of Spring do; there are such samples. */
public final class Handlers {

    private Handlers() {}

    @Component
    public static class Direct extends Recorder {

        @BatchHandler("readings")
        void handle(List<String> batch) {
            items.addAll(batch);
        }
    }

    @Service
    public static class ByMetaAnnotation extends Recorder {

        @BatchHandler("readings")
        void handle(List<String> batch) {
            items.addAll(batch);
        }
    }

    /** As Spring's own classes are: it becomes a bean, and nothing is looked for in it. */
    public static class NoComponent extends Recorder {

        @BatchHandler("readings")
        void handle(List<String> batch) {
            items.addAll(batch);
        }
    }

    /** What a definition may tell instead of the class. */
    public abstract static class Recorder {

        public final List<String> items = new ArrayList<>();
    }
}

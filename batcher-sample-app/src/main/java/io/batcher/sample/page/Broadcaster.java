/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample.page;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Pushes a snapshot of the {@link Sampler} to every open page four times a second.
 *
 * <ul>
 *   <li>While no page is open, nothing is sampled and there is no thread.
 *   <li>A page that reads slowly misses snapshots; it neither delays other pages nor fills the memory.
 *   <li>An open page does not delay the shutdown: it is a request in flight, so its stream is closed before the web server waits for
 *       such requests.
 * </ul>
 *
 * <p>Thread-safe.
 */
@Component
final class Broadcaster implements SmartLifecycle, DisposableBean {

    static final int MOST_PAGES = 50;
    private static final int PERIOD_MILLIS = 250;
    private static final int IDLE_THREAD_SECONDS = 1;
    private static final Logger log = LoggerFactory.getLogger(Broadcaster.class);

    private final Sampler sampler;
    private final JsonMapper json;
    private final ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(1, daemons("page-clock-"));
    private final ExecutorService senders = new ThreadPoolExecutor(
            0, MOST_PAGES, IDLE_THREAD_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), daemons("page-sender-"));

    // Mutable state, guarded by this.
    private final Set<OpenPage> pages = new HashSet<>();
    private @Nullable Future<?> ticking;
    private boolean running;

    Broadcaster(Sampler sampler, JsonMapper json) {
        this.sampler = sampler;
        this.json = json;
        clock.setKeepAliveTime(IDLE_THREAD_SECONDS, TimeUnit.SECONDS);
        clock.allowCoreThreadTimeOut(true);
        clock.setRemoveOnCancelPolicy(true);
    }

    /** Opens a stream. */
    synchronized SseEmitter open() {
        if (!running) {
            throw new NoStreamException("the gateway is shutting down");
        }
        if (pages.size() == MOST_PAGES) {
            throw new NoStreamException(MOST_PAGES + " pages are open, which is the limit");
        }
        var page = new OpenPage(senders, this::closed);
        pages.add(page);
        if (ticking == null) {
            ticking = clock.scheduleWithFixedDelay(this::tick, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
        }
        return page.emitter();
    }

    synchronized int openPages() {
        return pages.size();
    }

    private void tick() {
        try {
            String snapshot = json.writeValueAsString(sampler.sample());
            openNow().forEach(page -> page.tell(snapshot));
        } catch (RuntimeException failed) {
            log.warn("No snapshot: closing all pages, which will reconnect", failed);
            closeAll();
        }
    }

    private synchronized List<OpenPage> openNow() {
        return List.copyOf(pages);
    }

    private synchronized void closed(OpenPage page) {
        pages.remove(page);
        if (pages.isEmpty() && ticking != null) {
            ticking.cancel(false);
            ticking = null;
        }
    }

    private void closeAll() {
        openNow().forEach(page -> {
            closed(page);
            page.close();
        });
    }

    @Override
    public synchronized void start() {
        running = true;
    }

    /** Runs before the web server waits for requests in flight. */
    @Override
    public void stop() {
        synchronized (this) {
            running = false;
        }
        closeAll();
    }

    @Override
    public synchronized boolean isRunning() {
        return running;
    }

    @Override
    public void destroy() {
        clock.shutdownNow();
        senders.shutdown();
    }

    private static ThreadFactory daemons(String prefix) {
        var threads = new CustomizableThreadFactory(prefix);
        threads.setDaemon(true);
        return threads;
    }
}

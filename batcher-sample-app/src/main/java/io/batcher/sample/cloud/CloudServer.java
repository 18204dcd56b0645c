/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample.cloud;

import io.batcher.sample.SampleProperties;
import io.batcher.sample.http.LargestBody;
import io.batcher.sample.http.Problems;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.servlet.context.AnnotationConfigServletWebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.http.converter.HttpMessageConverters;
import org.springframework.http.converter.json.JacksonJsonHttpMessageConverter;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.DelegatingWebMvcConfiguration;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs the cloud API on a port of its own, because a real one would be another process and outlive the gateway.
 *
 * <p>The same controller is also available on the gateway's port, where it is easy to find; but the gateway must not send its readings
 * there. Spring stops the web server before the batchers, because requests may still add readings, and the last batches are delivered
 * after that. This server stops after the batchers and before the database.
 */
@Component
public final class CloudServer implements SmartLifecycle, DisposableBean {

    /** Below the phase of the batchers: a lower phase starts earlier and stops later. */
    private static final int PHASE = 0;

    private static final Logger log = LoggerFactory.getLogger(CloudServer.class);

    private final CloudController api;
    private final JsonMapper json;
    private final int configuredPort;
    private volatile @Nullable AnnotationConfigServletWebServerApplicationContext server;

    CloudServer(CloudController api, JsonMapper json, SampleProperties sample) {
        this.api = api;
        this.json = json;
        this.configuredPort = sample.cloud().port();
    }

    /** Returns the base URL of the API, without a slash at the end. */
    public String url() {
        var running = server;
        if (running == null) {
            throw new IllegalStateException("the built-in cloud is not running");
        }
        int port = Objects.requireNonNull(running.getWebServer()).getPort();
        try {
            String host = InetAddress.getLoopbackAddress().getHostAddress();
            return new URI("http", null, host, port, null, null, null).toString();
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Starts a context without a parent, so that none of the gateway's own endpoints is available here. */
    @Override
    public void start() {
        var context = new AnnotationConfigServletWebServerApplicationContext();
        context.registerBean(TomcatServletWebServerFactory.class, () -> {
            var tomcat = new TomcatServletWebServerFactory(configuredPort);
            tomcat.setAddress(InetAddress.getLoopbackAddress());
            return tomcat;
        });
        context.registerBean(DispatcherServlet.class);
        context.registerBean(WebMvcConfigurer.class, () -> new WebMvcConfigurer() {
            @Override
            public void configureMessageConverters(HttpMessageConverters.ServerBuilder converters) {
                converters.withJsonConverter(new JacksonJsonHttpMessageConverter(json));
            }
        });
        context.registerBean(CloudController.class, () -> api);
        context.register(DelegatingWebMvcConfiguration.class, Problems.class, LargestBody.class);
        context.refresh();
        server = context;
        log.info("The built-in cloud API is at {}", url());
    }

    @Override
    public void stop() {
        var running = server;
        if (running != null) {
            running.close();
            server = null;
        }
    }

    /** Stops the server if the gateway fails to start, for example because its port is in use. */
    @Override
    public void destroy() {
        stop();
    }

    @Override
    public boolean isRunning() {
        return server != null;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}

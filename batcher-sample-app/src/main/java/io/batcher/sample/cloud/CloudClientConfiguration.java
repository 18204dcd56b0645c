/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample.cloud;

import io.batcher.sample.SampleProperties;
import java.net.URI;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;

/** Creates the client that sends the readings. */
@Configuration(proxyBeanMethods = false)
class CloudClientConfiguration {

    /** Calls {@code sample.cloud.url}, or the built-in cloud if that is not set. */
    @Bean
    CloudClient cloud(SampleProperties sample, CloudServer server, RestClient.Builder http) {
        URI url = sample.cloud().url();
        return new CloudClient(http.build(), url == null ? server::url : () -> withoutSlash(url));
    }

    private static String withoutSlash(URI url) {
        return url.toString().replaceFirst("/+$", "");
    }
}

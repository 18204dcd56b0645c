/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import io.batcher.sample.cloud.CloudServer;
import java.net.URI;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;

/** The way of the readings to the cloud. */
@Configuration(proxyBeanMethods = false)
class CloudClientConfiguration {

    /** Goes to {@code sample.cloud.url}, or to the built-in cloud. */
    @Bean
    CloudClient cloud(SampleProperties sample, CloudServer server, RestClient.Builder http) {
        URI url = sample.cloud().url();
        return new CloudClient(http.build(), url == null ? server::url : () -> withoutSlash(url));
    }

    private static String withoutSlash(URI url) {
        return url.toString().replaceFirst("/+$", "");
    }
}

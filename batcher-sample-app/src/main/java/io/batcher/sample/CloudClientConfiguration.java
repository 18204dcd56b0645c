/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import io.batcher.sample.cloud.CloudServer;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.web.client.RestClient;

/** The two ways to the cloud. */
@Configuration(proxyBeanMethods = false)
class CloudClientConfiguration {

    /** Where the readings go: {@code sample.cloud.url}, or the built-in cloud. */
    @Bean
    @Primary
    CloudClient cloud(SampleProperties sample, CloudServer server, RestClient.Builder http) {
        var url = sample.cloud().url();
        return new CloudClient(http.build(), url == null ? server::url : url::toString);
    }

    /** Always the built-in cloud: the comparison asks it how many calls it got. */
    @Bean
    @Qualifier("builtIn") CloudClient builtInCloud(CloudServer server, RestClient.Builder http) {
        return new CloudClient(http.build(), server::url);
    }
}

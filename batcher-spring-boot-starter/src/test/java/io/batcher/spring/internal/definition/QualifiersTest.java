/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.definition;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.fixtures.Contexts;
import jakarta.annotation.Resource;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** S2: among batchers of one item type the name of the batcher tells which, and the name of its bean, in any way that Spring has. */
class QualifiersTest {

    private final ApplicationContextRunner contexts = Contexts.inVirtualTime().withUserConfiguration(Handlers.class);

    @Test
    void inAConstructor() {
        contexts.withUserConfiguration(Constructor.class).run(context -> {
            Constructor user = context.getBean(Constructor.class);
            assertThat(user.qualifierOfBean.name()).isEqualTo("order-audit");
            assertThat(user.qualifier.name()).isEqualTo("order-audit");
            assertThat(user.namedOfBean.name()).isEqualTo("order-audit");
            assertThat(user.named.name()).isEqualTo("order-audit");
            assertThat(user.custom.name()).isEqualTo("order-audit");
            assertThat(user.customOfBean.name()).isEqualTo("order-audit");
            assertThat(user.orderAuditBatcher.name()).isEqualTo("order-audit");
        });
    }

    @Test
    void inFieldsAndSetters() {
        contexts.withUserConfiguration(FieldsAndSetters.class).run(context -> {
            FieldsAndSetters user = context.getBean(FieldsAndSetters.class);
            assertThat(user.qualifierOfBean.name()).isEqualTo("order-audit");
            assertThat(user.named.name()).isEqualTo("order-audit");
            assertThat(user.resource.name()).isEqualTo("order-audit");
            assertThat(user.provider.getObject().name()).isEqualTo("order-audit");
            assertThat(user.inject.get().name()).isEqualTo("order-audit");
            assertThat(user.set.name()).isEqualTo("order-audit");
            assertThat(user.setOnMethod.name()).isEqualTo("order-audit");
            assertThat(user.all).containsOnlyKeys("readingsBatcher", "orderAuditBatcher");
            assertThat(user.some).containsOnlyKeys("orderAuditBatcher");
            assertThat(user.list).hasSize(1);
        });
    }

    @Test
    void inAMethodThatMakesABean() {
        contexts.withUserConfiguration(Methods.class)
                .run(context -> assertThat(context.getBean("names", List.class))
                        .containsExactly("order-audit", "order-audit", "order-audit"));
    }

    @Test
    void anotherNameIsRefused() {
        contexts.withUserConfiguration(WantsOther.class)
                .run(context -> assertThat(context).hasFailed());
    }

    static class Handlers {

        @BatchHandler("readings")
        void store(List<String> batch) {}

        @BatchHandler("order-audit")
        void audit(List<String> batch) {}
    }

    @Qualifier("order-audit") @Retention(RetentionPolicy.RUNTIME)
    @interface OrderAudit {}

    @Qualifier("orderAuditBatcher") @Retention(RetentionPolicy.RUNTIME)
    @interface OrderAuditBean {}

    record Constructor(
            @Qualifier("orderAuditBatcher") Batcher<String> qualifierOfBean,
            @Qualifier("order-audit") Batcher<String> qualifier,
            @Named("orderAuditBatcher") Batcher<String> namedOfBean,
            @Named("order-audit") Batcher<String> named,
            @OrderAudit Batcher<String> custom,
            @OrderAuditBean Batcher<String> customOfBean,
            Batcher<String> orderAuditBatcher) {}

    static class FieldsAndSetters {

        @Autowired
        @Qualifier("orderAuditBatcher") Batcher<String> qualifierOfBean;

        @Inject
        @Named("order-audit")
        Batcher<String> named;

        @Resource(name = "orderAuditBatcher")
        Batcher<String> resource;

        @Autowired
        @Qualifier("orderAuditBatcher") ObjectProvider<Batcher<String>> provider;

        @Inject
        @Named("order-audit")
        jakarta.inject.Provider<Batcher<String>> inject;

        @Autowired
        Map<String, Batcher<?>> all;

        @Autowired
        @Qualifier("orderAuditBatcher") Map<String, Batcher<?>> some;

        @Autowired
        @Qualifier("order-audit") List<Batcher<String>> list;

        Batcher<String> set;
        Batcher<String> setOnMethod;

        @Autowired
        void setBatcher(@Qualifier("orderAuditBatcher") Batcher<String> batcher) {
            this.set = batcher;
        }

        @Autowired
        @Qualifier("order-audit")
        void setOnMethod(Batcher<String> batcher) {
            this.setOnMethod = batcher;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Methods {

        @Bean
        List<String> names(
                @Qualifier("orderAuditBatcher") Batcher<String> bean,
                @Named("order-audit") Batcher<String> named,
                Batcher<String> orderAuditBatcher) {
            return List.of(bean.name(), named.name(), orderAuditBatcher.name());
        }
    }

    record WantsOther(@Qualifier("orderAudit") Batcher<String> batcher) {}
}

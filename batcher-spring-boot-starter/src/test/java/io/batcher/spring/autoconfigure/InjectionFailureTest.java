/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

import io.batcher.Batcher;
import io.batcher.spring.BatchHandler;
import jakarta.annotation.Resource;
import jakarta.inject.Named;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Console output of a startup that fails because of an injection point. */
@ExtendWith(OutputCaptureExtension.class)
class InjectionFailureTest {

    private static final String TEST = InjectionFailureTest.class.getName();

    @Test
    void anItemTypeThatNoBatcherHas(CapturedOutput output) {
        start(WantsLongs.class);
        assertThat(output)
                .contains("Parameter 0 of constructor in " + TEST
                        + "$LongUser needs a batcher of java.lang.Long, but there is none. Known batchers: \"left\" of"
                        + " java.lang.String, \"order-audit\" of java.lang.String.")
                .contains(
                        "Correct the item type, or add a @BatchHandler method that takes a List of java.lang.Long to a bean");
    }

    @Test
    void anItemTypeThatSeveralBatchersHave(CapturedOutput output) {
        start(WantsStrings.class);
        assertThat(output)
                .contains("Parameter 0 of constructor in " + TEST
                        + "$StringUser needs one batcher of java.lang.String, but there are several: \"left\","
                        + " \"order-audit\".")
                .contains("Select one: add @Qualifier(\"left\"), or name the parameter or field 'leftBatcher'.");
    }

    @Test
    void aQualifierThatNoBatcherHas(CapturedOutput output) {
        start(WantsRight.class);
        assertThat(output)
                .contains("Parameter 0 of constructor in " + TEST
                        + "$RightUser needs a batcher of java.lang.String, but no batcher has the requested qualifier. Known batchers:"
                        + " \"left\" of java.lang.String, \"order-audit\" of java.lang.String.")
                .contains("Correct the qualifier. It is the name of the batcher, for example @Qualifier(\"left\").");
    }

    @Test
    void aQualifierOfABatcherWithOtherItems(CapturedOutput output) {
        start(WantsNumbers.class);
        assertThat(output)
                .contains(
                        "$NumbersUser needs a batcher of java.lang.String with @Qualifier(\"numbers\"), but the items of"
                                + " that batcher have another type. Known batchers:")
                .contains("Correct the item type or the qualifier, for example @Qualifier(\"left\").");
    }

    @Test
    void theNameThatIsWrittenIsNeverTheAdvice(CapturedOutput output) {
        start(WantsFastLeft.class);
        assertThat(output)
                .contains(
                        "$FastLeftUser needs a batcher of java.lang.String with @Qualifier(\"left\") @Fast, but no batcher"
                                + " has these qualifiers.")
                .contains(
                        "Use @Qualifier(\"left\") alone. The only qualifiers of a batcher are its name and the name of its bean.");
    }

    @Test
    void aQualifierOfTheApplication(CapturedOutput output) {
        start(WantsFast.class);
        assertThat(output)
                .contains(
                        "$FastUser needs a batcher of java.lang.String with @Fast, but no batcher has these qualifiers.")
                .contains("Use @Qualifier(\"left\") alone");
    }

    @Test
    void aQualifierThatIsMisspelled(CapturedOutput output) {
        start(WantsOrderAudits.class);
        assertThat(output)
                .contains(
                        "Correct the qualifier. It is the name of the batcher, for example @Qualifier(\"order-audit\").");
    }

    @Test
    void aResourceByTheNameOfTheBatcher(CapturedOutput output) {
        start(WantsResource.class);
        assertThat(output)
                .contains("$ResourceUser' needs a bean named 'order-audit', but there is none. The bean of batcher"
                        + " \"order-audit\" is called 'orderAuditBatcher'.")
                .contains("Request 'orderAuditBatcher', or inject by type, with @Qualifier(\"order-audit\").");
    }

    @ParameterizedTest
    @ValueSource(classes = {WantsLeft.class, WantsLeftBean.class, WantsLeftResource.class})
    void aDisabledBatcher(Class<?> user, CapturedOutput output) {
        start(user, "--batcher.instances.left.enabled=false");
        assertThat(output)
                .contains(" needs batcher \"left\", which is disabled by batcher.instances.left.enabled=false. Known"
                        + " batchers: ")
                .contains(
                        "Remove batcher.instances.left.enabled=false, or inject an ObjectProvider of the batcher if it is"
                                + " optional.");
    }

    @Test
    void anItemTypeThatOnlyADisabledBatcherMayHave(CapturedOutput output) {
        start(WantsLongs.class, "--batcher.instances.left.enabled=false");
        assertThat(output)
                .contains("but there is none. Known batchers: \"order-audit\" of"
                        + " java.lang.String. Disabled by properties: batcher.instances.left.enabled=false.")
                .contains("If one of the disabled batchers is meant: Remove the property, or inject an ObjectProvider");
    }

    @Test
    void anyBatcherWhereThereIsNone(CapturedOutput output) {
        start(WantsAny.class);
        assertThat(output)
                .contains("Parameter 0 of constructor in " + TEST
                        + "$AnyUser needs a batcher, but there is none. There are no batchers.")
                .contains("Add a @BatchHandler method to a bean");
    }

    @Test
    void anythingElseIsLeftToSpringBoot(CapturedOutput output) {
        start(WantsNumber.class);
        assertThat(output).contains("required a bean of type 'java.lang.Number' that could not be found");
    }

    @Test
    void aConfigurationThatIsRefused(CapturedOutput output) {
        start(Handlers.class, "--batcher.instances.lefd.interval=1s");
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("Batcher \"lefd\" is configured (batcher.instances.lefd), but there is no method with"
                        + " @BatchHandler(\"lefd\") and no item-type. Known batchers: \"left\", \"order-audit\". Did you mean"
                        + " \"left\"?");
    }

    private static void start(Class<?> configuration, String... arguments) {
        SpringApplication application = new SpringApplication(configuration);
        application.setWebApplicationType(WebApplicationType.NONE);
        assertThatException().isThrownBy(() -> application.run(arguments).close());
    }

    @EnableAutoConfiguration
    static class Handlers {

        @BatchHandler("left")
        void left(List<String> batch) {}

        @BatchHandler("order-audit")
        void audit(List<String> batch) {}
    }

    @Qualifier @Retention(RetentionPolicy.RUNTIME)
    @interface Fast {}

    record NumbersUser(@Qualifier("numbers") Batcher<String> batcher) {}

    record FastLeftUser(@Qualifier("left") @Fast Batcher<String> batcher) {}

    record FastUser(@Fast Batcher<String> batcher) {}

    record OrderAuditsUser(@Qualifier("order-audits") Batcher<String> batcher) {}

    record LeftUser(@Qualifier("left") Batcher<String> batcher) {}

    record LeftBeanUser(@Named("leftBatcher") Batcher<String> batcher) {}

    static class ResourceUser {

        @Resource(name = "order-audit")
        Batcher<String> batcher;
    }

    static class LeftResourceUser {

        @Resource(name = "leftBatcher")
        Batcher<String> batcher;
    }

    @Configuration(proxyBeanMethods = false)
    @Import({Handlers.class, Numbers.class, NumbersUser.class})
    static class WantsNumbers {}

    @Configuration(proxyBeanMethods = false)
    @Import({Handlers.class, FastLeftUser.class})
    static class WantsFastLeft {}

    @Configuration(proxyBeanMethods = false)
    @Import({Handlers.class, FastUser.class})
    static class WantsFast {}

    @Configuration(proxyBeanMethods = false)
    @Import({Handlers.class, OrderAuditsUser.class})
    static class WantsOrderAudits {}

    @Configuration(proxyBeanMethods = false)
    @Import({Handlers.class, ResourceUser.class})
    static class WantsResource {}

    @Configuration(proxyBeanMethods = false)
    @Import({Handlers.class, LeftUser.class})
    static class WantsLeft {}

    @Configuration(proxyBeanMethods = false)
    @Import({Handlers.class, LeftBeanUser.class})
    static class WantsLeftBean {}

    @Configuration(proxyBeanMethods = false)
    @Import({Handlers.class, LeftResourceUser.class})
    static class WantsLeftResource {}

    static class Numbers {

        @BatchHandler("numbers")
        void numbers(List<Integer> batch) {}
    }

    record LongUser(Batcher<Long> batcher) {}

    record StringUser(Batcher<String> batcher) {}

    record RightUser(@Qualifier("right") Batcher<String> batcher) {}

    record AnyUser(Batcher<?> batcher) {}

    record NumberUser(Number number) {}

    @Configuration(proxyBeanMethods = false)
    @Import({Handlers.class, LongUser.class})
    static class WantsLongs {}

    @Configuration(proxyBeanMethods = false)
    @Import({Handlers.class, StringUser.class})
    static class WantsStrings {}

    @Configuration(proxyBeanMethods = false)
    @Import({Handlers.class, RightUser.class})
    static class WantsRight {}

    @EnableAutoConfiguration
    @Import(AnyUser.class)
    static class WantsAny {}

    @Configuration(proxyBeanMethods = false)
    @Import({Handlers.class, NumberUser.class})
    static class WantsNumber {}
}

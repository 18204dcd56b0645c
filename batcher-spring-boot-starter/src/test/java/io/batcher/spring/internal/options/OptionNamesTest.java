/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.options;

import static io.batcher.spring.autoconfigure.StartFailures.assertFailure;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatcherProperties;
import io.batcher.spring.fixtures.Contexts;
import io.batcher.spring.fixtures.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** S1: misspelled or misplaced properties fail startup instead of being ignored. */
@ExtendWith(OutputCaptureExtension.class)
class OptionNamesTest {

    private static final String OPTIONS =
            "Correct it. The options are auto-flush, batch-per-key, capacity, capacity-per-key, concurrency, eager, enabled, handler-timeout, interval,"
                    + " item-name, item-type, max-batch-size, max-batch-weight, max-block, max-retry-after, overflow, pace.burst, pace.calls,"
                    + " pace.per, partitions, retry.delay, retry.isolate-poison, retry.jitter, retry.max-attempts, retry.max-delay,"
                    + " retry.multiplier, retry.retry-on, shutdown-timeout, store, transactional.";

    private final ApplicationContextRunner contexts = Contexts.inVirtualTime();
    private final ApplicationContextRunner readings = contexts.withUserConfiguration(Readings.class);

    @ParameterizedTest
    @CsvSource({
        "intervall, interval",
        "max-attempts, retry.max-attempts",
        "retry.max-attempt, retry.max-attempts",
        "calls, pace.calls",
        "pace.call, pace.calls"
    })
    void anOptionThatDoesNotExist(String wrong, String meant) {
        String property = "batcher.instances.readings." + wrong;
        assertFailure(
                readings.withPropertyValues(property + "=3"),
                "Batcher \"readings\" is not configured properly: " + property + " (\"" + property
                        + "\" from property source \"test\") is not an option. Did you mean \"" + meant + "\"?",
                OPTIONS);
    }

    @Test
    void aDefaultThatDoesNotExist() {
        assertFailure(
                contexts.withPropertyValues("batcher.defaults.retry.max-attempt=3"),
                "batcher.defaults is not configured properly: batcher.defaults.retry.max-attempt"
                        + " (\"batcher.defaults.retry.max-attempt\" from property source \"test\") is not an option."
                        + " Did you mean \"retry.max-attempts\"?",
                OPTIONS);
    }

    @Test
    void aGroupThatDoesNotExist() {
        assertFailure(
                readings.withPropertyValues("batcher.instance.readings.interval=1s"),
                "There is no group of properties batcher.instance. Did you mean \"instances\"?",
                "Correct its name.");
    }

    @Test
    void aMisplacedBatcher() {
        assertFailure(
                readings.withPropertyValues("batcher.readings.interval=1s"),
                "The options of batcher \"readings\" are misplaced: batcher.readings.",
                "Move them to batcher.instances.readings.");
    }

    @ParameterizedTest
    @CsvSource({
        "interval, interval",
        "maxBatchSize, max-batch-size",
        "retry-on[0], retry.retry-on",
        "max-attempts, retry.max-attempts",
        "retry.max-attempts, retry",
        "retry, retry",
        "pace.calls, pace",
        "burst, pace.burst"
    })
    void anOptionThatBelongsToNoBatcher(String wrong, String option) {
        assertFailure(
                readings.withPropertyValues("batcher." + wrong + "=3"),
                found("batcher." + wrong) + " is misplaced.",
                "Move it to batcher.defaults." + option + " or batcher.instances.<name>." + option + ".");
    }

    @Test
    void anItemTypeThatBelongsToNoBatcher() {
        assertFailure(
                contexts.withPropertyValues("batcher.item-type=java.lang.String"),
                found("batcher.item-type") + " is misplaced.",
                "Move it to batcher.instances.<name>.item-type.");
    }

    @Test
    void anOptionThatIsMisspelledTooAndBelongsToNoBatcher() {
        assertFailure(
                contexts.withPropertyValues("batcher.max-attemps=3"),
                found("batcher.max-attemps") + " is not an option. Did you mean \"max-attempts\"?",
                "Correct its name, and move it to batcher.defaults.retry.max-attempts or"
                        + " batcher.instances.<name>.retry.max-attempts.");
    }

    @Test
    void aLimitOutsideItsGroup() {
        assertFailure(
                contexts.withPropertyValues("batcher.max-age=1m"),
                found("batcher.max-age") + " is misplaced.",
                "Move it to batcher.health.max-age.");
    }

    @ParameterizedTest
    @CsvSource({
        "endpoint.flush-timout, ' Did you mean \"flush-timeout\"?', Correct it. The options are flush-timeout.",
        "endpoint.flush.timeout, '', Correct it. The options are flush-timeout.",
        "health.maxAges, ' Did you mean \"max-age\"?', 'Correct it. The options are max-age, max-consecutive-failures.'",
        "health.max-age.value, ' Did you mean \"max-age\"?',"
                + " 'Correct it. The options are max-age, max-consecutive-failures.'",
        "scheduler.pool-size, '', Remove it."
    })
    void aLimitThatDoesNotExist(String wrong, String meant, String action) {
        assertFailure(
                contexts.withPropertyValues("batcher." + wrong + "=1m"),
                "batcher." + wrong.substring(0, wrong.indexOf('.')) + " is not configured properly: "
                        + found("batcher." + wrong) + " is not an option." + meant,
                action);
    }

    @Test
    void limitsThatExistInAnySpelling() {
        contexts.withPropertyValues(
                        "batcher.scheduler=batcherTaskScheduler",
                        "batcher.endpoint.flushTimeout=1s",
                        "batcher.health.max_age=1m",
                        "batcher.health.maxconsecutivefailures=3")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    BatcherProperties properties = context.getBean(BatcherProperties.class);
                    assertThat(properties.endpoint().flushTimeout()).hasSeconds(1);
                    assertThat(properties.health()).isEqualTo(new BatcherProperties.Health(Duration.ofMinutes(1), 3));
                });
    }

    /** They are shared by all programs that are started from the same place. */
    @Test
    void systemPropertiesAndEnvironmentVariablesAreNotChecked() {
        readings.withSystemProperties("batcher.interval=1s", "batcher.instances.readings.intervall=1s")
                .withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .replace(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                                new SystemEnvironmentPropertySource(
                                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                                        Map.of("BATCHER_CAPACITY", "1", "BATCHER_HEALTH_MAXAGES", "1m"))))
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void argumentsOfTheCommandLineAreChecked() {
        assertFailure(
                readings.withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .addFirst(new SimpleCommandLinePropertySource("--batcher.interval=1s"))),
                "batcher.interval (\"batcher.interval\" from property source \"commandLineArgs\") is misplaced.",
                "Move it to batcher.defaults.interval or batcher.instances.<name>.interval.");
    }

    @Test
    void otherPropertiesBelongToTheApplication() {
        readings.withPropertyValues(
                        "batcher.company.colour=red",
                        "batcher.interval.colour=red",
                        "batcher.colour=red",
                        "batcher.instances.readings.maxBatchSize=7")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @ParameterizedTest
    @CsvSource({"schedule, scheduler", "shceduler, scheduler", "endpoints, endpoint"})
    void aValueThatDiffersByOneLetterIsATypingError(String wrong, String meant) {
        assertFailure(
                readings.withPropertyValues("batcher." + wrong + "=x"),
                found("batcher." + wrong) + " is not an option. Did you mean \"" + meant + "\"?",
                "Correct its name. If it is a property of the application, give it another prefix, or a name that"
                        + " differs from \"" + meant
                        + "\" by more than one letter: this name looks like a typing error.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"instnaces.readings.interval", "defalts.interval", "helth.max-age", "rerty.max-attempts"})
    void aGroupThatDiffersByOneLetterIsATypingError(String wrong) {
        readings.withPropertyValues("batcher." + wrong + "=1s")
                .run(context -> assertThat(context).getFailure().hasMessageContaining("Did you mean"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "endpoint-url",
                "instance-id",
                "schedule.cron",
                "healthy-name",
                "intervals-in-days",
                "default-colour",
                "instance-count.max"
            })
    void namesThatDifferByMoreBelongToTheApplication(String own, CapturedOutput output) {
        readings.withPropertyValues("batcher." + own + "=x")
                .run(context -> assertThat(context).hasNotFailed());
        assertThat(output.toString().lines().filter(line -> line.contains("batcher." + own)))
                .hasSizeLessThanOrEqualTo(1)
                .allSatisfy(line -> assertThat(line).contains("WARN", "is not a property of Batcher"));
    }

    @Test
    void aWarningNamesFileAndLine(CapturedOutput output, @TempDir Path files) throws IOException {
        Files.writeString(files.resolve("application.yml"), "batcher:\n  colour: red\n  endpoint-url: http://x\n");
        SpringApplication application = new SpringApplication(Application.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.run("--spring.config.location=" + files.toUri()).close();
        assertThat(output)
                .contains(files.resolve("application.yml") + "] - 3:17) is not a"
                        + " property of Batcher and has no effect on it. If \"endpoint\" is meant, correct the name")
                .doesNotContain("batcher.colour");
    }

    @ParameterizedTest
    @CsvSource({
        "batcher.health.max-age=0s, 'max-age must be more than zero, but was PT0S'",
        "batcher.health.max-consecutive-failures=0, 'max-consecutive-failures must be at least 1, but was 0'",
        "batcher.endpoint.flush-timeout=-1s, 'flush-timeout must not be negative, but was PT-1S'"
    })
    void aLimitThatMakesNoSense(String property, String message) {
        contexts.withPropertyValues(property)
                .run(context -> assertThat(context).getFailure().rootCause().hasMessage(message));
    }

    private static String found(String property) {
        return property.toLowerCase(Locale.ROOT) + " (\"" + property + "\" from property source \"test\")";
    }

    @EnableAutoConfiguration
    static class Application {}

    static class Readings {

        @BatchHandler("readings")
        void handle(List<Reading> batch) {}
    }
}

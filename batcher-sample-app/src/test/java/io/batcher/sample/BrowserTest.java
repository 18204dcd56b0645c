/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.TestPropertySource;

/** The page in a real browser. Every wait is for a text on the page. */
@Tag("browser")
@TestPropertySource(properties = "batcher.instances.readings.retry.max-delay=1s")
class BrowserTest extends SampleTest {

    private static final int DESKTOP = 1280;
    private static final int PHONE = 360;
    private static final int HEIGHT = 800;

    @Value("${local.server.port}")
    int port;

    @TempDir
    Path profile;

    private Browser browser;

    /** Does nothing: the page would report deleted readings as missing. */
    @Override
    void forgetWhatOtherTestsStored() {}

    @BeforeEach
    void start() {
        browser = new Browser(profile);
    }

    @AfterEach
    void stop() throws Exception {
        browser.close();
        Cloud.change(http, "{\"broken\":false,\"limited\":false,\"latencyMillis\":5}");
        readings.resume();
        Await.until(() -> readings.stats().restingFor().isZero()); // A flush during a rest fails.
        flush();
    }

    @ParameterizedTest
    @CsvSource({"1280, mouse", "360, mouse", "1280, keyboard"})
    void everyButtonDoesWhatItSays(int width, String how) throws Exception {
        browser.open(port, width, HEIGHT);

        pressAll("mouse".equals(how) ? browser::click : browser::pressByKeyboard);

        assertThat(browser.consoleProblems()).isEmpty();
        assertFits();
        browser.screenshot("done-" + width + "-" + how);
    }

    private void pressAll(Consumer<String> press) {
        press.accept("send-100");
        awaitStored(100);

        press.accept("break");
        shows("cloud-state", "Broken");
        shows("break", "Repair the cloud");
        String stored = browser.text("stored");
        press.accept("send-10000");
        shows("depth", "10,000");
        assertThat(browser.text("stored")).isEqualTo(stored);
        browser.awaitText("attempt", text -> text.matches("([3-9]|[1-9]\\d), next in .*"));
        browser.awaitText(
                "verdict", text -> text.equals("The cloud is broken; nothing is lost: 10,000 pending in the gateway."));
        press.accept("break");
        shows("cloud-state", "Working");
        awaitStored(10_100);
        shows("missing", "0");
        shows("attempt", "none");

        press.accept("slow");
        shows("cloud-state", "Slow");
        press.accept("send-100");
        browser.awaitText("time-value", text -> text.matches("1,\\d\\d\\d ms"));
        awaitStored(10_200);
        press.accept("slow");
        shows("cloud-state", "Working");

        press.accept("limit");
        shows("cloud-state", "Limited");
        shows("limit", "Lift the limit");
        press.accept("limit");
        shows("cloud-state", "Working");
        shows("limit", "Limit its rate");

        press.accept("pause");
        shows("batcher-state", "Paused");
        press.accept("send-100");
        shows("verdict", "Paused: 100 pending in the gateway.");
        press.accept("pause");
        awaitStored(10_300);

        press.accept("flush");
        browser.awaitText("log", text -> text.contains("Flushed; 0 pending."));

        press.accept("compare");
        browser.awaitText("compare-note", text -> text.startsWith("100 readings: batched is "));
        shows("single-calls", "100");
        shows("batched-calls", "1");
    }

    @Test
    void aFullGatewayHoldsBackTheSensors() throws Exception {
        browser.open(port, DESKTOP, HEIGHT);
        browser.click("break");
        shows("cloud-state", "Broken");

        browser.click("send-10000");
        shows("depth", "10,000");
        browser.click("send-10000");
        shows("depth", "15,000");
        shows("held", "5,000");
        shows("sender-state", "Backing off");
        browser.screenshot("full-desktop-light");
        browser.useColours("dark");
        browser.screenshot("full-desktop-dark");

        browser.click("break");
        awaitStored(20_000);
        shows("held", "0");
        assertThat(browser.consoleProblems("status of 429")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {DESKTOP, PHONE})
    void severalLanesWorkAtOnceAndEachSensorStaysInOrder(int width) throws Exception {
        browser.open(port, width, HEIGHT);
        shows("lanes", "0 of 4");
        browser.click("slow");
        shows("cloud-state", "Slow");

        browser.click("send-10000");

        browser.awaitText("lanes", text -> text.matches("[2-4] of 4"));
        assertThat((Long) browser.script("return document.querySelectorAll('#lane-lights [data-on=true]').length"))
                .isGreaterThan(0);
        assertThat(browser.script("return document.querySelectorAll('#lane-lights span').length"))
                .isEqualTo(4L);
        browser.screenshot("lanes-" + width);
        browser.click("slow");
        awaitStored(10_000);
        shows("lanes", "0 of 4");
    }

    @ParameterizedTest
    @ValueSource(ints = {DESKTOP, PHONE})
    void aLimitedCloudMakesTheBatcherRestAndNothingIsLost(int width) throws Exception {
        browser.open(port, width, HEIGHT);
        String failed = browser.text("failed");
        browser.click("limit");
        shows("cloud-state", "Limited");

        browser.click("send-10000");

        shows("batcher-state", "Resting");
        browser.awaitText("rest", text -> text.matches("[0-2]\\.\\d s left"));
        browser.awaitText("verdict", text -> text.startsWith("The cloud asks to wait; nothing is lost: "));
        browser.screenshot("resting-" + width);
        browser.click("flush");
        browser.awaitText("log", text -> text.contains("Flush: the batcher rests"));
        browser.click("limit");
        awaitStored(10_000);
        shows("rest", "none");
        shows("batcher-state", "Running");
        assertThat(browser.text("failed")).isEqualTo(failed);
        assertThat(Integer.parseInt(browser.text("throttled"))).isPositive();
        assertThat(browser.consoleProblems("status of 503")).isEmpty();
    }

    @Test
    void aFlushThatCannotBeSaysWhy() {
        browser.open(port, PHONE, HEIGHT);
        browser.click("pause");
        shows("batcher-state", "Paused");
        browser.click("send-100");
        shows("depth", "100");

        browser.click("flush");

        browser.awaitText("log", text -> text.contains("Flush: the batcher is paused"));
        assertThat(browser.consoleProblems("status of 503")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1280, light", "1280, dark", "360, light", "360, dark"})
    void isAccessible(int width, String colours) throws Exception {
        browser.useColours(colours);
        browser.open(port, width, HEIGHT);
        assertThat(browser.accessibilityProblems()).isEmpty();

        browser.click("break");
        shows("cloud-state", "Broken");
        browser.click("limit");
        shows("limit", "Lift the limit");
        browser.click("pause");
        shows("batcher-state", "Paused");
        browser.click("compare");
        browser.awaitText("compare-note", text -> text.startsWith("100 readings"));
        browser.click("send-100");
        browser.awaitText("verdict", text -> text.contains("100 pending"));

        assertThat(browser.accessibilityProblems()).isEmpty();
        assertFits();
        browser.screenshot("accessible-" + width + "-" + colours);
    }

    @Test
    void aLostConnectionIsSaidAndComesBackByItself() {
        ConfigurableApplicationContext gateway = startGateway(0);
        int itsPort = Integer.parseInt(gateway.getEnvironment().getRequiredProperty("local.server.port"));
        try {
            browser.open(itsPort, DESKTOP, HEIGHT);
            browser.click("send-100");
            awaitStored(100);

            gateway.close();
            shows("connection", "Connection lost");
            gateway = startGateway(itsPort);

            shows("connection", "Live");
            browser.awaitText("log", text -> text.contains("restarted"));
            browser.click("send-100");
            awaitStored(100);
        } finally {
            gateway.close();
        }
    }

    @Test
    void nothingComesFromElsewhere() {
        browser.open(port, DESKTOP, HEIGHT);

        var hosts = (List<?>) browser.script("""
                return performance.getEntriesByType('resource').map(entry => new URL(entry.name).host)""");

        assertThat(hosts).isNotEmpty().allMatch(("localhost:" + port)::equals);
    }

    private void awaitStored(int count) {
        String all = String.format(Locale.ROOT, "%,d", count);
        shows(
                "verdict",
                all + " sent by this page, " + all + " stored: each sensor in order, none missing, none twice.");
    }

    private void shows(String id, String text) {
        browser.awaitText(id, text::equals);
    }

    private void assertFits() {
        assertThat(browser.script("return document.documentElement.scrollWidth - document.documentElement.clientWidth"))
                .as("too wide by")
                .isEqualTo(0L);
        assertThat((List<?>) browser.script("""
                return [...document.querySelectorAll('button')].filter(button => button.offsetHeight < 44).map(button => button.id)""")).as("too small for a finger").isEmpty();
    }

    private static ConfigurableApplicationContext startGateway(int port) {
        return SpringApplication.run(SampleApplication.class, "--server.port=" + port);
    }
}

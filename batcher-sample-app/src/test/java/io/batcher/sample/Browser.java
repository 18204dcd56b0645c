/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.WebDriverWait;

/** Chromium with the sample's page, and the actions of a user. */
final class Browser implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Path SCREENSHOTS = Path.of("target", "screenshots");

    private final ChromeDriver driver;

    Browser(Path profile) {
        var options = new ChromeOptions();
        options.setBinary(command("chromium"));
        options.addArguments(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-dev-shm-usage",
                "--user-data-dir=" + profile);
        var logging = new LoggingPreferences();
        logging.enable(LogType.BROWSER, Level.ALL);
        options.setCapability("goog:loggingPrefs", logging);
        // Explicit, so that Selenium does not download one.
        var service = new ChromeDriverService.Builder()
                .usingDriverExecutable(command("chromedriver"))
                .build();
        driver = new ChromeDriver(service, options);
    }

    void open(int port, int width, int height) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 700));
        driver.get("http://localhost:" + port + "/");
        awaitText("connection", "Live"::equals);
    }

    void useColours(String scheme) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    String text(String id) {
        return driver.findElement(By.id(id)).getText();
    }

    void awaitText(String id, Predicate<String> condition) {
        new WebDriverWait(driver, PATIENCE)
                .withMessage(
                        () -> id + " is \"" + text(id) + "\"; verdict: " + text("verdict") + "; log: " + text("log"))
                .until(browser -> condition.test(text(id)));
    }

    void click(String id) {
        driver.findElement(By.id(id)).click();
    }

    /** Presses a button with the keyboard alone. */
    void pressByKeyboard(String id) {
        for (int steps = 0; steps < 30; steps++) {
            if (id.equals(driver.switchTo().activeElement().getDomAttribute("id"))) {
                assertThat(script("return getComputedStyle(document.activeElement).outlineStyle"))
                        .as("the focus is to be seen")
                        .isNotEqualTo("none");
                new Actions(driver).sendKeys(Keys.ENTER).perform();
                return;
            }
            new Actions(driver).sendKeys(Keys.TAB).perform();
        }
        throw new AssertionError("the tab key does not lead to " + id);
    }

    Object script(String script, Object... arguments) {
        return driver.executeScript(script, arguments);
    }

    /** Returns the violated rules of axe-core, with the elements. */
    List<?> accessibilityProblems() throws IOException {
        try (InputStream axe = Objects.requireNonNull(Browser.class.getResourceAsStream("/axe.min.js"))) {
            script(new String(axe.readAllBytes(), StandardCharsets.UTF_8));
        }
        driver.manage().timeouts().scriptTimeout(PATIENCE);
        return (List<?>) driver.executeAsyncScript("""
                const done = arguments[arguments.length - 1];
                axe.run().then(
                    result => done(result.violations.map(rule =>
                        rule.id + ': ' + rule.nodes.map(node => node.html + ' ' + node.failureSummary).join('; '))),
                    error => done([String(error)]));
                """);
    }

    /** Returns the console messages, except expected ones. */
    List<String> consoleProblems(String... expected) {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .map(LogEntry::getMessage)
                .filter(message -> Stream.of(expected).noneMatch(message::contains))
                .toList();
    }

    /** Saves a screenshot of the whole page. */
    void screenshot(String name) throws IOException {
        var size = (Map<?, ?>) script("return {w: innerWidth, h: document.documentElement.scrollHeight}");
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", size.get("w"), "height", size.get("h"), "deviceScaleFactor", 1, "mobile", false));
        script("scrollTo(0, 0)");
        Files.createDirectories(SCREENSHOTS);
        Files.write(SCREENSHOTS.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
    }

    @Override
    public void close() {
        driver.quit();
    }

    private static File command(String name) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(directory -> new File(directory, name))
                .filter(File::canExecute)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " on the PATH"));
    }
}

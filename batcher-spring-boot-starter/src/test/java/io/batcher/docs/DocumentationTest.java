/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import io.batcher.docs.Page.Block;
import io.batcher.docs.snippet.GatewayApplication;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules for every page: its code compiles, its properties and link targets exist, and it is short. */
class DocumentationTest extends PageTest {

    private static final Pattern LINK = Pattern.compile("]\\((?!https?:)([^)#]*)(?:#([^)]+))?\\)");
    private static final Pattern PROPERTY = Pattern.compile(
            "`((?:batcher\\.(?:defaults|instances|endpoint|health|scheduler|store\\.(?:file|jdbc|kafka))|management)\\.?[^`=]*)(?:=[^`]*)?`");

    DocumentationTest() {
        super("README.md");
    }

    static List<Page> pages() {
        return Page.all();
    }

    static List<Block> javaBlocks() {
        return Examples.all();
    }

    static List<Block> yamlBlocks() {
        return Page.allBlocks("yaml");
    }

    @ParameterizedTest
    @MethodSource("javaBlocks")
    void javaCompiles(Block block) {
        assertThat(Examples.compiled(block)).isNotNull();
    }

    @ParameterizedTest
    @MethodSource("yamlBlocks")
    void anApplicationStartsWithTheYaml(Block block, @TempDir Path directory) {
        assertThat(Yaml.properties(block).keySet()).allSatisfy(DocumentationTest::exists);
        Yaml.with(block, application(GatewayApplication.class))
                .withPropertyValues("batcher.store.file.directory=" + directory.resolve("store"))
                .run(context -> assertThat(context).hasNotFailed());
    }

    @ParameterizedTest
    @MethodSource("pages")
    void propertiesInTheTextExist(Page page) {
        PROPERTY.matcher(page.text())
                .results()
                .map(found -> found.group(1).replaceAll("[.*]+$", ""))
                .forEach(DocumentationTest::exists);
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyBlockIsOfAKnownLanguage(Page page) {
        assertThat(page.blocks()).extracting(Block::language).isSubsetOf("java", "yaml", "xml", "promql", "");
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyLinkLeadsSomewhere(Page page) {
        Matcher link = LINK.matcher(page.text());
        while (link.find()) {
            Path target = link.group(1).isEmpty() ? page.file() : page.file().resolveSibling(link.group(1));
            assertThat(target).as("link in " + page).exists();
            if (link.group(2) != null) {
                assertThat(anchors(new Page(target))).as("link in " + page).contains(link.group(2));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void commandsNameModulesAndProfilesThatExist(Page page) throws IOException {
        String poms = Files.readString(Page.ROOT.resolve("pom.xml"))
                + Files.readString(Page.ROOT.resolve("batcher-core/pom.xml"));
        for (Block block : page.blocks("")) {
            Pattern.compile("-P(\\w+)")
                    .matcher(block.code())
                    .results()
                    .forEach(profile -> assertThat(poms).contains("<id>" + profile.group(1) + "</id>"));
            Pattern.compile("-pl (\\S+)")
                    .matcher(block.code())
                    .results()
                    .forEach(module ->
                            assertThat(Page.ROOT).isDirectoryContaining(path -> path.endsWith(module.group(1))));
            Pattern.compile("(?m)^(?:bash )?([\\w.-]+/\\S+)")
                    .matcher(block.code())
                    .results()
                    .forEach(script -> assertThat(Page.ROOT.resolve(script.group(1)))
                            .as(block.toString())
                            .exists());
            Pattern.compile("-Dtest=(\\w+)")
                    .matcher(block.code())
                    .results()
                    .forEach(test -> assertThat(testNames()).contains(test.group(1)));
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void testsThatAreNamedExist(Page page) {
        Pattern.compile("\\b\\w+Test\\b")
                .matcher(page.text().replaceAll("(?s)```.*?```", ""))
                .results()
                .map(test -> test.group())
                .filter(name -> !name.contains("SpringBootTest") && !name.contains("WebMvcTest"))
                .forEach(name -> assertThat(testNames()).as(page.toString()).contains(name));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void aPageIsShort(Page page) {
        int most = page.toString().equals("README.md") ? 90 : 120;
        assertThat(page.text().lines()).hasSizeLessThanOrEqualTo(most);
    }

    @Test
    void theIndexNamesEveryPage() throws IOException {
        String index = Page.of("docs/README.md").text();
        try (Stream<Path> docs = Files.list(Page.ROOT.resolve("docs"))) {
            docs.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".md") && !name.equals("README.md"))
                    .forEach(name -> assertThat(index).contains("](" + name));
        }
    }

    private static final Set<String> KNOWN = knownProperties();

    private static void exists(String property) {
        String name = property.replaceFirst("^batcher\\.instances\\.[a-z-]+\\.(?!item-type)", "batcher.defaults.")
                .replaceFirst("^batcher\\.instances\\..*", "batcher.instances")
                .replaceFirst("\\[\\d+]$", "");
        boolean group = KNOWN.stream().anyMatch(known -> known.startsWith(name + "."));
        boolean entryOfAMap = name.startsWith("management.metrics.distribution.percentiles-histogram.");
        assertThat(KNOWN.contains(name) || group || entryOfAMap).as(property).isTrue();
    }

    /** Returns all names in the configuration metadata on the class path. */
    private static Set<String> knownProperties() {
        try {
            Set<String> names = new TreeSet<>();
            for (URL url : Collections.list(DocumentationTest.class
                    .getClassLoader()
                    .getResources("META-INF/spring-configuration-metadata.json"))) {
                try (InputStream metadata = url.openStream()) {
                    names.addAll(JsonPath.<List<String>>read(metadata, "$.properties[*].name"));
                }
            }
            return names;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns the anchors that GitHub generates for headings. */
    private static List<String> anchors(Page page) {
        return page.text()
                .lines()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("#+ ", "")
                        .toLowerCase(java.util.Locale.ROOT)
                        .replaceAll("[^\\w\\- ]", "")
                        .replace(' ', '-'))
                .toList();
    }

    private static Set<String> testNames() {
        try (Stream<Path> files = Files.walk(Page.ROOT, 12)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith("Test.java"))
                    .map(name -> name.replace(".java", ""))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}

/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A Markdown file of the repository. */
record Page(Path file) {

    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private static final Pattern JAVADOC_EXAMPLE = Pattern.compile("(?s)<pre>\\{@code\\R(.*?) *\\* }</pre>");

    /** A code block; {@code heading} is the nearest one above it. */
    record Block(Page page, String heading, int line, String language, String code) {

        @Override
        public String toString() {
            return page + ", line " + line;
        }
    }

    static Page of(String path) {
        return new Page(ROOT.resolve(path));
    }

    /** Returns all pages: those of the root, of docs, and the README of each module. */
    static List<Page> all() {
        try (Stream<Path> root = Files.list(ROOT);
                Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            List<Path> files = new ArrayList<>(root.toList());
            files.addAll(docs.toList());
            files.addAll(files.stream()
                    .map(directory -> directory.resolve("README.md"))
                    .filter(Files::exists)
                    .toList());
            return files.stream()
                    .filter(file -> file.toString().endsWith(".md"))
                    .distinct()
                    .sorted()
                    .map(Page::new)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Block> allBlocks(String language) {
        return all().stream().flatMap(page -> page.blocks(language).stream()).toList();
    }

    /** Returns the examples in the Javadoc of the published modules. */
    static List<Block> javadocExamples() {
        return Stream.of("batcher-core", "batcher-spring-boot-starter")
                .flatMap(module -> sources(ROOT.resolve(module).resolve("src/main/java")))
                .flatMap(source -> new Page(source).examples().stream())
                .toList();
    }

    private static Stream<Path> sources(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(".java")).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String text() {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<Block> blocks(String language) {
        return blocks().stream()
                .filter(block -> block.language().equals(language))
                .toList();
    }

    /** Returns the only block of a language under a heading. */
    Block block(String language, String heading) {
        List<Block> found = blocks(language).stream()
                .filter(block -> block.heading().equals(heading))
                .toList();
        if (found.size() != 1) {
            throw new AssertionError(this + " has " + found.size() + " " + language + " blocks under " + heading);
        }
        return found.get(0);
    }

    /** Returns the part from a heading to the next one of its level or above. */
    String section(String heading) {
        String text = text();
        int start = text.indexOf("\n## " + heading + "\n");
        if (start < 0) {
            throw new AssertionError(this + " has no section " + heading);
        }
        int end = text.indexOf("\n## ", start + 1);
        return text.substring(start, end < 0 ? text.length() : end);
    }

    List<Block> blocks() {
        List<Block> blocks = new ArrayList<>();
        String heading = "";
        List<String> lines = text().lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith("```")) {
                int start = i++;
                while (!lines.get(i).equals("```")) {
                    i++;
                }
                String language = lines.get(start).substring(3);
                String code = String.join("\n", lines.subList(start + 1, i)) + "\n";
                blocks.add(new Block(this, heading, start + 2, language, code));
            } else if (lines.get(i).startsWith("#")) {
                heading = lines.get(i).replaceFirst("#+ ", "");
            }
        }
        return blocks;
    }

    private List<Block> examples() {
        List<Block> examples = new ArrayList<>();
        Matcher example = JAVADOC_EXAMPLE.matcher(text());
        while (example.find()) {
            int line = 1 + (int) text().substring(0, example.start(1)).lines().count();
            String code = example.group(1).replaceAll("(?m)^ *\\* ?", "");
            examples.add(new Block(this, "", line, "java", code));
        }
        return examples;
    }

    @Override
    public String toString() {
        return ROOT.relativize(file).toString();
    }
}

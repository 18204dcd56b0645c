/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.docs;

import io.batcher.docs.Page.Block;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The Java blocks of all pages and of the Javadoc, compiled together. A block is a class; or members, which get a class around them; or statements, which
 * get a method around them that returns the batcher they build.
 */
final class Examples {

    private static final Pattern TYPE = Pattern.compile("(?m)^(?:final |public )*(?:class|record|interface) (\\w+)");
    private static final Pattern MEMBERS = Pattern.compile("\\A(@|[\\w<>]+ \\w+\\(.*\\)( throws \\w+)? \\{\\R)");
    private static final Pattern BATCHER = Pattern.compile("(?m)^Batcher<.+?> (\\w+) = ");
    private static final List<String> IMPORTS = List.of(
            "io.batcher.*",
            "io.batcher.docs.Fixtures",
            "io.batcher.docs.Fixtures.*",
            "io.batcher.spring.*",
            "io.batcher.spring.testing.*",
            "io.batcher.testing.*",
            "jakarta.annotation.PreDestroy",
            "java.io.IOException",
            "java.time.*",
            "java.util.*",
            "java.util.concurrent.*",
            "org.apache.kafka.clients.consumer.ConsumerRecord",
            "org.junit.jupiter.api.Test",
            "org.springframework.beans.factory.annotation.Autowired",
            "org.springframework.beans.factory.annotation.Qualifier",
            "org.springframework.boot.test.context.SpringBootTest",
            "org.springframework.context.annotation.Bean",
            "org.springframework.context.annotation.Configuration",
            "org.springframework.core.annotation.Order",
            "org.springframework.http.*",
            "org.springframework.jdbc.core.simple.JdbcClient",
            "org.springframework.kafka.annotation.KafkaListener",
            "org.springframework.security.config.annotation.web.builders.HttpSecurity",
            "org.springframework.security.config.http.SessionCreationPolicy",
            "org.springframework.security.web.SecurityFilterChain",
            "org.springframework.scheduling.annotation.Scheduled",
            "org.springframework.stereotype.*",
            "org.springframework.transaction.annotation.Transactional",
            "org.springframework.web.bind.annotation.*",
            "tools.jackson.databind.json.JsonMapper",
            "static io.batcher.docs.Fixtures.*",
            "static org.assertj.core.api.Assertions.assertThat",
            "static org.springframework.security.config.Customizer.withDefaults");

    private static final Map<Block, String> CLASS_NAMES = new LinkedHashMap<>();
    static final ClassLoader LOADER = compileAll();

    private Examples() {}

    /** Returns the Java blocks of all pages, and those of the Javadoc. */
    static List<Block> all() {
        return Stream.concat(Page.allBlocks("java").stream(), Page.javadocExamples().stream())
                .toList();
    }

    /** Returns the class of a block. */
    static Class<?> compiled(Block block) {
        try {
            return LOADER.loadClass(CLASS_NAMES.get(block));
        } catch (ClassNotFoundException e) {
            throw new AssertionError(block.toString(), e);
        }
    }

    /** Runs unchanged statements; returns the batcher that they build. */
    static Object run(Block statements) throws Exception {
        return invoke(statements, "run");
    }

    /** Runs statements with their batchers on the virtual time of the fixtures. */
    static Object runOnVirtualTime(Block statements) throws Exception {
        return invoke(statements, "runOnVirtualTime");
    }

    private static Object invoke(Block statements, String method) throws Exception {
        try {
            return compiled(statements).getMethod(method).invoke(null);
        } catch (InvocationTargetException e) {
            throw new AssertionError(statements + " throws", e.getCause());
        }
    }

    private static ClassLoader compileAll() {
        Map<String, String> sources = new LinkedHashMap<>();
        for (Block block : all()) {
            // Compiler messages contain the name, and so the page and the line.
            String packageName = "io.batcher.docs.snippet."
                    + block.page().toString().replaceAll("\\W", "_") + ".line" + block.line();
            Matcher type = TYPE.matcher(block.code());
            String simpleName = type.find() ? type.group(1) : "Example";
            CLASS_NAMES.put(block, packageName + "." + simpleName);
            sources.put(packageName + "." + simpleName, source(packageName, simpleName, block.code()));
        }
        return SourceCompiler.compile(sources, Path.of("target/doc-examples"));
    }

    private static String source(String packageName, String simpleName, String code) {
        StringBuilder source = new StringBuilder("package " + packageName + ";\n");
        IMPORTS.forEach(name -> source.append("import ").append(name).append(";\n"));
        if (!simpleName.equals("Example")) {
            return source.append(code).toString();
        }
        source.append("public class Example {\n");
        if (MEMBERS.matcher(code).find()) {
            return source.append(code).append("}").toString();
        }
        return source.append(method("run", code))
                .append(method("runOnVirtualTime", code.replace("Batcher.<", "Fixtures.<")))
                .append("}")
                .toString();
    }

    private static String method(String name, String statements) {
        Matcher batcher = BATCHER.matcher(statements);
        String result = batcher.find() ? batcher.group(1) : "null";
        return "public static Object " + name + "() throws Exception {\n" + statements + "return " + result + ";}\n";
    }
}

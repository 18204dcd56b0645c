/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.docs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Reads the code blocks of a Markdown file and compiles them. */
final class Snippets {

    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w+)\\R(.*?)^```");
    private static final String IMPORTS = """
            import io.batcher.*;
            import io.batcher.spring.*;
            import io.batcher.docs.Fixtures.*;
            import static io.batcher.docs.Fixtures.*;
            import java.time.*;
            import java.util.*;
            import java.util.concurrent.*;
            import org.springframework.stereotype.Service;
            """;

    private Snippets() {}

    /** Returns the blocks of one language, in order. */
    static List<String> of(Path markdown, String language) throws IOException {
        List<String> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(Files.readString(markdown));
        while (matcher.find()) {
            if (matcher.group(1).equals(language)) {
                blocks.add(matcher.group(2));
            }
        }
        return blocks;
    }

    /** Compiles statements and runs them. */
    static void run(String statements) throws Exception {
        String source =
                IMPORTS + "public class Example { public static void run() throws Exception {\n" + statements + "}}";
        compile("Example", source).getMethod("run").invoke(null);
    }

    /** Compiles a class. */
    static Class<?> compileClass(String name, String declaration) throws ClassNotFoundException {
        return compile(name, IMPORTS + declaration);
    }

    private static Class<?> compile(String name, String source) throws ClassNotFoundException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (InMemory files = new InMemory(compiler.getStandardFileManager(null, null, UTF_8))) {
            List<String> options =
                    List.of("-parameters", "-proc:none", "-classpath", System.getProperty("java.class.path"));
            boolean compiled = compiler.getTask(messages, files, null, options, null, List.of(new Source(name, source)))
                    .call();
            if (!compiled) {
                throw new AssertionError("an example does not compile:\n" + messages + "\n" + source);
            }
            return files.loader().loadClass(name);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String source;

        private Source(String name, String source) {
            super(URI.create("string:///" + name + ".java"), Kind.SOURCE);
            this.source = source;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
        }
    }

    private static final class InMemory extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, ByteArrayOutputStream> classes = new HashMap<>();

        private InMemory(JavaFileManager files) {
            super(files);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
            return new SimpleJavaFileObject(URI.create("mem:///" + className + ".class"), kind) {
                @Override
                public OutputStream openOutputStream() {
                    return classes.computeIfAbsent(className, name -> new ByteArrayOutputStream());
                }
            };
        }

        private ClassLoader loader() {
            return new ClassLoader(Snippets.class.getClassLoader()) {
                @Override
                protected Class<?> findClass(String name) throws ClassNotFoundException {
                    ByteArrayOutputStream bytes = classes.get(name);
                    if (bytes == null) {
                        throw new ClassNotFoundException(name);
                    }
                    return defineClass(name, bytes.toByteArray(), 0, bytes.size());
                }
            };
        }
    }
}

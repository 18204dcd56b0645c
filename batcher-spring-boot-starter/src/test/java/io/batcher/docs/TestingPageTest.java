/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.docs;

import static io.batcher.docs.Fixtures.cloud;
import static io.batcher.docs.Fixtures.reading;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestContextManager;

/** The examples of docs/testing.md, which are tests and pass. */
class TestingPageTest extends PageTest {

    TestingPageTest() {
        super("docs/testing.md");
    }

    @Test
    void theTestWithoutSpringPasses() throws Exception {
        Class<?> test = Examples.compiled(java("Without Spring"));
        assertThat(methodsOf(test)).hasSize(2);
        for (Method method : methodsOf(test)) {
            invoke(method, newInstance(test));
        }
    }

    @Test
    void theTestWithSpringBootPasses() throws Exception {
        Class<?> test = Examples.compiled(java("With Spring Boot"));
        assertThat(methodsOf(test)).hasSize(2);
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(Examples.LOADER);
        try {
            TestContextManager manager = new TestContextManager(test);
            for (Method method : methodsOf(test)) {
                Fixtures.reset();
                Object instance = newInstance(test);
                manager.prepareTestInstance(instance);
                invoke(method, instance);
            }
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Test
    void againstTheRealTime() throws Exception {
        Fixtures.readings = Batcher.<Fixtures.Reading>builder("readings")
                .handler(batch -> cloud.post(batch))
                .build();
        Examples.run(java("Against real time"));
        assertThat(cloud.calls).containsExactly(List.of(reading));
        Fixtures.readings.close();
    }

    private static List<Method> methodsOf(Class<?> test) {
        return Arrays.stream(test.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(Test.class))
                .toList();
    }

    private static Object newInstance(Class<?> test) throws ReflectiveOperationException {
        Constructor<?> constructor = test.getDeclaredConstructor();
        constructor.setAccessible(true);
        return constructor.newInstance();
    }

    private static void invoke(Method method, Object test) throws Exception {
        method.setAccessible(true);
        try {
            method.invoke(test);
        } catch (InvocationTargetException e) {
            throw new AssertionError(method + " fails", e.getCause());
        }
    }
}

/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.handler;

import io.batcher.spring.internal.BatcherConfigurationException;
import java.lang.reflect.Method;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.scheduling.annotation.Async;

/** The rules for the signature of an annotated method. */
public final class HandlerSignature {

    private static final String CONTINUATION = "kotlin.coroutines.Continuation";

    private HandlerSignature() {}

    /**
     * Checks a method and returns the item type that it takes.
     *
     * @param owner the type of the bean, with its generics where they are known
     * @return null if it takes items of any type, which only an error or dead-letter handler may
     * @throws BatcherConfigurationException if the signature breaks a rule
     */
    public static @Nullable ResolvableType itemType(
            HandlerKind kind, String batcher, Method method, ResolvableType owner) {
        refuseSuspending(kind, batcher, method);
        if (method.getParameterCount() != 1 || !kind.takes(method.getParameterTypes()[0])) {
            throw wrong(kind, batcher, method, "it takes " + parameters(method) + ", but has to take " + kind.takes());
        }
        checkReturnType(kind, batcher, method);
        ResolvableType parameter = ResolvableType.forMethodParameter(new MethodParameter(method, 0), owner);
        ResolvableType itemType = ItemTypes.plain(
                kind == HandlerKind.BATCH ? parameter.as(Iterable.class).getGeneric(0) : parameter.getGeneric(0));
        if (itemType == null && kind == HandlerKind.BATCH) {
            String raw = method.getParameterTypes()[0].getSimpleName();
            throw wrong(
                    kind,
                    batcher,
                    method,
                    "its parameter " + parameter + " does not tell the item type; write " + raw
                            + "<Reading>, with your own type instead of Reading");
        }
        return itemType;
    }

    /** Whether what the method returns is the end of the batch, rather than its return. */
    public static boolean isAsync(Method method) {
        return CompletionStage.class.isAssignableFrom(method.getReturnType()) || isReactive(method.getReturnType());
    }

    private static boolean isReactive(Class<?> type) {
        return type != void.class
                && type != Object.class
                && ReactiveAdapterRegistry.getSharedInstance().getAdapter(type) != null;
    }

    private static void checkReturnType(HandlerKind kind, String batcher, Method method) {
        if (kind == HandlerKind.BATCH && isAsync(method)) {
            return;
        }
        if (method.getReturnType() != void.class) {
            throw wrong(
                    kind,
                    batcher,
                    method,
                    "it returns " + method.getReturnType().getSimpleName() + ", but may return " + kind.returns());
        }
        if (AnnotatedElementUtils.hasAnnotation(method, Async.class)
                || AnnotatedElementUtils.hasAnnotation(method.getDeclaringClass(), Async.class)) {
            throw wrong(
                    kind,
                    batcher,
                    method,
                    "it is @Async and returns nothing, so that it would count as done before it has"
                            + " begun; remove @Async, the method runs on a thread of its own anyway");
        }
    }

    /** In byte code a suspending function takes what goes on after it, and returns any object. */
    private static void refuseSuspending(HandlerKind kind, String batcher, Method method) {
        int count = method.getParameterCount();
        if (count > 0 && method.getParameterTypes()[count - 1].getName().equals(CONTINUATION)) {
            throw wrong(
                    kind,
                    batcher,
                    method,
                    "it is a suspending function of Kotlin, which is not supported; write a function without \"suspend\" that"
                            + " returns " + kind.returns()
                            + (kind == HandlerKind.BATCH ? " (a Mono from mono { }, for example)" : ""));
        }
    }

    private static String parameters(Method method) {
        int count = method.getParameterCount();
        return switch (count) {
            case 0 -> "nothing";
            case 1 -> "one " + method.getParameterTypes()[0].getSimpleName();
            default -> count + " parameters";
        };
    }

    private static BatcherConfigurationException wrong(HandlerKind kind, String batcher, Method method, String what) {
        return new BatcherConfigurationException(
                "The handler method " + method.getDeclaringClass().getName() + "." + method.getName() + " of batcher \""
                        + batcher + "\" has a wrong signature: " + what + ".",
                "Correct the method that has " + kind.on(batcher) + ".");
    }
}

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

/** Checks the signature of an annotated method. */
public final class HandlerSignature {

    private static final String CONTINUATION = "kotlin.coroutines.Continuation";

    private HandlerSignature() {}

    /**
     * Checks a method and returns its item type.
     *
     * @param owner the type of the bean, with its generics if known
     * @return null if it accepts any item, which is not allowed for batch handlers
     * @throws BatcherConfigurationException if the signature breaks a rule
     */
    public static @Nullable ResolvableType itemType(
            HandlerKind kind, String batcher, Method method, ResolvableType owner) {
        rejectSuspending(kind, batcher, method);
        if (method.getParameterCount() != 1 || !kind.takes(method.getParameterTypes()[0])) {
            throw wrong(kind, batcher, method, "it takes " + parameters(method) + ", but must take " + kind.takes());
        }
        checkReturnType(kind, batcher, method);
        ResolvableType parameter = ResolvableType.forMethodParameter(new MethodParameter(method, 0), owner);
        if (kind == HandlerKind.KEY) {
            return ItemTypes.boxed(parameter);
        }
        ResolvableType itemType = ItemTypes.plain(
                kind == HandlerKind.BATCH ? parameter.as(Iterable.class).getGeneric(0) : parameter.getGeneric(0));
        if (itemType == null && kind == HandlerKind.BATCH) {
            String raw = method.getParameterTypes()[0].getSimpleName();
            throw wrong(
                    kind,
                    batcher,
                    method,
                    "its parameter " + parameter + " does not declare the item type; declare it, as in " + raw
                            + "<Reading>");
        }
        return itemType;
    }

    /** Returns whether the batch ends with the completion of the method's result instead of its return. */
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
        boolean returnsValue = method.getReturnType() != void.class && method.getReturnType() != Void.class;
        if (kind == HandlerKind.KEY && returnsValue && !isAsync(method)) {
            return;
        }
        if (kind == HandlerKind.KEY || method.getReturnType() != void.class) {
            throw wrong(
                    kind,
                    batcher,
                    method,
                    "it returns " + method.getReturnType().getSimpleName() + ", but must return " + kind.returns());
        }
        if (AnnotatedElementUtils.hasAnnotation(method, Async.class)
                || AnnotatedElementUtils.hasAnnotation(method.getDeclaringClass(), Async.class)) {
            throw wrong(
                    kind,
                    batcher,
                    method,
                    "it is @Async and returns nothing, so its batch would count as handled before it has run; remove"
                            + " @Async, the method already runs on a thread of the batcher");
        }
    }

    /** In byte code, a suspending function takes a continuation as its last parameter and returns Object. */
    private static void rejectSuspending(HandlerKind kind, String batcher, Method method) {
        int count = method.getParameterCount();
        if (count > 0 && method.getParameterTypes()[count - 1].getName().equals(CONTINUATION)) {
            throw wrong(
                    kind,
                    batcher,
                    method,
                    "it is a suspending Kotlin function, which is not supported; write a function without \"suspend\" that"
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
                "The " + (kind == HandlerKind.KEY ? kind.role() : "handler method") + " "
                        + method.getDeclaringClass().getName() + "." + method.getName() + " of batcher \"" + batcher
                        + "\" has an unsupported signature: " + what + ".",
                "Correct the method with " + kind.on(batcher) + ".");
    }
}

/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.handler;

import io.batcher.spring.internal.BatcherConfigurationException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import org.aopalliance.aop.Advice;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.Advisor;
import org.springframework.aop.IntroductionAdvisor;
import org.springframework.aop.Pointcut;
import org.springframework.aop.PointcutAdvisor;
import org.springframework.aop.SpringProxy;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.interceptor.AsyncExecutionAspectSupport;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.MethodMatchers;
import org.springframework.util.ReflectionUtils;

/** Checks proxies: a call of an annotated method must reach the bean, on the same thread. */
public final class HandlerProxies {

    private static final String RUNS_ON_PROXY =
            ", so a call would run on the proxy itself, without the fields and the advice of the bean.";
    private static final String OR_NO_PROXY = ", or do not let Spring proxy the class of the bean.";

    private HandlerProxies() {}

    /**
     * Returns the method to call on a bean, which may be a proxy, possibly of another proxy.
     *
     * @throws BatcherConfigurationException if a proxy breaks a rule
     */
    public static Method requireInvocable(HandlerMethod handler, Object bean) {
        Method method = requireInvocable(handler, bean.getClass());
        for (@Nullable Object proxy = bean; proxy != null; proxy = AopProxyUtils.getSingletonTarget(proxy)) {
            rejectNotOverridden(handler, proxy.getClass());
            if (proxy instanceof Advised advised) {
                rejectAsync(handler, advised);
            }
        }
        ReflectionUtils.makeAccessible(method);
        return method;
    }

    /** Checks the class of a bean, or of the proxy that a bean will have. */
    static Method requireInvocable(HandlerMethod handler, Class<?> beanClass) {
        try {
            Method method = AopUtils.selectInvocableMethod(handler.method(), beanClass);
            rejectNotOverridden(handler, beanClass);
            return method;
        } catch (IllegalStateException e) {
            throw hidden(
                    handler,
                    String.valueOf(e.getMessage()),
                    "Let Spring proxy the class (spring.aop.proxy-target-class=true, which is the default), add the method to"
                            + " an interface of the bean, or make it public if it is private.",
                    e);
        }
    }

    /**
     * Checks the advice of a proxy.
     *
     * @throws BatcherConfigurationException if the proxy calls the method on another thread
     */
    static void rejectAsync(HandlerMethod handler, Advised proxy) {
        boolean isKey = handler.kind() == HandlerKind.KEY;
        for (Advisor advisor : proxy.getAdvisors()) {
            Advice advice = advisor.getAdvice();
            if (advice instanceof AsyncExecutionAspectSupport && applies(advisor, handler, proxy.getTargetClass())) {
                throw new BatcherConfigurationException(
                        "The " + handler.kind().role() + " of batcher \"" + handler.batcher()
                                + "\" would be called asynchronously: "
                                + handler.describeInFull() + " is advised by "
                                + advice.getClass().getName()
                                + ", which moves the call to another thread. "
                                + (isKey
                                        ? "The key is needed before the item is added."
                                        : "A batch would count as handled before the method has run."),
                        "Remove @Async, or a similar annotation or advice, from the method or its class."
                                + (isKey
                                        ? ""
                                        : " The method already runs on a thread of the batcher. To complete a batch later,"
                                                + " return a CompletionStage or a reactive type."));
            }
        }
    }

    private static boolean applies(Advisor advisor, HandlerMethod handler, @Nullable Class<?> targetClass) {
        if (!(advisor instanceof PointcutAdvisor withPointcut)) {
            return !(advisor instanceof IntroductionAdvisor);
        }
        Pointcut pointcut = withPointcut.getPointcut();
        Class<?> type = targetClass == null ? handler.beanType() : targetClass;
        return pointcut.getClassFilter().matches(type)
                && MethodMatchers.matches(pointcut.getMethodMatcher(), handler.method(), type, false);
    }

    /** A class proxy has its own fields, all null: a method that it does not override runs on them instead of on the bean. */
    private static void rejectNotOverridden(HandlerMethod handler, Class<?> beanClass) {
        boolean isProxyOfClass = SpringProxy.class.isAssignableFrom(beanClass) && !Proxy.isProxyClass(beanClass);
        if (!isProxyOfClass || Modifier.isStatic(handler.method().getModifiers())) {
            return;
        }
        Method found = ReflectionUtils.findMethod(
                beanClass, handler.method().getName(), handler.method().getParameterTypes());
        if (found != null && Modifier.isFinal(found.getModifiers()) && !isOfProxy(found)) {
            throw hidden(
                    handler,
                    "The method is final" + RUNS_ON_PROXY,
                    "Remove \"final\" from the method (in Kotlin, declare it open)" + OR_NO_PROXY,
                    null);
        }
        if (found == null || !isOfProxy(found) || !mayOverride(beanClass, handler.method())) {
            throw hidden(
                    handler,
                    "The method is package-private in another package or class loader than the proxy" + RUNS_ON_PROXY,
                    "Make the method protected or public" + OR_NO_PROXY,
                    null);
        }
    }

    private static boolean isOfProxy(Method found) {
        return SpringProxy.class.isAssignableFrom(found.getDeclaringClass());
    }

    private static boolean mayOverride(Class<?> proxyClass, Method method) {
        Class<?> declaring = method.getDeclaringClass();
        return (method.getModifiers() & (Modifier.PUBLIC | Modifier.PROTECTED)) != 0
                || (declaring.getPackageName().equals(proxyClass.getPackageName())
                        && declaring.getClassLoader() == proxyClass.getClassLoader());
    }

    private static BatcherConfigurationException hidden(
            HandlerMethod handler, String why, String action, @Nullable Throwable cause) {
        return new BatcherConfigurationException(
                "The " + handler.kind().role() + " of batcher \"" + handler.batcher() + "\" cannot be called: "
                        + handler.describeInFull() + " is hidden by a proxy. " + why,
                action,
                cause);
    }
}

/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.store;

import io.batcher.store.ItemCodec;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.ResolvableType;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes items as JSON, by their declared type. What is stored names no class: the type to read is that of the batcher.
 *
 * <p>The first item of each class is read back when it is written, so that an item that could never be delivered is refused to the caller
 * that adds it. Date-times keep their zone, which the mapper of an application drops by default. Thread-safe.
 */
final class JsonItemCodec implements ItemCodec<Object> {

    private static final Log LOG = LogFactory.getLog(JsonItemCodec.class);
    private static final String ADVICE = "Annotate the types for Jackson, for subclasses with @JsonTypeInfo, or define"
            + " a bean of type " + ItemCodec.class.getName() + " for the item type";

    private final String type;
    private final JavaType javaType;
    private final ObjectWriter writer;
    private final ObjectReader reader;
    private final Set<Class<?>> proven = ConcurrentHashMap.newKeySet();

    private JsonItemCodec(String type, JavaType javaType, JsonMapper mapper) {
        this.type = type;
        this.javaType = javaType;
        ObjectWriter byClass = mapper.writer();
        this.writer = (javaType.hasGenericTypes() ? byClass.forType(javaType) : byClass)
                .with(DateTimeFeature.WRITE_DATES_WITH_ZONE_ID);
        this.reader = mapper.readerFor(javaType).without(DateTimeFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE);
    }

    /** Returns a codec with the mapper of the application; empty if there is no single one. */
    static Optional<ItemCodec<Object>> of(String type, ResolvableType itemType, BeanFactory beanFactory) {
        JsonMapper mapper = beanFactory.getBeanProvider(JsonMapper.class).getIfUnique();
        return mapper == null
                ? Optional.empty()
                : Optional.of(
                        new JsonItemCodec(type, mapper.getTypeFactory().constructType(itemType.getType()), mapper));
    }

    @Override
    public String type() {
        return type;
    }

    @Override
    public byte[] write(Object item) {
        byte[] bytes = writer.writeValueAsBytes(item);
        Class<?> itemClass = item.getClass();
        if (!proven.contains(itemClass)) {
            prove(item, bytes);
            proven.add(itemClass);
        }
        return bytes;
    }

    @Override
    public Object read(byte[] bytes) {
        return reader.readValue(bytes);
    }

    private void prove(Object item, byte[] bytes) {
        Class<?> itemClass = item.getClass();
        @Nullable Object copy;
        try {
            copy = read(bytes);
        } catch (JacksonException e) {
            throw new IllegalArgumentException(refusal(itemClass, "it cannot be read back"), e);
        }
        boolean container = copy instanceof Map || copy instanceof Collection;
        if (copy == null || (!container && copy.getClass() != itemClass)) {
            throw new IllegalArgumentException(refusal(
                    itemClass,
                    "it would be read as "
                            + (copy == null ? "null" : "a " + copy.getClass().getName())));
        }
        if (bytes.length == "{}".length() && !container && !copy.equals(item) && !hasProperties(item)) {
            throw new IllegalArgumentException(
                    refusal(itemClass, "Jackson finds no property in it, so nothing is stored"));
        }
        if (!copy.equals(item) && !Arrays.equals(writer.writeValueAsBytes(copy), bytes)) {
            LOG.warn("A " + itemClass.getName() + " is not read back from the store as it was added: a part of it has"
                    + " a declared type that does not say enough, or changes by itself. " + ADVICE);
        }
    }

    private boolean hasProperties(Object item) {
        try {
            writer.with(SerializationFeature.FAIL_ON_EMPTY_BEANS).writeValueAsBytes(item);
            return true;
        } catch (JacksonException none) {
            return false;
        }
    }

    private String refusal(Class<?> itemClass, String why) {
        return "A " + itemClass.getName() + " cannot be stored as JSON for a batcher of "
                + javaType.toCanonical() + ": " + why
                + ". " + ADVICE;
    }
}

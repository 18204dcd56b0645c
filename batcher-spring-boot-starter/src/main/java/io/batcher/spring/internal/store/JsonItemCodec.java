/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.store;

import io.batcher.store.ItemCodec;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.ResolvableType;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes items as JSON, by their declared type. What is stored names no class: the type to read is that of the batcher.
 *
 * <p>The first item of each class is read back when it is written, so that an item that could never be delivered is refused to the caller
 * that adds it. Thread-safe.
 */
final class JsonItemCodec implements ItemCodec<Object> {

    private final String type;
    private final JavaType javaType;
    private final JsonMapper mapper;
    private final Set<Class<?>> proven = ConcurrentHashMap.newKeySet();

    private JsonItemCodec(String type, JavaType javaType, JsonMapper mapper) {
        this.type = type;
        this.javaType = javaType;
        this.mapper = mapper;
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
        byte[] bytes = javaType.hasGenericTypes()
                ? mapper.writerFor(javaType).writeValueAsBytes(item)
                : mapper.writeValueAsBytes(item);
        Class<?> itemClass = item.getClass();
        if (!proven.contains(itemClass)) {
            prove(item, bytes);
            proven.add(itemClass);
        }
        return bytes;
    }

    @Override
    public Object read(byte[] bytes) {
        return mapper.readValue(bytes, javaType);
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
    }

    private boolean hasProperties(Object item) {
        try {
            mapper.writer().with(SerializationFeature.FAIL_ON_EMPTY_BEANS).writeValueAsBytes(item);
            return true;
        } catch (JacksonException none) {
            return false;
        }
    }

    private String refusal(Class<?> itemClass, String why) {
        return "A " + itemClass.getName() + " cannot be stored as JSON for a batcher of "
                + javaType.toCanonical() + ": " + why
                + ". Annotate the types for Jackson, for subclasses with @JsonTypeInfo, or define a bean of type "
                + ItemCodec.class.getName() + " for the item type";
    }
}

/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.docs;

import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/** Excludes Spring Security, which is on the class path of all tests, from every application that does not request it. */
public final class SecurityWhereAskedFor implements AutoConfigurationImportFilter, EnvironmentAware {

    static final String PROPERTY = "test.security";

    private boolean asked;

    @Override
    public void setEnvironment(Environment environment) {
        asked = environment.getProperty(PROPERTY, Boolean.class, false);
    }

    @Override
    public boolean[] match(String[] classes, AutoConfigurationMetadata metadata) {
        boolean[] matches = new boolean[classes.length];
        for (int i = 0; i < classes.length; i++) {
            matches[i] = asked || classes[i] == null || !classes[i].startsWith("org.springframework.boot.security.");
        }
        return matches;
    }
}

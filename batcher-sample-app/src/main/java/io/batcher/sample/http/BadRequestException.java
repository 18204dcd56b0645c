/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample.http;

/** Thrown when a request is invalid; the message tells the caller which rule it breaks. */
public final class BadRequestException extends RuntimeException {

    /** Creates the exception with a message for the caller. */
    public BadRequestException(String message) {
        super(message);
    }

    /** Returns the value, or throws if it is out of range. */
    public static int requireInRange(String parameter, int value, int least, int most) {
        if (value < least || value > most) {
            throw new BadRequestException(parameter + " must be from " + least + " to " + most + ", but was " + value);
        }
        return value;
    }
}

/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.actuate;

import io.batcher.store.DeadLetters;
import java.util.List;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * Description of the dead letters that a store keeps for a batcher, never the content of an item.
 *
 * @param count number of all letters
 * @param letters the letters of this page, by id
 */
public record DeadLettersDescriptor(String name, long count, List<Letter> letters) implements OperationResponseBody {

    private static final int PAGE = 100;

    static DeadLettersDescriptor of(String name, DeadLetters stored, long afterId) {
        return new DeadLettersDescriptor(
                name,
                stored.count(),
                stored.list(afterId, PAGE).stream().map(Letter::of).toList());
    }

    /**
     * A dead letter.
     *
     * @param type the name of the format of its item
     * @param attempts number of attempts with it
     * @param errorType the class name of the failure, or another short reason
     * @param ageMs time since it was given up
     */
    public record Letter(long id, String type, int attempts, String errorType, long ageMs) {

        static Letter of(DeadLetters.Letter letter) {
            return new Letter(
                    letter.id(),
                    letter.type(),
                    letter.attempts(),
                    letter.errorType(),
                    letter.age().toMillis());
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.podfile;

import java.util.List;
import java.util.Map;

/** What a file holds, whatever its syntax. */
sealed interface Value {
    /** {@code null}, which is as good as nothing. */
    record Nothing() implements Value {}

    /**
     * Text, or a number or truth value as it was written.
     *
     * @param text the characters
     * @param kind what it looks like
     */
    record Scalar(String text, Kind kind) implements Value {}

    /** What a scalar looks like. */
    enum Kind {
        TEXT,
        NUMBER,
        FLAG
    }

    /** A list. */
    record Items(List<Value> values) implements Value {}

    /** An object, in the order of the file. */
    record Entries(Map<String, Value> values) implements Value {}

    /** {@return what it is called in a message} */
    default String kindInWords() {
        return switch (this) {
            case Nothing n -> "nothing";
            case Scalar s ->
                    switch (s.kind()) {
                        case TEXT -> "text";
                        case NUMBER -> "a number";
                        case FLAG -> "true or false";
                    };
            case Items i -> "a list";
            case Entries e -> "an object";
        };
    }
}

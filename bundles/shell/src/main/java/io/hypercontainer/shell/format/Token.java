// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.format;

import org.jspecify.annotations.Nullable;

/** A piece of a template. */
sealed interface Token {
    /** Text outside of actions. */
    record Text(String text) implements Token {}

    /** Left delimiter. */
    record Open() implements Token {}

    /** Right delimiter. */
    record Close() implements Token {}

    /** Name of a function or a keyword. */
    record Word(String name) implements Token {}

    /** A field: {@code .Name}; empty for the dot itself. */
    record Dot(String name, boolean attached) implements Token {}

    /** A variable: {@code $name}. */
    record Variable(String name) implements Token {}

    /** A constant. */
    record Constant(@Nullable Object value) implements Token {}

    /** One of {@code ( ) | , := =}. */
    record Sign(String sign) implements Token {}
}

// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.format;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something in a template that has a value. */
sealed interface Expression {
    /** A constant; {@code null} for nil. */
    record Constant(@Nullable Object value) implements Expression {}

    /** The value that the surrounding block looks at. */
    record Dot() implements Expression {}

    /** A variable; the empty name is the value that the template was given. */
    record Variable(String name) implements Expression {}

    /** A field of a value, or a method of it. */
    record Field(Expression base, String name, List<Expression> arguments) implements Expression {}

    /** A call; what a pipe brings is the last argument. */
    record Call(String function, List<Expression> arguments) implements Expression {}
}

// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.format;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something in a template that does something. */
sealed interface Node {
    /** Prints text. */
    record Text(String text) implements Node {}

    /** Prints a value. */
    record Print(Expression value) implements Node {}

    /** Sets a variable, a new one or one that is there. */
    record Assign(String variable, boolean isNew, Expression value) implements Node {}

    /** One of two blocks; {@code with} looks at the value. */
    record If(
            @Nullable String variable,
            Expression condition,
            boolean with,
            List<Node> then,
            List<Node> otherwise)
            implements Node {}

    /** A block for each element, or the other block if there is none. */
    record Range(
            @Nullable String key,
            @Nullable String element,
            Expression values,
            List<Node> body,
            List<Node> otherwise)
            implements Node {}
}

// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.format;

import io.hypercontainer.api.InvalidSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The part of Go's template language (pkg.go.dev/text/template) that people write behind {@code
 * --format}: fields, variables, {@code if}, {@code with}, {@code range}, pipes, trim markers,
 * comments and docker's functions. Size, nesting, work and output are bounded.
 */
public final class Template {
    private static final int MAX_LENGTH = 64 * 1024;
    private final List<Node> nodes;

    private Template(List<Node> nodes) {
        this.nodes = nodes;
    }

    /**
     * @param source the template
     * @return the template, ready to use
     * @throws InvalidSpec if it is malformed
     */
    public static Template parse(String source) {
        if (source.length() > MAX_LENGTH) {
            throw new InvalidSpec(
                    "template parsing error: longer than " + MAX_LENGTH + " characters");
        }
        return new Template(Parser.parse(source));
    }

    /**
     * A shell hands {@code '\\t'} over as two characters, and docker turns them into one.
     *
     * @param format the template as a user wrote it behind {@code --format}
     * @return the template, ready to use
     * @throws InvalidSpec if it is malformed
     */
    public static Template ofOption(String format) {
        return parse(format.replace("\\t", "\t").replace("\\n", "\n"));
    }

    /**
     * @param data what the dot stands for, a value that {@link Fields} may hold
     * @return the text
     * @throws InvalidSpec if the template asks for something that the data does not have
     */
    public String render(@Nullable Object data) {
        return new Evaluator(data).run(nodes);
    }
}

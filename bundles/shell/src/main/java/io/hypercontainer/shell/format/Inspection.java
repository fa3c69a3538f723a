// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.format;

import java.io.PrintStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Things in all detail: an indented JSON array, or a template applied to each. */
public final class Inspection {
    private final boolean json;
    private final @Nullable Template template;

    /**
     * @param format what the user asked for, empty for the array
     */
    public Inspection(String format) {
        json = format.equals("json");
        template = format.isEmpty() || json ? null : Template.parse(format);
    }

    /**
     * Prints things.
     *
     * @param out receives them
     * @param things the things
     */
    public void print(PrintStream out, List<Fields> things) {
        if (template != null) {
            things.forEach(thing -> out.println(template.render(thing)));
        } else {
            out.println(json ? Json.line(things) : Json.indented(things));
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.view;

import io.hypercontainer.api.runtime.Finding;
import io.hypercontainer.shell.format.Fields;
import io.hypercontainer.shell.format.Listing;

/** Something wrong as {@code doctor} shows it. */
public final class FindingRow {
    /** Prints rows. */
    public static final Listing LISTING =
            new Listing(
                    "{{.Kind}}\\t{{.Subject}}\\t{{.State}}\\t{{.Problem}}",
                    new Fields()
                            .put("Kind", "KIND")
                            .put("Subject", "SUBJECT")
                            .put("State", "STATE")
                            .put("Problem", "PROBLEM"));

    private FindingRow() {}

    /**
     * @param finding something that is there
     * @return its row
     */
    public static Fields of(Finding finding) {
        return row(finding, finding.garbage() ? "garbage" : "wrong");
    }

    /**
     * @param finding something that was there
     * @return its row
     */
    public static Fields removed(Finding finding) {
        return row(finding, "removed");
    }

    private static Fields row(Finding finding, String state) {
        return new Fields()
                .put("Kind", finding.kind())
                .put("Subject", finding.subject())
                .put("State", state)
                .put("Problem", finding.problem());
    }
}

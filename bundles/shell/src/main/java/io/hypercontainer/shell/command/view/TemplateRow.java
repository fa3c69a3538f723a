// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.view;

import io.hypercontainer.api.runtime.Template;
import io.hypercontainer.shell.format.Fields;
import io.hypercontainer.shell.format.HumanSize;
import io.hypercontainer.shell.format.HumanTime;
import io.hypercontainer.shell.format.Listing;
import java.time.Duration;
import java.time.Instant;

/** A template as {@code template ls} shows it. */
public final class TemplateRow {
    /** Prints rows. */
    public static final Listing LISTING =
            new Listing(
                    "{{.ID}}\\t{{.Hypervisor}}\\t{{.CPUs}}\\t{{.Memory}}\\t{{.Disks}}\\t{{.NICs}}"
                            + "\\t{{.Spares}}\\t{{.Created}}",
                    new Fields()
                            .put("ID", "TEMPLATE ID")
                            .put("Hypervisor", "HYPERVISOR")
                            .put("CPUs", "CPUS")
                            .put("Memory", "MEMORY")
                            .put("Disks", "DISKS")
                            .put("NICs", "NICS")
                            .put("Spares", "SPARES")
                            .put("State", "STATE")
                            .put("Created", "CREATED"));

    private TemplateRow() {}

    /**
     * @param template a template
     * @param now the time now
     * @return its row
     */
    public static Fields of(Template template, Instant now) {
        return new Fields()
                .put("ID", template.id())
                .put("Hypervisor", template.hypervisor())
                .put("CPUs", Integer.toString(template.cpus()))
                .put("Memory", HumanSize.binary(template.memoryBytes()))
                .put("Disks", Integer.toString(template.disks()))
                .put("NICs", Integer.toString(template.nics()))
                .put("Spares", Integer.toString(template.spares()))
                .put("State", template.created().isPresent() ? "ready" : "building")
                .put(
                        "Created",
                        template.created()
                                .map(c -> HumanTime.ago(Duration.between(c, now)))
                                .orElse("being made"));
    }
}

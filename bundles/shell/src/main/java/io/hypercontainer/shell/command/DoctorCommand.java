// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.Finding;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.shell.command.view.FindingRow;
import io.hypercontainer.shell.format.Fields;
import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code doctor}: what is wrong or left over. */
@CommandLine.Command(
        name = "doctor",
        aliases = "system doctor",
        description = "List what is wrong or left over on this host, and clean up")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class DoctorCommand implements Command {
    private static final int SOMETHING_IS_WRONG = 1;

    private final Runtime runtime;

    @Option(
            names = "--gc",
            description = "Remove what nobody owns; volumes are never removed, nor what is damaged")
    private boolean collect;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "table, table TEMPLATE, json, or a Go template")
    private String format = "";

    /**
     * @param runtime finds it
     */
    @Activate
    public DoctorCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        List<Fields> rows = new ArrayList<>();
        if (collect) {
            runtime.doctor().collect().forEach(f -> rows.add(FindingRow.removed(f)));
        }
        List<Finding> findings = runtime.doctor().examine();
        findings.forEach(f -> rows.add(FindingRow.of(f)));
        if (rows.isEmpty() && format.isEmpty()) {
            session.out().println("Nothing is wrong, and nothing is left over.");
        } else {
            FindingRow.LISTING.print(session.out(), format, rows);
        }
        return findings.isEmpty() ? 0 : SOMETHING_IS_WRONG;
    }
}

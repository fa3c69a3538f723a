// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.Event;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.shell.command.option.TimeOption;
import io.hypercontainer.shell.command.view.EventFilter;
import io.hypercontainer.shell.command.view.EventRow;
import io.hypercontainer.shell.format.Json;
import io.hypercontainer.shell.format.Template;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code events}: prints what happens in the daemon. */
@CommandLine.Command(
        name = "events",
        aliases = "system events",
        description = "Get real time events from the daemon",
        footer = {
            "",
            "Examples:",
            "  hyperctl events --filter type=container --filter event=die",
            "  hyperctl events --since 1h --until 0s --format '{{json .}}'"
        })
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class EventsCommand implements Command {
    private final Runtime runtime;

    @Option(
            names = {"-f", "--filter"},
            paramLabel = "KEY=VALUE",
            description =
                    "Filter by type, event, container, pod, image, volume, network, daemon or"
                            + " label")
    private List<String> filters = new ArrayList<>();

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "Show all events since a time (2006-01-02T15:04:05Z) or for how long")
    private Optional<String> since = Optional.empty();

    @Option(
            names = "--until",
            paramLabel = "TIME",
            description = "Stream events until a time (2006-01-02T15:04:05Z) or how long ago")
    private Optional<String> until = Optional.empty();

    @Option(names = "--format", paramLabel = "FORMAT", description = "json, or a Go template")
    private String format = "";

    /**
     * @param runtime has the events
     */
    @Activate
    public EventsCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        Instant now = Instant.now();
        Optional<Instant> last = until.map(t -> TimeOption.parse("--until", t, now));
        // As docker: whoever names an end wants all that is kept before it.
        Optional<Instant> first =
                since.map(t -> TimeOption.parse("--since", t, now))
                        .or(() -> last.map(l -> Instant.EPOCH));
        if (first.isPresent() && last.isPresent() && first.get().isAfter(last.get())) {
            throw new InvalidSpec(
                    "--since " + first.get() + " cannot be after --until " + last.get());
        }
        EventFilter filter = EventFilter.parse(filters);
        Function<Event, String> printer = printer();
        runtime.events()
                .read(
                        first,
                        last,
                        event -> {
                            if (filter.test(event)) {
                                session.out().println(printer.apply(event));
                                session.out().flush();
                            }
                        });
        return 0;
    }

    private Function<Event, String> printer() {
        if (format.isEmpty()) {
            return EventRow::line;
        }
        if (format.equals("json")) {
            return event -> Json.line(EventRow.of(event));
        }
        Template template = Template.ofOption(format);
        return event -> template.render(EventRow.of(event));
    }
}

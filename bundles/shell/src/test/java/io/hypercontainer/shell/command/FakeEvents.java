// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.runtime.Event;
import io.hypercontainer.api.runtime.Events;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Events in memory; whoever reads gets all of them. */
final class FakeEvents implements Events {
    final List<Event> all = new ArrayList<>();
    final List<String> calls = new ArrayList<>();

    @Override
    public void read(Optional<Instant> since, Optional<Instant> until, Consumer<Event> sink) {
        calls.add(since.map(Instant::toString).orElse("-") + " " + until.isPresent());
        all.forEach(sink);
    }

    @Override
    public void publish(Event event) {
        all.add(event);
    }

    /** What was published, without the time. */
    List<String> told() {
        return all.stream()
                .map(e ->
                        e.type()
                                + " "
                                + e.action()
                                + " "
                                + e.id()
                                + " "
                                + new TreeMap<>(e.attributes()))
                .toList();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.view;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.runtime.Container;
import io.hypercontainer.api.runtime.Containers;
import io.hypercontainer.shell.format.Fields;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks again and again at what containers use. */
public final class StatsSampler {
    private final Containers containers;
    private final List<String> names;
    private final boolean all;
    private final boolean whole;
    private Map<String, StatsRow.Sample> before = Map.of();

    /**
     * @param containers has them
     * @param names the containers to look at; empty for those that run
     * @param all also those that do not run
     * @param whole whether nothing is cut short
     */
    public StatsSampler(Containers containers, List<String> names, boolean all, boolean whole) {
        this.containers = containers;
        this.names = List.copyOf(names);
        this.all = all;
        this.whole = whole;
    }

    /** {@return a row for each container, with what has changed since the last call} */
    public List<Fields> sample() {
        Map<String, StatsRow.Sample> samples = new HashMap<>();
        List<Container> selected = selected();
        for (Container container : selected) {
            if (container.state().isAlive()) {
                look(container.id()).ifPresent(sample -> samples.put(container.id(), sample));
            }
        }
        Map<String, StatsRow.Sample> earlier = before;
        before = samples;
        return selected.stream()
                .map(c ->
                        StatsRow.of(
                                c,
                                Optional.ofNullable(earlier.get(c.id())),
                                Optional.ofNullable(samples.get(c.id())),
                                whole))
                .toList();
    }

    private List<Container> selected() {
        if (!names.isEmpty()) {
            return names.stream().map(containers::get).toList();
        }
        return containers.list().stream().filter(c -> all || c.state().isAlive()).toList();
    }

    /** A container may end, or its guest be too busy, while it is looked at. */
    private Optional<StatsRow.Sample> look(String id) {
        try {
            return Optional.of(
                    new StatsRow.Sample(
                            containers.stats(id), containers.hostCosts(id), System.nanoTime()));
        } catch (Interrupted e) {
            throw e;
        } catch (HyperException e) {
            return Optional.empty();
        }
    }
}

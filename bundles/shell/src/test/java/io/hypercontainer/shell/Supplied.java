// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell;

import io.hypercontainer.api.command.Command;
import java.util.function.Supplier;

/** Commands of a test, without a framework. */
public record Supplied(Supplier<Command> supplier) implements CommandSource {
    /**
     * A catalog entry.
     *
     * @param group heading of the overview
     * @param supplier makes the instances
     * @return the entry
     */
    public static CommandEntry entry(String group, Supplier<Command> supplier) {
        return CommandEntry.of(group, new Supplied(supplier));
    }

    @Override
    public Command create() {
        return supplier.get();
    }

    @Override
    public void release(Command command) {}
}

// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.gogo;

import io.hypercontainer.api.command.SessionEvent;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Passes what happens to a client on to the command that runs in its shell, or to the shell. */
final class SignalRelay implements Consumer<SessionEvent> {
    private final Consumer<SessionEvent> shell;
    private volatile @Nullable Consumer<SessionEvent> command;

    SignalRelay(Consumer<SessionEvent> shell) {
        this.shell = shell;
    }

    void toCommand(Consumer<SessionEvent> listener) {
        command = listener;
    }

    void toShell() {
        command = null;
    }

    @Override
    public void accept(SessionEvent event) {
        var listener = command;
        if (event instanceof SessionEvent.Resize || listener == null) {
            shell.accept(event);
        }
        if (listener != null) {
            listener.accept(event);
        }
    }
}

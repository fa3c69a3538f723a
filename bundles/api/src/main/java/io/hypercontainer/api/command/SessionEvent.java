// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.command;

import io.hypercontainer.api.agent.TerminalSize;

/** Something that happened to a session. */
public sealed interface SessionEvent {
    /**
     * The client got a signal.
     *
     * @param number its number in Linux on x86-64
     */
    record Signal(int number) implements SessionEvent {}

    /**
     * The terminal's size has changed.
     *
     * @param size the new size
     */
    record Resize(TerminalSize size) implements SessionEvent {}
}

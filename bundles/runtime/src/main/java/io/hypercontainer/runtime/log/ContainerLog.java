// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.log;

import io.hypercontainer.api.runtime.LogLine;
import io.hypercontainer.api.runtime.LogOptions;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Consumer;

/** What is kept of what one container prints. */
public sealed interface ContainerLog permits FileLog, NoLog {
    /**
     * @param folder the container's folder
     * @param id the container's id
     * @param limits how much is kept; empty for nothing
     * @param clock dates entries
     * @return the log
     */
    static ContainerLog of(Path folder, String id, Optional<LogLimits> limits, Clock clock) {
        return limits.isPresent()
                ? new FileLog(folder, id, limits.get(), clock)
                : new NoLog(id.substring(0, Math.min(id.length(), 12)));
    }

    /**
     * Opens the log for a run, or for the rest of one.
     *
     * @return how much the container has printed, as far as the log tells
     */
    LogPosition open();

    /**
     * Adds what was printed; never throws.
     *
     * @param error whether it is error output
     * @param bytes holds what was printed
     * @param length number of bytes
     */
    void append(boolean error, byte[] bytes, int length);

    /** Ends a run: those who follow stop at the end. */
    void finish();

    /** The daemon stops: those who follow are told, the run goes on. */
    void abandon();

    /** {@return how much the container has printed} */
    LogPosition position();

    /** {@return what is wrong with writing it, one line, if anything} */
    Optional<String> problem();

    /**
     * Reads it, see {@link io.hypercontainer.api.runtime.Containers#logs}.
     *
     * @param options which part
     * @param sink called line by line
     */
    void read(LogOptions options, Consumer<LogLine> sink);
}

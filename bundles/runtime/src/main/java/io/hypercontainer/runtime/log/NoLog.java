// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.log;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.runtime.LogLine;
import io.hypercontainer.api.runtime.LogOptions;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Keeps nothing: an adopted process' output goes on with what its guest has not handed over yet.
 */
final class NoLog implements ContainerLog {
    private final String container;

    NoLog(String container) {
        this.container = container;
    }

    @Override
    public LogPosition open() {
        return LogPosition.START;
    }

    @Override
    public void append(boolean error, byte[] bytes, int length) {}

    @Override
    public void finish() {}

    @Override
    public void abandon() {}

    @Override
    public LogPosition position() {
        return LogPosition.START;
    }

    @Override
    public Optional<String> problem() {
        return Optional.empty();
    }

    @Override
    public void read(LogOptions options, Consumer<LogLine> sink) {
        throw new Conflict(
                "what container "
                        + container
                        + " prints is not kept, because its log driver is 'none': attach to it"
                        + " instead");
    }
}

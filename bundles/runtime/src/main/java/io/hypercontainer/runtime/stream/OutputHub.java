// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.stream;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gives one output stream of a process to all who are attached, from when they attached. */
final class OutputHub {
    private final List<Pipe> pipes = new ArrayList<>();
    private boolean relaxed;
    private boolean ended;
    private @Nullable String failure;

    synchronized Pipe connect() {
        Pipe pipe = new Pipe();
        if (relaxed) {
            pipe.relax();
        }
        if (failure != null) {
            pipe.fail(failure);
        } else if (ended) {
            pipe.end();
        } else {
            pipes.add(pipe);
        }
        return pipe;
    }

    /** Waits for those who have not read what came before. */
    void send(byte[] bytes, int length) throws InterruptedException {
        for (Pipe pipe : connected()) {
            pipe.write(bytes, length);
        }
    }

    private synchronized List<Pipe> connected() {
        pipes.removeIf(Pipe::isClosed);
        return List.copyOf(pipes);
    }

    synchronized void relax() {
        relaxed = true;
        pipes.forEach(Pipe::relax);
    }

    synchronized void end() {
        ended = true;
        pipes.forEach(Pipe::end);
    }

    synchronized void fail(String why) {
        if (!ended) {
            ended = true;
            failure = why;
            pipes.forEach(p -> p.fail(why));
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.event;

import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.runtime.Event;
import io.hypercontainer.api.runtime.Events;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last events. Readers are served from memory and hold nobody up; a file that cannot be written
 * costs events after the next start of the daemon, and nothing else.
 */
public final class EventLog implements Events, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);
    private static final Duration LONG = Duration.ofHours(1);

    private final EventCodec codec = new EventCodec();
    private final EventLimits limits;
    private final EventFiles files;
    private final Clock clock;
    private final Consumer<Optional<String>> trouble;

    // All below is guarded by this object, which also wakes those who wait for more.
    private final Deque<Kept> kept = new ArrayDeque<>();
    private long bytes;
    private long next;
    private boolean closed;

    private record Kept(long number, Event event, int bytes) {}

    /**
     * Reads what an earlier daemon kept.
     *
     * @param folder where the files are
     * @param limits how much is kept
     * @param clock tells when a reader has read all that it wants
     * @param trouble told why the files cannot be read or written, and nothing when they can again
     */
    public EventLog(
            Path folder, EventLimits limits, Clock clock, Consumer<Optional<String>> trouble) {
        this.limits = limits;
        this.files = new EventFiles(folder, limits.bytes());
        this.clock = clock;
        this.trouble = trouble;
        load(folder);
    }

    private synchronized void load(Path folder) {
        try {
            codec.decodeAll(files.older()).forEach(this::keep);
            codec.decodeAll(files.newest()).forEach(this::keep);
        } catch (IOException e) {
            trouble.accept(
                    Optional.of(
                            "earlier events cannot be read from "
                                    + folder
                                    + ": "
                                    + e.getMessage()));
        }
    }

    @Override
    public synchronized void publish(Event event) {
        if (closed) {
            return;
        }
        EventCodec.Encoded encoded = codec.encode(event);
        keep(encoded);
        notifyAll();
        try {
            files.append(encoded.line());
            trouble.accept(Optional.empty());
        } catch (IOException e) {
            trouble.accept(
                    Optional.of(
                            "events cannot be written and are lost when the daemon ends: "
                                    + e.getMessage()));
        }
    }

    private void keep(EventCodec.Encoded encoded) {
        kept.addLast(new Kept(next++, encoded.event(), encoded.line().length));
        bytes += encoded.line().length;
        while (kept.size() > 1 && (kept.size() > limits.events() || bytes > limits.bytes())) {
            bytes -= kept.removeFirst().bytes();
        }
    }

    @Override
    public void read(Optional<Instant> since, Optional<Instant> until, Consumer<Event> sink) {
        long position = since.isPresent() ? 0 : end();
        while (true) {
            for (Kept found : await(position, until)) {
                position = found.number() + 1;
                if (isWanted(found.event().time(), since, until)) {
                    sink.accept(found.event());
                }
            }
            if (until.isPresent() && !clock.instant().isBefore(until.get()) && end() <= position) {
                return;
            }
        }
    }

    private static boolean isWanted(
            Instant time, Optional<Instant> since, Optional<Instant> until) {
        return (since.isEmpty() || !time.isBefore(since.get()))
                && (until.isEmpty() || !time.isAfter(until.get()));
    }

    private synchronized long end() {
        return next;
    }

    /** {@return what is there from a position on, as soon as it is; nothing when time is up} */
    private synchronized List<Kept> await(long position, Optional<Instant> until) {
        try {
            while (next <= position) {
                if (closed) {
                    throw new Unavailable("the daemon is stopping");
                }
                if (until.isEmpty()) {
                    wait();
                    continue;
                }
                Duration left = Duration.between(clock.instant(), until.get());
                if (!left.isPositive()) {
                    return List.of();
                }
                wait(left.compareTo(LONG) > 0 ? LONG.toMillis() : left.toMillis() + 1);
            }
        } catch (InterruptedException e) {
            throw new Interrupted("waiting for events", e);
        }
        Deque<Kept> found = new ArrayDeque<>();
        Iterator<Kept> latest = kept.descendingIterator();
        while (latest.hasNext()) {
            Kept one = latest.next();
            if (one.number() < position) {
                break;
            }
            found.addFirst(one);
        }
        return List.copyOf(found);
    }

    /** Keeps no more; readers are told that the daemon stops. */
    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
        try {
            files.close();
        } catch (IOException e) {
            LOG.warn("the file of the events: {}", e.getMessage());
        }
    }
}

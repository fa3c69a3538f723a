// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.agent;

import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.agent.ExitStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The ends of processes that the guest has told and the host has not acknowledged. */
final class Exits {
    /** More than the guest's limit of processes. */
    private static final int MAX = 4096;

    private static final int MAX_CODE = 255;

    private static final int MAX_SIGNAL = 64;

    record Key(String container, String process) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<Key, ExitStatus> known = new HashMap<>();
    private @Nullable Supplier<RuntimeException> lost;

    void add(ObjectNode event) throws ProtocolViolation {
        Key key = new Key(text(event.path("container")), text(event.path("process")));
        long time = event.path("timeNanoseconds").asLong(0);
        ExitStatus status =
                new ExitStatus(
                        number(event.path("code"), MAX_CODE),
                        number(event.path("signal"), MAX_SIGNAL),
                        event.path("oom").asBoolean(false),
                        Instant.ofEpochSecond(0, Math.max(0, time)));
        lock.lock();
        try {
            if (known.size() >= MAX) {
                throw new ProtocolViolation("more than " + MAX + " ended processes");
            }
            // The guest repeats itself; the first word counts.
            known.putIfAbsent(key, status);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static String text(JsonNode node) throws ProtocolViolation {
        String text = node.asString("");
        if (text.isEmpty() || text.length() > 64) {
            throw new ProtocolViolation("an exit event without container or process");
        }
        return text;
    }

    private static int number(JsonNode node, int max) throws ProtocolViolation {
        int value = node.asInt(0);
        if (value < 0 || value > max) {
            throw new ProtocolViolation("an exit event with the number " + value);
        }
        return value;
    }

    Optional<ExitStatus> await(Key key, Duration timeout) {
        lock.lock();
        try {
            long left = timeout.toNanos();
            while (true) {
                ExitStatus status = known.get(key);
                if (status != null) {
                    return Optional.of(status);
                }
                if (lost != null) {
                    throw lost.get();
                }
                if (left <= 0) {
                    return Optional.empty();
                }
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            throw new Interrupted("wait for the end of a process", e);
        } finally {
            lock.unlock();
        }
    }

    void forget(Key key) {
        lock.lock();
        try {
            known.remove(key);
        } finally {
            lock.unlock();
        }
    }

    void forgetContainer(String container) {
        lock.lock();
        try {
            known.keySet().removeIf(key -> key.container().equals(container));
        } finally {
            lock.unlock();
        }
    }

    void onLost(Supplier<RuntimeException> failure) {
        lock.lock();
        try {
            lost = failure;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.agent;

import io.hypercontainer.api.HyperException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The requests that wait for their answers. */
final class Calls {
    private final String guest;
    private final Map<Integer, Call> pending = new ConcurrentHashMap<>();
    private final AtomicInteger last = new AtomicInteger();

    Calls(String guest) {
        this.guest = guest;
    }

    Call add(String operation, Duration timeout) {
        int id = last.incrementAndGet();
        Call call = new Call(id, guest, operation, timeout, () -> pending.remove(id));
        pending.put(id, call);
        return call;
    }

    void answer(Frame frame) throws ProtocolViolation {
        int id = frame.id();
        if (id <= 0 || id > last.get()) {
            throw new ProtocolViolation("an answer to a request that was never made");
        }
        var content = Json.read(frame.payload());
        Call call = pending.remove(id);
        // Otherwise whoever asked has given up.
        if (call != null) {
            call.answer(frame.type() == FrameType.ERROR, content);
        }
    }

    void onLost(HyperException failure) {
        pending.values().forEach(call -> call.fail(failure));
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.agent.ExitStatus;
import io.hypercontainer.api.runtime.Event;
import io.hypercontainer.api.runtime.Events;
import io.hypercontainer.runtime.store.ContainerRecord;
import io.hypercontainer.runtime.store.PodRecord;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** Tells what happens in the runtime, in docker's words. */
final class Happenings {
    private final Events events;
    private final Clock clock;

    Happenings(Events events, Clock clock) {
        this.events = events;
        this.clock = clock;
    }

    void container(ContainerRecord container, String action) {
        container(container, action, Map.of());
    }

    /**
     * @param more attributes besides those that each event of a container has
     */
    void container(ContainerRecord container, String action, Map<String, String> more) {
        Map<String, String> attributes = new HashMap<>(container.spec().labels());
        attributes.put("image", container.image());
        attributes.put("name", container.name());
        attributes.putAll(more);
        publish("container", action, container.id(), attributes);
    }

    void died(ContainerRecord container, ExitStatus status, Instant started) {
        if (status.outOfMemory()) {
            container(container, "oom");
        }
        Map<String, String> more = new HashMap<>();
        more.put("exitCode", Integer.toString(status.exitCode()));
        Duration ran = Duration.between(started, clock.instant());
        more.put("execDuration", Long.toString(Math.max(0, ran.toSeconds())));
        if (status.signal() != 0) {
            more.put("signal", Integer.toString(status.signal()));
        }
        container(container, "die", more);
    }

    void pod(PodRecord pod, String action) {
        pod(pod, action, Map.of());
    }

    /** Nothing is told of a pod that was made for one container: what happens to that is. */
    void pod(PodRecord pod, String action, Map<String, String> more) {
        if (pod.single()) {
            return;
        }
        Map<String, String> attributes = new HashMap<>(pod.labels());
        attributes.put("name", pod.name());
        attributes.putAll(more);
        publish("pod", action, pod.id(), attributes);
    }

    /**
     * @param why empty if a user stopped it
     */
    void ended(PodRecord pod, String why) {
        if (why.isEmpty()) {
            pod(pod, "stop");
        } else {
            pod(pod, "die", Map.of("reason", why));
        }
    }

    void volume(String name, String driver, String action) {
        publish("volume", action, name, Map.of("driver", driver));
    }

    void daemon(String action, String version) {
        publish("daemon", action, "hyperd", Map.of("name", "hyperd", "version", version));
    }

    private void publish(String type, String action, String id, Map<String, String> attributes) {
        events.publish(new Event(clock.instant(), type, action, id, attributes));
    }
}

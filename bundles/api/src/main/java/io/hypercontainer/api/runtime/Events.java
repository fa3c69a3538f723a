// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/** What happens in this daemon. The last events are kept, also when the daemon restarts. */
@ProviderType
public interface Events {
    /**
     * Reads events, each exactly once and in their order.
     *
     * @param since the first wanted, as far as it is kept; empty for none of the past
     * @param until the last wanted; returns when that time has come. Empty to go on until the
     *     thread is interrupted
     * @param sink called on the calling thread; a slow one misses nothing that is still kept
     */
    void read(Optional<Instant> since, Optional<Instant> until, Consumer<Event> sink);

    /**
     * Tells that something happened. For those who do it: the runtime, and front ends for what they
     * do with images.
     *
     * @param event what
     */
    void publish(Event event);
}

// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.agent.CannotExecute;
import io.hypercontainer.api.runtime.Attachment;
import io.hypercontainer.api.runtime.Health;
import io.hypercontainer.runtime.health.HealthMonitor;
import io.hypercontainer.runtime.health.Patient;
import io.hypercontainer.runtime.store.Phase;
import java.util.List;

/** Has containers checked that want it, for as long as they run and are not paused. */
final class HealthKeeper {
    private final HealthMonitor monitor;
    private final Executor executor;
    private final Happenings happenings;

    HealthKeeper(HealthMonitor monitor, Executor executor, Happenings happenings) {
        this.monitor = monitor;
        this.executor = executor;
        this.happenings = happenings;
    }

    /** A container runs, or is found running. */
    void begin(ManagedContainer container, Run run) {
        if (container.record().phase() instanceof Phase.Running running) {
            container
                    .record()
                    .supervision()
                    .healthCheck()
                    .ifPresent(check ->
                            monitor.begin(
                                    container.id(),
                                    check,
                                    running.since(),
                                    run.pod().isPaused(),
                                    new Checked(container, run)));
        }
    }

    private final class Checked implements Patient {
        private final ManagedContainer container;
        private final Run run;

        Checked(ManagedContainer container, Run run) {
            this.container = container;
            this.run = run;
        }

        @Override
        public Attachment execute(List<String> command) throws CannotExecute {
            return executor.check(container, run, command);
        }

        @Override
        public void noted(Health before, Health now) {
            run.is(now);
            if (before.status() != now.status()) {
                happenings.container(container.record(), "health_status: " + now.status());
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.driver;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.driver.Driver;
import io.hypercontainer.api.driver.Probe;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.wiring.FrameworkWiring;

/**
 * A bundle that is in the framework on trial: it has to resolve, to bring its drivers up, and they
 * have to work here. Whoever tries it takes it out again if one of that fails.
 */
final class Candidate {
    private static final int LONGEST_WORDS = 300;

    private final BundleContext context;
    private final Bundle bundle;
    private final String name;

    /**
     * @param name what its user calls it
     */
    Candidate(BundleContext context, Bundle bundle, String name) {
        this.context = context;
        this.bundle = bundle;
        this.name = name;
    }

    /**
     * @throws InvalidSpec if it lacks something, with what it lacks
     */
    void resolve() {
        FrameworkWiring framework = context.getBundle(0).adapt(FrameworkWiring.class);
        if (framework.resolveBundles(List.of(bundle))) {
            return;
        }
        List<String> missing = new Requirements(framework).missing(bundle);
        if (!missing.isEmpty()) {
            throw new InvalidSpec(name + " cannot be used here: " + String.join("; ", missing));
        }
        start();
    }

    /**
     * @throws InvalidSpec if it cannot be started
     */
    void start() {
        try {
            bundle.start(Bundle.START_TRANSIENT);
        } catch (BundleException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new InvalidSpec(name + " cannot be started: " + words(cause), e);
        }
    }

    /**
     * Waits for its drivers and has them look at the host.
     *
     * @param patience how long they may take
     * @param reason why a driver of the bundle does not come up, if somebody knows
     * @throws InvalidSpec if one does not come up or cannot work here
     */
    void prove(
            List<Provided> drivers, Duration patience, Function<Bundle, Optional<String>> reason) {
        for (Provided provided : drivers) {
            try (Published published =
                    await(provided, patience)
                            .orElseThrow(() -> absent(provided, reason.apply(bundle)))) {
                Probe probe = probe(published.driver(), provided, patience);
                if (!probe.usable()) {
                    throw new InvalidSpec(
                            name
                                    + " cannot work on this host: "
                                    + String.join("; ", probe.reasons()));
                }
            }
        }
    }

    private InvalidSpec absent(Provided provided, Optional<String> reason) {
        return new InvalidSpec(
                name
                        + " does not bring its "
                        + provided
                        + " up: "
                        + reason.orElse("it publishes no service of that name"));
    }

    private Optional<Published> await(Provided provided, Duration patience) {
        Object change = new Object();
        ServiceListener listener =
                event -> {
                    synchronized (change) {
                        change.notifyAll();
                    }
                };
        context.addServiceListener(listener);
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            synchronized (change) {
                while (true) {
                    Optional<Published> found = Published.find(context, bundle, provided);
                    long millis = (deadline - System.nanoTime()) / 1_000_000;
                    if (found.isPresent() || millis <= 0) {
                        return found;
                    }
                    change.wait(millis);
                }
            }
        } catch (InterruptedException e) {
            throw new Interrupted("waiting for the " + provided, e);
        } finally {
            context.removeServiceListener(listener);
        }
    }

    private Probe probe(Driver driver, Provided provided, Duration patience) {
        FutureTask<Probe> answer = new FutureTask<>(driver::probe);
        Thread.ofVirtual().name("hyper-probe " + provided.name()).start(answer);
        try {
            return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new InvalidSpec(
                    name
                            + ": the probe of its "
                            + provided
                            + " did not answer within "
                            + patience.toSeconds()
                            + " s",
                    e);
        } catch (InterruptedException e) {
            throw new Interrupted("probing the " + provided, e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof HyperException said) {
                return Probe.unusable(words(said));
            }
            throw new InvalidSpec(
                    name
                            + ": the probe of its "
                            + provided
                            + " failed: "
                            + words(e.getCause() == null ? e : e.getCause()),
                    e);
        } finally {
            answer.cancel(true);
        }
    }

    static String words(Throwable problem) {
        String said = problem.getMessage() == null ? problem.toString() : problem.getMessage();
        String line = said.lines().findFirst().orElse("");
        return line.length() > LONGEST_WORDS ? line.substring(0, LONGEST_WORDS) + "…" : line;
    }
}

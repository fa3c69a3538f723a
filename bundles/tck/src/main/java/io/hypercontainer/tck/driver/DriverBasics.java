// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.driver;

import static io.hypercontainer.tck.kit.Expect.none;
import static io.hypercontainer.tck.kit.Expect.oneLine;
import static io.hypercontainer.tck.kit.Expect.same;
import static io.hypercontainer.tck.kit.Expect.that;

import io.hypercontainer.api.driver.Holding;
import io.hypercontainer.tck.kit.Contract;
import io.hypercontainer.tck.kit.DriverJar;
import io.hypercontainer.tck.kit.Folders;
import io.hypercontainer.tck.kit.Kit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What holds for drivers of all kinds. */
@Contract
@DisplayName("Driver")
public final class DriverBasics {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final int ATTEMPTS = 5;
    private static final int THREADS = 16;

    @Test
    @DisplayName("Its name is lower case, [a-z][a-z0-9-]*, the same for the life of the driver")
    void name(Kit kit) {
        var name = kit.driver().name();

        that(name.matches("[a-z][a-z0-9-]*"), "its name is '%s'", name);
        kit.restartDriver();
        same("the name after a restart", name, kit.driver().name());
    }

    @Test
    @DisplayName("What a bundle drives is known before it is started: capability hyper.driver")
    void capability(Kit kit) {
        var told = DriverJar.read(kit.setup().jar()).told(kit.setup().kind());

        that(
                told.contains(kit.driver().name()),
                "the manifest tells of drivers %s of kind %s, and this one is '%s': annotate it"
                        + " with @ProvidesDriver",
                told,
                kit.setup().kind(),
                kit.driver().name());
    }

    @Test
    @DisplayName("It needs nothing of HyperContainer but io.hypercontainer.api.*")
    void imports(Kit kit) {
        var jar = DriverJar.read(kit.setup().jar());
        Assumptions.assumeFalse(
                jar.name().startsWith("io.hypercontainer."), "it is one of HyperContainer's own");

        none("it imports", jar.foreign());
    }

    @Test
    @DisplayName("probe answers within a second")
    void probeIsFast(Kit kit) {
        fast("probe", () -> kit.driver().probe());
    }

    @Test
    @DisplayName("probe and census change nothing")
    void probeChangesNothing(Kit kit) {
        var before = files(kit);

        var first = kit.driver().probe();
        var census = kit.driver().census();

        var after = files(kit);
        after.removeAll(before);
        none("new files", after);
        same("the second probe", first.usable(), kit.driver().probe().usable());
        same("the second census", words(census), words(kit.driver().census()));
    }

    private static Set<String> words(List<Holding> census) {
        var words = new TreeSet<String>();
        census.forEach(h -> words.add(h.toString()));
        return words;
    }

    @Test
    @DisplayName("A probe's reasons are one line each, its facts have names")
    void probeIsReadable(Kit kit) {
        var probe = kit.driver().probe();

        probe.reasons().forEach(r -> oneLine("a reason", r));
        probe.facts().forEach((k, v) -> oneLine("a fact", k + " " + v));
    }

    @Test
    @DisplayName("census takes well below a second")
    void censusIsFast(Kit kit) {
        fast("census", () -> kit.driver().census());
    }

    @Test
    @DisplayName("census lists what the driver has: nothing, where nothing was made")
    void censusOfNothing(Kit kit) {
        try (var fresh = kit.another()) {
            none("it lists", fresh.driver().census());
        }
    }

    @Test
    @DisplayName("dispose: what is gone, or in use by now, is left alone, and so is what is Wrong")
    void disposeOfNothing(Kit kit) {
        kit.driver().dispose(new Holding.Owned("process", "4000000 (none)", "no-such-owner"));
        kit.driver().dispose(new Holding.Left("file", kit.home() + "/no-such-file", "a test"));
        kit.driver().dispose(new Holding.Wrong("file", "/etc/hostname", "a test"));

        that(java.nio.file.Files.exists(Path.of("/etc/hostname")), "/etc/hostname is gone");
    }

    @Test
    @DisplayName("Any number of threads call at once")
    void threads(Kit kit) throws InterruptedException {
        var driver = kit.driver();
        var calls = new ArrayList<Callable<String>>();
        for (int i = 0; i < THREADS; i++) {
            calls.add(() -> driver.name() + driver.probe().usable() + words(driver.census()));
        }

        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = new TreeSet<String>();
            for (var call : executor.invokeAll(calls)) {
                answers.add(call.get());
            }
            same("the number of different answers", 1, answers.size());
        } catch (ExecutionException e) {
            throw new AssertionError("a call fails: " + e.getCause(), e);
        }
    }

    @Test
    @DisplayName("A driver may be stopped, updated or removed at any time")
    void stops(Kit kit) {
        kit.daemon().stopDriver();

        that(!kit.daemon().hasDriver(), "its service is still there");
        kit.daemon().startDriver();
        that(kit.driver().probe().usable(), "it says that it is not usable any more");
    }

    /** The best of several: a busy host is not the driver's fault. */
    private static void fast(String what, Runnable call) {
        var best = Duration.ofDays(1);
        for (int i = 0; i < ATTEMPTS && best.compareTo(SECOND) > 0; i++) {
            var start = System.nanoTime();
            call.run();
            var took = Duration.ofNanos(System.nanoTime() - start);
            best = took.compareTo(best) < 0 ? took : best;
        }
        that(best.compareTo(SECOND) <= 0, "%s takes %d ms", what, best.toMillis());
    }

    private static Set<String> files(Kit kit) {
        return Folders.list(kit.root(), f -> !f.equals(kit.root().resolve("cache")));
    }
}

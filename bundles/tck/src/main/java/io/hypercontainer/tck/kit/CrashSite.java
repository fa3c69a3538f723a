// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.kit;

import io.hypercontainer.api.hypervisor.VmRecord;
import java.nio.file.Path;
import java.util.Optional;

/** A state folder on which daemons are killed, and on which others go on. */
public final class CrashSite implements AutoCloseable {
    private final Setup setup;
    private final Path root;

    private CrashSite(Setup setup, Path root) {
        this.setup = setup;
        this.root = root;
    }

    /** Makes an empty one. */
    public static CrashSite make(Kit kit) {
        return new CrashSite(kit.setup(), Folders.makeRoot());
    }

    /** See {@link Victim#killAfter}. */
    public Optional<String> killAfter(Work work, String name, int changes) {
        return Victim.killAfter(setup, root, work, name, changes, this::counts);
    }

    /** See {@link Victim#killInTheMiddle}. */
    public Optional<String> killInTheMiddle(Work work, String name) {
        return Victim.killInTheMiddle(setup, root, work, name);
    }

    /** See {@link Victim#killAtTheEnd}. */
    public String killAtTheEnd(Work work, String name) {
        return Victim.killAtTheEnd(setup, root, work, name);
    }

    /** Kills a daemon whose machine runs. */
    public VmRecord killAfterLaunch(String machine) {
        return Records.decode(killAtTheEnd(Work.LAUNCH, machine));
    }

    private boolean counts(Path file) {
        return !file.equals(root.resolve("cache")) && !file.equals(root.resolve("files"));
    }

    /** Starts the next daemon; closing it removes the folder. */
    public Kit restart() {
        return Kit.goOn(setup, root);
    }

    @Override
    public void close() {
        Folders.delete(root);
    }
}

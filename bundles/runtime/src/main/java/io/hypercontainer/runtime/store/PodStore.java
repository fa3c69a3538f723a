// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Pods on disk: {@code <root>/pods/<id>/pod.json}, and {@code machine.json} beside it while a
 * machine may run.
 */
public final class PodStore extends RecordStore<PodRecord> {
    private static final String MACHINE = "machine.json";

    /**
     * @param root the daemon's state folder
     * @param clock dates damaged files
     */
    public PodStore(Path root, Clock clock) {
        super("pod", PodRecord.class, PodRecord.SCHEMA, root, clock);
    }

    /**
     * Writes what a pod holds on the host.
     *
     * @param id the pod's id
     * @param machine what it holds
     */
    public void saveMachine(String id, MachineRecord machine) {
        try {
            AtomicFile.write(folder(id), MACHINE, records.write(machine), false);
        } catch (IOException e) {
            throw failed("write", id, e);
        }
    }

    /**
     * Reads what a pod holds on the host. A damaged file is set aside; one that is empty, as a
     * crash of the host leaves it, means nothing.
     *
     * @param id the pod's id
     * @param problems takes what is damaged
     * @return what it holds, as far as is known
     */
    public Optional<MachineRecord> machine(String id, Consumer<Problem> problems) {
        Path path = folder(id).resolve(MACHINE);
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        try {
            byte[] content = isFile(path) ? read(path) : new byte[0];
            if (isFile(path) && content.length == 0) {
                deleteMachine(id);
                return Optional.empty();
            }
            return parse(path, content, problems);
        } catch (IOException e) {
            problems.accept(new Problem(path, "cannot read " + path + ": " + e));
            return Optional.empty();
        }
    }

    private Optional<MachineRecord> parse(Path path, byte[] content, Consumer<Problem> problems)
            throws IOException {
        try {
            MachineRecord machine = records.read(content, MachineRecord.class);
            if (machine.schema() != MachineRecord.SCHEMA) {
                throw new IllegalStateException("its version is " + machine.schema());
            }
            return Optional.of(machine);
        } catch (RuntimeException e) { // Jackson's, and those of the records' own checks
            problems.accept(setAside(path, e));
            return Optional.empty();
        }
    }

    /**
     * Notes that a pod holds nothing any more.
     *
     * @param id the pod's id
     */
    public void deleteMachine(String id) {
        try {
            Files.deleteIfExists(folder(id).resolve(MACHINE));
        } catch (IOException e) {
            throw failed("write", id, e);
        }
    }
}

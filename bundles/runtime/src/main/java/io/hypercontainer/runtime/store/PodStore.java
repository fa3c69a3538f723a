// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import tools.jackson.core.JacksonException;

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
     * @param id a pod's id
     * @return what it holds on the host; empty if nothing, or if the file is damaged, as after a
     *     crash of the host
     */
    public Optional<MachineRecord> machine(String id) {
        try {
            return Optional.of(
                    records.read(read(folder(id).resolve(MACHINE)), MachineRecord.class));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | JacksonException e) {
            deleteMachine(id);
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

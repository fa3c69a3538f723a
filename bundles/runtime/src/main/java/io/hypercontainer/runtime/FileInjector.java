// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.agent.GuestAgent;
import io.hypercontainer.api.agent.GuestContainer;
import io.hypercontainer.api.runtime.FileSpec;
import io.hypercontainer.runtime.store.ContainerRecord;
import io.hypercontainer.runtime.store.FileShelf;
import io.hypercontainer.runtime.store.Phase;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes containers in guests, and puts files into them before they start: all at once, as an
 * archive that the guest unpacks within the container's root.
 */
final class FileInjector {
    private final FileShelf shelf;

    FileInjector(FileShelf shelf) {
        this.shelf = shelf;
    }

    /**
     * Makes a container in the guest, with its files: before its first start, and again and again
     * if its root is in memory.
     *
     * @throws InvalidSpec if an owner does not exist in the container
     * @throws io.hypercontainer.api.Conflict if there is something else in a file's place
     */
    void create(ContainerRecord container, GuestContainer made, GuestAgent agent) {
        boolean first = container.phase() instanceof Phase.Created;
        List<FileSpec> files =
                first || container.options().readOnly() ? shelf.load(container.id()) : List.of();
        if (files.isEmpty()) {
            agent.createContainer(made);
            return;
        }
        agent.createUnsealed(made);
        byte[] archive = archive(files, new Owners(container.id(), agent));
        agent.writeArchive(container.id(), "/", new ByteArrayInputStream(archive), true);
    }

    private static byte[] archive(List<FileSpec> files, Owners owners) {
        TarWriter tar = new TarWriter();
        for (FileSpec file : files) {
            tar.file(
                    file.path().substring(1),
                    file.mode(),
                    owners.user(file.user()),
                    owners.group(file.group()),
                    file.content());
        }
        return tar.finish();
    }

    /** Numbers of users and groups, looked up in the container where they are names. */
    private static final class Owners {
        private final String container;
        private final GuestAgent agent;
        private final Map<String, Map<String, Long>> files = new HashMap<>();

        Owners(String container, GuestAgent agent) {
            this.container = container;
            this.agent = agent;
        }

        long user(String name) {
            return number("user", name, "/etc/passwd");
        }

        long group(String name) {
            return number("group", name, "/etc/group");
        }

        private long number(String what, String name, String file) {
            if (name.isEmpty() || name.matches("\\d{1,10}")) {
                return name.isEmpty() ? 0 : Long.parseLong(name);
            }
            Long number = files.computeIfAbsent(file, this::read).get(name);
            if (number == null) {
                throw new InvalidSpec(
                        "the container has no "
                                + what
                                + " '"
                                + name
                                + "' to own a file: "
                                + file
                                + " does not name it");
            }
            return number;
        }

        private Map<String, Long> read(String file) {
            try {
                return AccountFile.parse(GuestFile.read(agent, container, file));
            } catch (NotFound e) {
                return Map.of();
            } catch (IOException e) {
                throw new DriverFailure(
                        "cannot read " + file + " of the container: " + e.getMessage(), e);
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.copy;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.agent.PathStat;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.ContainerFiles;
import io.hypercontainer.shell.archive.TarEntry;
import io.hypercontainer.shell.archive.TarWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** A copy between a client and a container. */
public final class Copy {
    private final Session session;
    private final ContainerFiles files;
    private final String name;
    private final boolean follow;

    /**
     * @param session the client's side
     * @param files the container's side
     * @param name the container, for messages
     * @param follow whether the source is followed if it is a link
     */
    public Copy(Session session, ContainerFiles files, String name, boolean follow) {
        this.session = session;
        this.files = files;
        this.name = name;
        this.follow = follow;
    }

    /**
     * Copies out of the container.
     *
     * @param from a path in it
     * @param to a path of the client, {@code -} for standard output
     * @return size of what was copied
     * @throws IOException if the client cannot write it
     */
    public long out(String from, String to) throws IOException {
        CopyPath source = CopyPath.inContainer(from);
        Looking guest = Looking.inContainer(files);
        if (to.equals("-")) {
            String path = resolve(guest, source, from).path();
            return new Conveyor()
                    .run(
                            sink -> files.readArchive(path, sink),
                            archive -> {
                                archive.transferTo(session.out());
                                flush();
                            });
        }
        CopyPath destination = CopyPath.local(to, session.workingDirectory());
        Looking.Found there = destination(destination);
        Looking.Found found = resolve(guest, source, from);
        Plan plan = Plan.of(source, found.isFolder(), destination, there, to);
        if (plan.name().isPresent() && source.path().equals("/")) {
            // The root has no name that another could stand for.
            session.writeArchive(plan.folder(), plan.name(), folder(found.stat().orElseThrow()));
            plan = new Plan(there.path(), Optional.empty());
        }
        return unpack(plan, source.content() ? source.content(plan.name()) : found.path());
    }

    private long unpack(Plan plan, String path) throws IOException {
        return new Conveyor()
                .run(
                        sink -> files.readArchive(path, sink),
                        archive -> session.writeArchive(plan.folder(), plan.name(), archive));
    }

    private static InputStream folder(PathStat stat) throws IOException {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        TarWriter tar = new TarWriter(archive);
        int mode = stat.mode() & 0777;
        tar.begin(new TarEntry("root/", TarEntry.Kind.FOLDER, mode, 0, 0, stat.modified(), 0, ""));
        tar.finish();
        return new ByteArrayInputStream(archive.toByteArray());
    }

    private void flush() throws IOException {
        if (session.out().checkError()) {
            throw new IOException("the client takes no more output");
        }
    }

    /** {@return what is read, which is no link if it has to be followed} */
    private Looking.Found resolve(Looking guest, CopyPath source, String written)
            throws IOException {
        Looking.Found found;
        if (source.content()) {
            found = new Looking.Found(source.followed(), guest.at(source.followed()));
        } else if (source.slash() || follow) {
            found = guest.follow(source.path());
        } else {
            found = new Looking.Found(source.path(), guest.at(source.path()));
        }
        if (found.stat().isEmpty()) {
            throw new NotFound("could not find the file " + written + " in container " + name);
        }
        if (source.assertsFolder() && !found.isFolder()) {
            throw new InvalidSpec(written + " in container " + name + ": not a directory");
        }
        return found;
    }

    private Looking.Found destination(CopyPath destination) throws IOException {
        Looking.Found found = Looking.local(session).follow(destination.followed());
        if (found.stat().isPresent()) {
            return found;
        }
        // What is not there is made, in a folder that is.
        Looking.Found missing = Looking.local(session).follow(destination.path());
        String parent = CopyPath.parent(missing.path());
        Optional<PathStat> folder = session.stat(parent, true);
        if (folder.isEmpty()) {
            throw new InvalidSpec("invalid output path: directory '" + parent + "' does not exist");
        }
        if (!folder.get().isFolder()) {
            throw new InvalidSpec("invalid output path: '" + parent + "' is not a directory");
        }
        return missing;
    }

    /**
     * Copies into the container.
     *
     * @param from a path of the client, {@code -} for an archive on standard input
     * @param to a path in the container
     * @param owners whether owners are kept; an archive's always are
     * @return size of what was copied
     * @throws IOException if the client cannot read it
     */
    public long in(String from, String to, boolean owners) throws IOException {
        CopyPath destination = CopyPath.inContainer(to);
        Looking.Found there = Looking.inContainer(files).follow(destination.path());
        if (from.equals("-")) {
            if (!there.isFolder()) {
                throw new InvalidSpec(
                        "destination '" + to + "' in the container must be a directory");
            }
            files.writeArchive(there.path(), session.in(), true);
            return 0;
        }
        CopyPath source = CopyPath.local(from, session.workingDirectory());
        boolean followed = follow || source.assertsFolder();
        PathStat stat =
                session.stat(source.followed(), followed)
                        .orElseThrow(() -> new NotFound(from + ": no such file or directory"));
        Plan plan = Plan.of(source, stat.isFolder(), destination, there, to);
        return new Conveyor()
                .run(
                        sink ->
                                session.readArchive(
                                        source.followed(), followed, plan.name().orElse(""), sink),
                        archive -> files.writeArchive(plan.folder(), archive, owners));
    }
}

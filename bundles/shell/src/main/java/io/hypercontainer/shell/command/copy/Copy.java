// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.copy;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.agent.PathStat;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.Containers;
import java.io.IOException;
import java.util.Optional;

/** A copy between a client and a container. */
public final class Copy {
    private final Session session;
    private final Containers containers;
    private final String id;
    private final boolean follow;

    /**
     * @param session the client's side
     * @param containers has the container
     * @param id the container
     * @param follow whether the source is followed if it is a link
     */
    public Copy(Session session, Containers containers, String id, boolean follow) {
        this.session = session;
        this.containers = containers;
        this.id = id;
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
        Looking guest = Looking.inContainer(containers, id);
        if (to.equals("-")) {
            String path = resolve(guest, source, from).path();
            return new Conveyor()
                    .run(
                            sink -> containers.readArchive(id, path, sink),
                            archive -> {
                                archive.transferTo(session.out());
                                flush();
                            });
        }
        CopyPath destination = CopyPath.local(to, session.workingDirectory());
        Looking.Found there = destination(destination);
        Looking.Found found = resolve(guest, source, from);
        Plan plan = Plan.of(source, found.isFolder(), destination, there, to);
        return new Conveyor()
                .run(
                        sink -> containers.readArchive(id, found.path(), sink),
                        archive -> session.writeArchive(plan.folder(), plan.name(), archive));
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
            throw new NotFound("could not find the file " + written + " in container " + shortId());
        }
        if (source.assertsFolder() && !found.isFolder()) {
            throw new InvalidSpec(written + " in container " + shortId() + ": not a directory");
        }
        return found;
    }

    private String shortId() {
        return id.substring(0, Math.min(id.length(), 12));
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
        Looking.Found there = Looking.inContainer(containers, id).follow(destination.path());
        if (from.equals("-")) {
            if (!there.isFolder()) {
                throw new InvalidSpec(
                        "destination '" + to + "' in the container must be a directory");
            }
            containers.writeArchive(id, there.path(), session.in(), true);
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
                        archive -> containers.writeArchive(id, plan.folder(), archive, owners));
    }
}

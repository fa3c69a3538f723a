// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.hypervisor.Share;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * What the server of a share serves: an empty folder of the machine, on which the shared folder is
 * mounted in the server's mount name space, read-only if the share is. A shared file is mounted on
 * the only, empty file in that folder, which is itself made read-only. With the last process in the
 * name space the mounts are gone.
 */
final class ShareView {
    private static final String MOUNT = "/usr/bin/mount";

    private ShareView() {}

    /** Makes what is mounted on. */
    static void prepare(Share share, Path view) throws IOException {
        Files.createDirectory(view);
        if (!isFolder(share)) {
            Files.createFile(view.resolve(Share.FILE));
        }
    }

    /**
     * Mounts it in a process' name space.
     *
     * @throws Conflict if the source has been replaced by a link meanwhile, which a guest could do
     *     that writes to the folder above it
     */
    static void open(Share share, Path view, long process) throws IOException {
        var source = share.source().toString();
        var target = view;
        if (!isFolder(share)) {
            mount(
                    process,
                    "--bind",
                    "--make-rprivate",
                    "-o",
                    "ro",
                    view.toString(),
                    view.toString());
            target = view.resolve(Share.FILE);
        }
        mount(process, "--rbind", "--make-rprivate", source, target.toString());
        if (share.readOnly()) {
            // One mount on the other: those within the source have to be closed one by one.
            for (var mounted : Mounts.at(target, process)) {
                mount(process, "-o", "remount,bind,ro", mounted.toString());
            }
        }
        checkThatItIs(share, target, process);
    }

    private static boolean isFolder(Share share) {
        return Files.isDirectory(share.source(), LinkOption.NOFOLLOW_LINKS);
    }

    private static void mount(long process, String... options) {
        var words = new ArrayList<>(List.of(MOUNT, "-N", Long.toString(process)));
        Collections.addAll(words, options);
        Host.run(words.toArray(String[]::new));
    }

    /** The program follows links; so this looks at what it has mounted. */
    private static void checkThatItIs(Share share, Path target, long process) throws IOException {
        var inside = ProcessIdentity.proc(process, "root").resolve(target.toString().substring(1));
        if (!share.source().toRealPath().equals(share.source())
                || !Objects.equals(key(inside), key(share.source()))) {
            throw new Conflict(
                    "share %s: %s has symbolic links on the way or was replaced just now"
                            .formatted(share.tag(), share.source()));
        }
    }

    private static Object key(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    /** Removes what was mounted on. Nothing is mounted there in the daemon's name space. */
    static void remove(Path view) throws IOException {
        if (Files.isDirectory(view, LinkOption.NOFOLLOW_LINKS)) {
            Files.deleteIfExists(view.resolve(Share.FILE));
            Files.delete(view);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package com.example.uml;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * The programs that run before a machine's in its processes and leave them with less: a session of
 * their own, another user, no way to gain privileges, and namespaces.
 *
 * <p>The namespace of process ids is what makes an end of a machine a full one. The kernel of a
 * guest traces the guest's processes; if it alone is killed they are no longer traced and go on as
 * ordinary processes of the host, with system calls to the host. So the first process of the
 * namespace is the monitor, and with it everything in the namespace ends.
 */
final class Confinement {
    private static final String MKFIFO = "/usr/bin/mkfifo";
    private static final String PRLIMIT = "/usr/bin/prlimit";
    private static final String SETPRIV = "/usr/bin/setpriv";
    private static final String SETSID = "/usr/bin/setsid";
    private static final String UNSHARE = "/usr/bin/unshare";

    /** What a process without any right may still have: to publish ports below 1024. */
    private static final String MAY = "-all,+net_bind_service";

    static final List<String> PROGRAMS = List.of(MKFIFO, PRLIMIT, SETPRIV, SETSID, UNSHARE);

    private Confinement() {}

    static boolean isRoot() {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * @param uid the machine's user, -1 for the daemon's
     * @return the words to put before the monitor's command
     */
    static List<String> ofMachine(int uid) {
        var words = new ArrayList<>(List.of(SETSID, PRLIMIT, "--core=0", UNSHARE));
        if (uid < 0) {
            words.addAll(List.of("--user", "--map-current-user"));
        }
        // Slave: a file system that the host unmounts is unmounted here too.
        words.addAll(List.of("--pid", "--ipc", "--propagation", "slave", "--mount-proc"));
        words.addAll(List.of("--fork", "--kill-child"));
        // A change of user takes the signal of --kill-child away.
        words.addAll(List.of(SETPRIV, "--no-new-privs", "--pdeathsig", "KILL"));
        if (uid >= 0) {
            words.addAll(List.of("--reuid=" + uid, "--regid=" + uid, "--clear-groups"));
            words.addAll(List.of("--inh-caps=" + MAY, "--ambient-caps=" + MAY));
            words.add("--bounding-set=" + MAY);
        }
        return words;
    }

    /** {@return the words to put before the kernel's command: it publishes no ports} */
    static List<String> ofKernel() {
        return List.of(SETPRIV, "--inh-caps=-all", "--ambient-caps=-all");
    }

    /** Lets a machine make sockets in its folder. */
    static void openFolder(Path folder, int uid) throws IOException {
        if (uid >= 0) {
            Files.setAttribute(folder, "unix:gid", uid);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwx---"));
        }
    }

    /** Leaves a machine what it needs of its folder once a guest may have taken it over. */
    static void closeFolder(Path folder, int uid) throws IOException {
        if (uid >= 0) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x---"));
        }
    }

    /** Lets a machine's user read a file, whatever the daemon's umask is. */
    static void makeReadable(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }

    /** Makes a file that a machine's user may write, but not replace. */
    static void makeFile(Path file, int uid) throws IOException {
        Files.createFile(
                file,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")));
        give(file, uid);
    }

    /** Gives a file to a user, unless machines run as the daemon's. */
    static void give(Path file, int uid) throws IOException {
        if (uid >= 0) {
            Files.setAttribute(file, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
        }
    }
}

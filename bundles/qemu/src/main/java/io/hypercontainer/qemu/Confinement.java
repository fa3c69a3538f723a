// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;

/**
 * The programs that run before QEMU in its process and leave it with less: a session of its own,
 * another user, no way to gain privileges. Each replaces the one before (exec), so the process id
 * stays that of QEMU.
 */
final class Confinement {
    private static final String SETSID = "/usr/bin/setsid";
    private static final String SETPRIV = "/usr/bin/setpriv";
    private static final Path KVM = Path.of("/dev/kvm");

    /** What a process without any right may still have: to publish ports below 1024. */
    private static final String CAPABILITIES = "-all,+net_bind_service";

    static final List<String> PROGRAMS = List.of(SETSID, SETPRIV);

    private Confinement() {}

    /** {@return the words to put before QEMU's command line} */
    static List<String> prefix(int uid, Accelerator accelerator) {
        var words = new ArrayList<String>();
        words.add(SETSID);
        words.add(SETPRIV);
        words.add("--no-new-privs");
        if (uid >= 0) {
            words.add("--reuid=" + uid);
            words.add("--regid=" + uid);
            var kvmGroup = accelerator == Accelerator.KVM ? kvmGroup() : 0;
            words.add(kvmGroup == 0 ? "--clear-groups" : "--groups=" + kvmGroup);
            words.add("--inh-caps=" + CAPABILITIES);
            words.add("--ambient-caps=" + CAPABILITIES);
            words.add("--bounding-set=" + CAPABILITIES);
        }
        return words;
    }

    /** {@return the group that may use KVM, 0 if there is none to join} */
    private static int kvmGroup() {
        try {
            var mode = Files.getPosixFilePermissions(KVM);
            if (mode.contains(PosixFilePermission.OTHERS_WRITE)
                    || !mode.contains(PosixFilePermission.GROUP_WRITE)) {
                return 0;
            }
            return (Integer) Files.getAttribute(KVM, "unix:gid");
        } catch (IOException e) {
            return 0;
        }
    }
}

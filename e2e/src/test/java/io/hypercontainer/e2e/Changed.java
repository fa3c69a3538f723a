// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** A container that has changed all kinds of files of its image, and images of it. */
final class Changed {
    private static final String SCRIPT =
            """
            echo x >/etc/new; chown 1000:1001 /etc/new; chmod 4751 /etc/new
            echo '# y' >>/etc/passwd
            rm /bin/ls /etc/group; ln -s /etc/new /bin/to-new
            mkdir -p /deep/er; ln /etc/new /deep/er/hard; mkfifo /deep/pipe; mknod /deep/zero c 1 5
            touch -d '2001-02-03 04:05:06' /deep/old
            rm -r /home; mkdir /home; echo again >/home/file
            rm -r /tmp; echo 'a file now' >/tmp
            chmod 711 /root
            i=0; while [ $i -lt 200 ]; do echo $i >/deep/er/$i; i=$((i+1)); done
            head -c 3000000 /dev/urandom >/deep/random
            """;

    private Changed() {}

    /** Leaves it running. */
    static void make(Daemon daemon, String name, String... options) throws Exception {
        var words = new ArrayList<>(List.of("run", "-d", "--name", name));
        words.addAll(List.of(options));
        words.addAll(List.of("busybox", "sleep", "9999"));
        daemon.ctl(words.toArray(String[]::new)).ok();
        daemon.ctl("exec", name, "sh", "-ec", SCRIPT).ok();
    }

    /** A container of the image has the files that the given one has. */
    static void assertSame(
            Daemon daemon, Path folder, String container, String image, String... options)
            throws Exception {
        var words = new ArrayList<>(List.of("create", "--name", "other"));
        words.addAll(List.of(options));
        words.add(image);
        daemon.ctl(words.toArray(String[]::new)).ok();
        try {
            var expected = files(daemon, folder, container);
            assertThat(expected)
                    .containsKeys("etc/new", "deep/er/hard", "deep/zero", "tmp", "bin/busybox")
                    .doesNotContainKeys("bin/ls", "etc/group", "tmp/");
            var found = files(daemon, folder, "other");
            assertThat(found.keySet()).isEqualTo(expected.keySet());
            assertThat(found.entrySet())
                    .filteredOn(f -> !expected.entrySet().contains(f))
                    .isEmpty();
        } finally {
            daemon.ctl("rm", "other").ok();
        }
    }

    /** What a container's export says of each file. */
    private static Map<String, String> files(Daemon daemon, Path folder, String container)
            throws Exception {
        Path archive = folder.resolve(container + ".tar");
        daemon.ctl("export", "-o", archive.toString(), container).ok();
        var files = new TreeMap<String, String>();
        try (var tar = new TarArchiveInputStream(Files.newInputStream(archive))) {
            TarArchiveEntry entry;
            while ((entry = tar.getNextEntry()) != null) {
                files.put(
                        entry.getName(),
                        entry.isLink() ? files.get(entry.getLinkName()) : describe(entry, tar));
            }
        }
        Files.delete(archive);
        // What other files are mounted on is each container's own.
        files.keySet().removeAll(Set.of("etc/hosts", "etc/hostname", "etc/resolv.conf"));
        return files;
    }

    /** Not when folders were changed: a fresh container's are when it is made. */
    private static String describe(TarArchiveEntry entry, TarArchiveInputStream tar)
            throws Exception {
        return "%c %o %d:%d %d,%d %s %s %s"
                .formatted(
                        entry.getLinkFlag(),
                        entry.getMode(),
                        entry.getLongUserId(),
                        entry.getLongGroupId(),
                        entry.getDevMajor(),
                        entry.getDevMinor(),
                        entry.isDirectory() ? "" : entry.getLastModifiedTime(),
                        entry.getLinkName(),
                        digest(tar));
    }

    private static String digest(TarArchiveInputStream tar) throws IOException {
        try {
            var hash = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(hash.digest(tar.readAllBytes()));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}

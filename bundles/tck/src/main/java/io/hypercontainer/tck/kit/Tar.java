// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.kit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** An archive that is being written. */
public final class Tar {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes);

    /** Makes an empty one. */
    public Tar() {
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    }

    /** Adds a file. */
    public Tar file(String name, String content) {
        return file(name, 0644, 0, content.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds a file. */
    public Tar file(String name, int mode, int owner, byte[] content) {
        var entry = new TarArchiveEntry(name, true);
        entry.setSize(content.length);
        entry.setMode(mode);
        entry.setIds(owner, owner);
        return put(entry, content);
    }

    /** Adds a folder. */
    public Tar folder(String name) {
        var entry = new TarArchiveEntry(name + "/", true);
        entry.setMode(0755);
        return put(entry, new byte[0]);
    }

    /** Adds a symbolic link. */
    public Tar link(String name, String target) {
        return link(name, TarConstants.LF_SYMLINK, target);
    }

    /** Adds another name of a file. */
    public Tar hardLink(String name, String target) {
        return link(name, TarConstants.LF_LINK, target);
    }

    private Tar link(String name, byte type, String target) {
        var entry = new TarArchiveEntry(name, type, true);
        entry.setLinkName(target);
        return put(entry, new byte[0]);
    }

    private Tar put(TarArchiveEntry entry, byte[] content) {
        try {
            entry.setModTime(0); // The same content is the same archive.
            tar.putArchiveEntry(entry);
            tar.write(content);
            tar.closeArchiveEntry();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the archive, which is complete} */
    public byte[] bytes() {
        try {
            tar.close();
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

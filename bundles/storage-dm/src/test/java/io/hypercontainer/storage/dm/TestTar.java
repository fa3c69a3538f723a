// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** Archives of layers. */
final class TestTar {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final TarArchiveOutputStream out = new TarArchiveOutputStream(bytes, "UTF-8");

    TestTar() {
        out.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        out.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        out.setAddPaxHeadersForNonAsciiNames(true);
    }

    TestTar add(String name, byte type, byte[] data, Consumer<TarArchiveEntry> more) {
        try {
            var entry = new TarArchiveEntry(name, type);
            entry.setSize(data.length);
            entry.setMode(type == TarConstants.LF_DIR ? 0755 : 0644);
            entry.setModTime(1_000_000_000_000L);
            more.accept(entry);
            out.putArchiveEntry(entry);
            out.write(data);
            out.closeArchiveEntry();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    TestTar file(String name, String data) {
        return file(name, data.getBytes(StandardCharsets.UTF_8));
    }

    TestTar file(String name, byte[] data) {
        return add(name, TarConstants.LF_NORMAL, data, _ -> {});
    }

    TestTar folder(String name) {
        return add(name + "/", TarConstants.LF_DIR, new byte[0], _ -> {});
    }

    TestTar symlink(String name, String target) {
        return add(name, TarConstants.LF_SYMLINK, new byte[0], e -> e.setLinkName(target));
    }

    TestTar hardLink(String name, String target) {
        return add(name, TarConstants.LF_LINK, new byte[0], e -> e.setLinkName(target));
    }

    TestTar pax(String name, Map<String, String> records) {
        return add(
                name, TarConstants.LF_NORMAL, new byte[0], e -> records.forEach(e::addPaxHeader));
    }

    byte[] bytes() {
        try {
            out.finish();
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    InputStream stream() {
        return new ByteArrayInputStream(bytes());
    }
}

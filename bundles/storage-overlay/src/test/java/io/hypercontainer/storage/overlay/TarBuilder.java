// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes archives byte by byte, so that tests can write wrong ones. Strings are byte strings. */
final class TarBuilder {
    private static final int BLOCK = 512;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Entry entry(String path, char type) {
        return new Entry(path, type);
    }

    TarBuilder directory(String path) {
        return entry(path, '5').mode(0755).add();
    }

    TarBuilder file(String path, String data) {
        return entry(path, '0').data(latin1(data)).add();
    }

    TarBuilder file(String path, byte[] data) {
        return entry(path, '0').data(data).add();
    }

    TarBuilder symlink(String path, String target) {
        return entry(path, '2').link(target).add();
    }

    TarBuilder hardLink(String path, String target) {
        return entry(path, '1').link(target).add();
    }

    TarBuilder raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    byte[] withoutEnd() {
        return out.toByteArray();
    }

    byte[] bytes() {
        byte[] entries = out.toByteArray();
        return Arrays.copyOf(entries, entries.length + 2 * BLOCK);
    }

    InputStream stream() {
        return new ByteArrayInputStream(bytes());
    }

    static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static String paxRecord(String key, byte[] value) {
        String body = " " + key + "=" + new String(value, StandardCharsets.ISO_8859_1) + "\n";
        int length = body.length() + 1;
        while (String.valueOf(length).length() + body.length() != length) {
            length++;
        }
        return length + body;
    }

    final class Entry {
        private final byte[] header = new byte[BLOCK];
        private final StringBuilder pax = new StringBuilder();
        private byte[] data = new byte[0];
        private boolean checksum = true;

        Entry(String path, char type) {
            text(257, "ustar\0" + "00");
            header[156] = (byte) type;
            mode(0644).octal(108, 8, 0).octal(116, 8, 0).octal(124, 12, 0).octal(136, 12, 0);
            octal(329, 8, 0).octal(337, 8, 0);
            if (path.length() > 100) {
                pax("path", path);
            }
            text(0, path.substring(0, Math.min(100, path.length())));
        }

        Entry mode(int mode) {
            return octal(100, 8, mode);
        }

        Entry owner(long uid, long gid) {
            return uid > 07777777 || gid > 07777777
                    ? pax("uid", String.valueOf(uid)).pax("gid", String.valueOf(gid))
                    : octal(108, 8, uid).octal(116, 8, gid);
        }

        Entry mtime(long seconds) {
            return octal(136, 12, seconds);
        }

        Entry device(int major, int minor) {
            return octal(329, 8, major).octal(337, 8, minor);
        }

        Entry link(String target) {
            if (target.length() > 100) {
                pax("linkpath", target);
            }
            text(157, target.substring(0, Math.min(100, target.length())));
            return this;
        }

        Entry data(byte[] bytes) {
            data = bytes;
            return octal(124, 12, bytes.length);
        }

        Entry pax(String key, String value) {
            return pax(key, latin1(value));
        }

        Entry pax(String key, byte[] value) {
            pax.append(paxRecord(key, value));
            return this;
        }

        Entry octal(int offset, int length, long value) {
            text(offset, String.format("%0" + (length - 1) + "o", value) + "\0");
            return this;
        }

        Entry bytes(int offset, int... values) {
            for (int i = 0; i < values.length; i++) {
                header[offset + i] = (byte) values[i];
            }
            return this;
        }

        Entry wrongChecksum() {
            checksum = false;
            return this;
        }

        TarBuilder add() {
            if (!pax.isEmpty()) {
                new Entry("PaxHeaders/x", 'x').data(latin1(pax.toString())).add();
            }
            Arrays.fill(header, 148, 156, (byte) ' ');
            int sum = 0;
            for (byte b : header) {
                sum += b & 0xff;
            }
            text(148, String.format("%06o", checksum ? sum : sum + 1) + "\0 ");
            out.writeBytes(header);
            out.writeBytes(data);
            out.writeBytes(new byte[-data.length & (BLOCK - 1)]);
            return TarBuilder.this;
        }

        private void text(int offset, String text) {
            System.arraycopy(latin1(text), 0, header, offset, text.length());
        }
    }
}

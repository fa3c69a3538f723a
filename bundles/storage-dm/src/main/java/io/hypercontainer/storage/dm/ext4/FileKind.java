// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm.ext4;

import java.io.IOException;

/** Types of files: S_IFMT's bits of a mode, and a directory entry's type byte. */
public enum FileKind {
    /** A regular file. */
    FILE(0100000, 1),
    /** A directory. */
    DIRECTORY(0040000, 2),
    /** A character device. */
    CHAR_DEVICE(0020000, 3),
    /** A block device. */
    BLOCK_DEVICE(0060000, 4),
    /** A named pipe. */
    FIFO(0010000, 5),
    /** A socket; images have none. */
    SOCKET(0140000, 6),
    /** A symbolic link. */
    SYMLINK(0120000, 7);

    private final int mode;
    private final int code;

    FileKind(int mode, int code) {
        this.mode = mode;
        this.code = code;
    }

    int mode() {
        return mode;
    }

    int code() {
        return code;
    }

    static FileKind ofCode(int code) throws IOException {
        for (FileKind kind : values()) {
            if (kind.code == code) {
                return kind;
            }
        }
        throw new IOException("the file system is not as it was made: a file is of no type");
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

import io.hypercontainer.storage.overlay.Inode.Content;
import io.hypercontainer.storage.overlay.Inode.Directory;
import io.hypercontainer.storage.overlay.Inode.RegularFile;
import io.hypercontainer.storage.overlay.Inode.Special;
import io.hypercontainer.storage.overlay.Inode.Symlink;

/** Types of files: S_IFMT's bits of a mode, and a directory entry's type byte. */
enum FileType {
    FILE(0100000, 1),
    DIRECTORY(0040000, 2),
    CHAR_DEVICE(0020000, 3),
    BLOCK_DEVICE(0060000, 4),
    FIFO(0010000, 5),
    SYMLINK(0120000, 7);

    private final int mode;
    private final int direntType;

    FileType(int mode, int direntType) {
        this.mode = mode;
        this.direntType = direntType;
    }

    static FileType of(Content content) {
        return switch (content) {
            case RegularFile file -> FILE;
            case Directory directory -> DIRECTORY;
            case Symlink link -> SYMLINK;
            case Special special -> special.type();
        };
    }

    int mode() {
        return mode;
    }

    int direntType() {
        return direntType;
    }
}

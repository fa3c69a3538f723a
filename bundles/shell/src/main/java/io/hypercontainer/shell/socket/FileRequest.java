// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.socket;

import io.hypercontainer.shell.archive.RawText;
import java.nio.ByteBuffer;
import java.time.Instant;

/**
 * A frame that names a file of the client.
 *
 * @param type of the frame
 * @param folder id of an open folder that the path is in, 0 for the working directory
 * @param path raw
 * @param mode type and permissions; for a look, 1 if a link is followed
 * @param modified when the file shall have been modified
 * @param target where a link shall lead, raw
 */
record FileRequest(byte type, int folder, String path, int mode, Instant modified, String target) {
    static FileRequest read(int folder, String path) {
        return new FileRequest(FrameType.FILE_READ, folder, path, 0, Instant.EPOCH, "");
    }

    static FileRequest write(int folder, String path, int mode, Instant modified) {
        return new FileRequest(FrameType.FILE_WRITE, folder, path, mode, modified, "");
    }

    static FileRequest look(int folder, String path, boolean follow) {
        int mode = follow ? 1 : 0;
        return new FileRequest(FrameType.FILE_LOOK, folder, path, mode, Instant.EPOCH, "");
    }

    static FileRequest make(int folder, String path, int mode, Instant modified, String target) {
        return new FileRequest(FrameType.FILE_MAKE, folder, path, mode, modified, target);
    }

    Frame frame(int id) {
        byte[] name = RawText.bytes(path);
        byte[] link = RawText.bytes(target);
        return new Frame(
                type,
                ByteBuffer.allocate(7 * Integer.BYTES + name.length + link.length)
                        .putInt(id)
                        .putInt(folder)
                        .putInt(mode)
                        .putInt((int) modified.getEpochSecond())
                        .putInt(modified.getNano())
                        .putInt(name.length)
                        .put(name)
                        .putInt(link.length)
                        .put(link)
                        .array());
    }
}

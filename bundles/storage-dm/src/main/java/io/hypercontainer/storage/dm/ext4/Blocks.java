// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm.ext4;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Blocks of a device. Those with structures go through a small cache; a buffer that it gives is to
 * be used before the next call, which may take its place.
 */
final class Blocks {
    static final int SIZE = 4096;

    private static final int CACHED = 1024;

    private final FileChannel channel;
    private final Room room;
    private final LinkedHashMap<Long, Block> cache = new LinkedHashMap<>(CACHED, 0.75f, true);

    private static final class Block {
        private final ByteBuffer bytes = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        private boolean changed;
    }

    Blocks(FileChannel channel, Room room) {
        this.channel = channel;
        this.room = room;
    }

    /** To be read only. */
    ByteBuffer read(long number) throws IOException {
        return get(number).bytes;
    }

    /** To be changed at once. */
    ByteBuffer change(long number) throws IOException {
        Block block = get(number);
        block.changed = true;
        return block.bytes;
    }

    /** Likewise, and whatever was there is gone. */
    ByteBuffer replace(long number) throws IOException {
        cache.remove(number);
        var block = new Block();
        block.changed = true;
        put(number, block);
        return block.bytes;
    }

    private Block get(long number) throws IOException {
        Block present = cache.get(number);
        if (present != null) {
            return present;
        }
        var block = new Block();
        while (block.bytes.hasRemaining()) {
            if (channel.read(block.bytes, number * SIZE + block.bytes.position()) < 0) {
                throw new IOException("the file system is larger than its device");
            }
        }
        block.bytes.clear();
        put(number, block);
        return block;
    }

    private void put(long number, Block block) throws IOException {
        if (cache.size() == CACHED) {
            Map.Entry<Long, Block> eldest = cache.firstEntry();
            write(eldest.getKey(), eldest.getValue());
            cache.remove(eldest.getKey());
        }
        cache.put(number, block);
    }

    private void write(long number, Block block) throws IOException {
        if (block.changed) {
            block.bytes.clear();
            write(number, block.bytes);
            block.bytes.clear();
            block.changed = false;
        }
    }

    /** Writes data from a block's beginning on. */
    void write(long number, ByteBuffer data) throws IOException {
        room.take(data.remaining());
        long at = number * SIZE;
        while (data.hasRemaining()) {
            at += channel.write(data, at);
        }
    }

    /** What was in a block does not matter any more. */
    void forget(long number) {
        cache.remove(number);
    }

    /** All is on disk on return. */
    void sync() throws IOException {
        for (Map.Entry<Long, Block> entry : cache.entrySet()) {
            write(entry.getKey(), entry.getValue());
        }
        channel.force(true);
    }
}

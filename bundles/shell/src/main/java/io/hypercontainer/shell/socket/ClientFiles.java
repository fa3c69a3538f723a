// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.socket;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** Files on the client's side, opened by the client. */
final class ClientFiles {
    private static final int MODE = 0644;
    private static final int DATA_LIMIT = Frame.PAYLOAD_LIMIT - Integer.BYTES;

    /** A file that the client has, or is about to have, open. */
    private static final class OpenFile {
        final CompletableFuture<Void> opened = new CompletableFuture<>();
        final CompletableFuture<Void> done = new CompletableFuture<>();
        final CreditedInput content;

        OpenFile(CreditedInput.Grant grant) {
            content = new CreditedInput(grant);
        }

        void fail(IOException reason) {
            opened.completeExceptionally(reason);
            done.completeExceptionally(reason);
            content.fail(reason);
        }
    }

    private final FrameWriter writer;
    private final AtomicInteger ids = new AtomicInteger();
    private final ConcurrentHashMap<Integer, OpenFile> files = new ConcurrentHashMap<>();

    ClientFiles(FrameWriter writer) {
        this.writer = writer;
    }

    InputStream read(String path) throws IOException {
        int id = ids.incrementAndGet();
        var file = register(id);
        writer.send(Frame.of(FrameType.FILE_READ, path, id));
        await(file.opened, path);
        return new Reading(id, file.content);
    }

    OutputStream write(String path) throws IOException {
        int id = ids.incrementAndGet();
        var file = register(id);
        writer.send(Frame.of(FrameType.FILE_WRITE, path, id, MODE));
        await(file.opened, path);
        return new Writing(id, file, path);
    }

    private OpenFile register(int id) {
        var file = new OpenFile(count -> writer.send(Frame.of(FrameType.FILE_CREDIT, id, count)));
        files.put(id, file);
        return file;
    }

    /** Serves a frame about a file. */
    void receive(byte type, Payload payload) throws ProtocolException {
        int id = payload.i32();
        var file = files.get(id);
        if (file == null) {
            return; // given up here while the frame was on its way
        }
        switch (type) {
            case FrameType.FILE_OPENED -> file.opened.complete(null);
            case FrameType.FILE_CONTENT -> file.content.receive(payload.rest());
            case FrameType.FILE_DONE -> {
                files.remove(id);
                file.content.end();
                file.done.complete(null);
            }
            default -> {
                files.remove(id);
                payload.i32(); // errno: the message says it
                file.fail(new IOException(payload.string()));
            }
        }
    }

    /** Drops what the command has left open. */
    void closeAll() throws IOException {
        for (int id : files.keySet()) {
            close(id);
        }
    }

    /** Lets those who wait for the client go on. */
    void clientLeft() {
        files.values().forEach(file -> file.fail(new IOException("the client is gone")));
    }

    private void close(int id) throws IOException {
        if (files.remove(id) != null) {
            writer.send(Frame.of(FrameType.FILE_CLOSE, id));
        }
    }

    private static void await(CompletableFuture<Void> step, String path) throws IOException {
        try {
            step.get();
        } catch (ExecutionException e) {
            var reason = Objects.requireNonNull(e.getCause());
            throw new IOException(path + ": " + reason.getMessage(), reason);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException)
                    new InterruptedIOException("interrupted while waiting for " + path)
                            .initCause(e);
        }
    }

    private final class Reading extends InputStream {
        private final int id;
        private final CreditedInput content;

        Reading(int id, CreditedInput content) {
            this.id = id;
            this.content = content;
        }

        @Override
        public int read() throws IOException {
            return content.read();
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            return content.read(to, offset, length);
        }

        @Override
        public int available() {
            return content.available();
        }

        @Override
        public void close() throws IOException {
            ClientFiles.this.close(id);
        }
    }

    private final class Writing extends OutputStream {
        private final int id;
        private final OpenFile file;
        private final String path;
        private boolean closed;

        Writing(int id, OpenFile file, String path) {
            this.id = id;
            this.file = file;
            this.path = path;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            if (closed) {
                throw new IOException(path + ": closed");
            }
            for (int sent = 0; sent < length; ) {
                if (file.done.isDone()) {
                    await(file.done, path); // it failed
                }
                int n = Math.min(length - sent, DATA_LIMIT);
                writer.send(FrameType.FILE_DATA, id, bytes, offset + sent, n);
                sent += n;
            }
        }

        @Override
        public void close() throws IOException {
            if (!closed) {
                closed = true;
                writer.send(Frame.of(FrameType.FILE_FINISH, id));
                await(file.done, path);
            }
        }
    }
}

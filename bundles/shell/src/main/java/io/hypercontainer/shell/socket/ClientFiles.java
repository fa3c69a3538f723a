// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.socket;

import io.hypercontainer.shell.archive.FileError;
import io.hypercontainer.shell.archive.FileStatus;
import io.hypercontainer.shell.archive.Folder;
import io.hypercontainer.shell.archive.LocalFiles;
import io.hypercontainer.shell.archive.RawText;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** Files on the client's side, opened by the client. */
final class ClientFiles implements LocalFiles {
    private static final int DATA_LIMIT = Frame.PAYLOAD_LIMIT - Integer.BYTES;
    private static final int NANOS = 1_000_000_000;

    private final FrameWriter writer;
    private final AtomicInteger ids = new AtomicInteger();
    private final ConcurrentHashMap<Integer, OpenFile> files = new ConcurrentHashMap<>();

    ClientFiles(FrameWriter writer) {
        this.writer = writer;
    }

    /** A file that the client has, or is about to have, open. */
    final class OpenFile {
        private final int id;
        private final String path;
        private final CompletableFuture<FileStatus> opened = new CompletableFuture<>();
        private final CompletableFuture<Void> done = new CompletableFuture<>();
        private final CreditedInput content = new CreditedInput(this::grant);
        private final FolderNames names = new FolderNames(this::grant);
        private volatile boolean folder;

        private OpenFile(int id, String path) {
            this.id = id;
            this.path = path;
        }

        private void grant(int count) throws IOException {
            writer.send(Frame.of(FrameType.FILE_CREDIT, id, count));
        }

        private void fail(IOException reason) {
            opened.completeExceptionally(reason);
            done.completeExceptionally(reason);
            content.fail(reason);
            names.end(reason);
        }

        int id() {
            return id;
        }

        FolderNames names() {
            return names;
        }

        void close() throws IOException {
            if (files.remove(id) != null) {
                writer.send(Frame.of(FrameType.FILE_CLOSE, id));
            }
        }
    }

    /** Sends a request for a file that stays open. */
    private OpenFile send(FileRequest request) throws IOException {
        int id = ids.incrementAndGet();
        var file = new OpenFile(id, request.path());
        files.put(id, file);
        writer.send(request.frame(id));
        return file;
    }

    /** {@return a file or folder, open} */
    OpenFile open(FileRequest request, boolean folder) throws IOException {
        var file = send(request);
        var status = await(file.opened, file.path);
        if (status.isFolder() != folder) {
            file.close();
            int number = folder ? FileError.NOT_A_FOLDER : FileError.IS_A_FOLDER;
            throw named(
                    file.path,
                    new FileError(number, folder ? "Not a directory" : "Is a directory"));
        }
        return file;
    }

    Optional<FileStatus> look(FileRequest request) throws IOException {
        var file = send(request);
        try {
            return Optional.of(await(file.opened, file.path));
        } catch (IOException e) {
            if (e.getCause() instanceof FileError error && error.number() == FileError.NO_ENTRY) {
                return Optional.empty();
            }
            throw e;
        } finally {
            files.remove(file.id);
        }
    }

    void make(FileRequest request) throws IOException {
        var file = send(request);
        await(file.done, file.path);
    }

    InputStream read(FileRequest request) throws IOException {
        return new Reading(open(request, false));
    }

    OutputStream write(FileRequest request) throws IOException {
        return new Writing(open(request, false));
    }

    @Override
    public Optional<FileStatus> look(String path, boolean follow) throws IOException {
        return look(FileRequest.look(0, path, follow));
    }

    @Override
    public InputStream read(String path) throws IOException {
        return read(FileRequest.read(0, path));
    }

    @Override
    public Folder open(String path) throws IOException {
        return new ClientFolder(this, open(FileRequest.read(0, path), true));
    }

    /** Serves a frame about a file. */
    void receive(byte type, Payload payload) throws ProtocolException {
        int id = payload.i32();
        var file = files.get(id);
        if (file == null) {
            return; // given up here while the frame was on its way
        }
        switch (type) {
            case FrameType.FILE_OPENED -> {
                var status = status(payload);
                file.folder = status.isFolder();
                file.opened.complete(status);
            }
            case FrameType.FILE_CONTENT -> {
                if (file.folder) {
                    file.names.receive(payload.rest());
                } else {
                    file.content.receive(payload.rest());
                }
            }
            case FrameType.FILE_DONE -> {
                files.remove(id);
                file.content.end();
                file.names.end(null);
                file.done.complete(null);
            }
            default -> {
                files.remove(id);
                file.fail(new FileError(payload.i32(), payload.string()));
            }
        }
    }

    private static FileStatus status(Payload payload) throws ProtocolException {
        int mode = payload.i32();
        int uid = payload.i32();
        int gid = payload.i32();
        long seconds = Integer.toUnsignedLong(payload.i32());
        int nanos = payload.i32();
        long size = payload.i64();
        var target = RawText.of(payload.bytes());
        payload.end();
        if (nanos < 0 || nanos >= NANOS || size < 0) {
            throw new ProtocolException("a file of " + size + " bytes, " + nanos + " ns");
        }
        var modified = Instant.ofEpochSecond(seconds, nanos);
        return new FileStatus(mode, uid, gid, modified, size, target);
    }

    /** Drops what the command has left open. */
    void closeAll() throws IOException {
        for (var file : files.values()) {
            file.close();
        }
    }

    /** Lets those who wait for the client go on. */
    void clientLeft() {
        files.values().forEach(file -> file.fail(new IOException("the client is gone")));
    }

    private static <T> T await(CompletableFuture<T> step, String path) throws IOException {
        try {
            return step.get();
        } catch (ExecutionException e) {
            throw named(path, Objects.requireNonNull(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException)
                    new InterruptedIOException(
                                    "interrupted while waiting for " + RawText.text(path))
                            .initCause(e);
        }
    }

    private static IOException named(String path, Throwable reason) {
        return new IOException(RawText.text(path) + ": " + reason.getMessage(), reason);
    }

    private static final class Reading extends InputStream {
        private final OpenFile file;

        Reading(OpenFile file) {
            this.file = file;
        }

        @Override
        public int read() throws IOException {
            return file.content.read();
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            return file.content.read(to, offset, length);
        }

        @Override
        public int available() {
            return file.content.available();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    private final class Writing extends OutputStream {
        private final OpenFile file;
        private boolean closed;

        Writing(OpenFile file) {
            this.file = file;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            if (closed) {
                throw new IOException(RawText.text(file.path) + ": closed");
            }
            for (int sent = 0; sent < length; ) {
                if (file.done.isDone()) {
                    await(file.done, file.path); // it failed
                }
                int n = Math.min(length - sent, DATA_LIMIT);
                writer.send(FrameType.FILE_DATA, file.id, bytes, offset + sent, n);
                sent += n;
            }
        }

        @Override
        public void close() throws IOException {
            if (!closed) {
                closed = true;
                writer.send(Frame.of(FrameType.FILE_FINISH, file.id));
                await(file.done, file.path);
            }
        }
    }
}

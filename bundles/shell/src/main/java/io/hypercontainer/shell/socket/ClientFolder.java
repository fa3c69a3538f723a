// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.socket;

import io.hypercontainer.shell.archive.FileStatus;
import io.hypercontainer.shell.archive.Folder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Optional;

/** A folder that the client holds open. */
final class ClientFolder implements Folder {
    private final ClientFiles files;
    private final ClientFiles.OpenFile folder;

    ClientFolder(ClientFiles files, ClientFiles.OpenFile folder) {
        this.files = files;
        this.folder = folder;
    }

    @Override
    public Optional<FileStatus> look(String path) throws IOException {
        return files.look(FileRequest.look(folder.id(), path, false));
    }

    @Override
    public void names(String path, NameSink sink) throws IOException {
        var listed = files.open(FileRequest.read(folder.id(), path), true);
        try {
            var names = listed.names();
            for (var name = names.next(); name.isPresent(); name = names.next()) {
                if (!name.get().equals(".") && !name.get().equals("..")) {
                    sink.accept(name.get());
                }
            }
        } finally {
            listed.close();
        }
    }

    @Override
    public InputStream read(String path) throws IOException {
        return files.read(FileRequest.read(folder.id(), path));
    }

    @Override
    public OutputStream write(String path, int mode, Instant modified) throws IOException {
        return files.write(FileRequest.write(folder.id(), path, mode, modified));
    }

    @Override
    public void makeFolder(String path, int mode, Instant modified) throws IOException {
        files.make(FileRequest.make(folder.id(), path, FileStatus.FOLDER | mode, modified, ""));
    }

    @Override
    public void makeLink(String path, String target) throws IOException {
        files.make(FileRequest.make(folder.id(), path, FileStatus.LINK, Instant.EPOCH, target));
    }

    @Override
    public void close() throws IOException {
        folder.close();
    }
}

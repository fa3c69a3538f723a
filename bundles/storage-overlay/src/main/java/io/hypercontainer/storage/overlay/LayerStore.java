// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.storage.Root.FileSystem;
import io.hypercontainer.storage.host.DiskErrors;
import io.hypercontainer.storage.host.KeyLocks;
import io.hypercontainer.storage.layer.Bytes;
import io.hypercontainer.storage.layer.MemoryBudget;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Layers as EROFS images, one file each, named by diff id. */
final class LayerStore {
    private static final Pattern DIFF_ID = Pattern.compile("sha256:[0-9a-f]{64}");
    private static final String SUFFIX = ".erofs";

    private final Workspace workspace;
    private final LayerConverter converter = new LayerConverter(MemoryBudget.ofHeap());
    private final KeyLocks imports = new KeyLocks();
    private final Map<String, Integer> users = new HashMap<>();

    LayerStore(Workspace workspace) {
        this.workspace = workspace;
    }

    boolean has(String diffId) {
        return Files.exists(file(diffId));
    }

    /** See {@link io.hypercontainer.api.storage.StorageDriver#importLayer}. */
    void add(String diffId, InputStream tar, Runnable verified) {
        Path file = file(diffId);
        String what = "import layer " + diffId;
        imports.exclusively(
                diffId,
                what,
                () -> {
                    if (!Files.exists(file)) {
                        workspace.make(
                                what,
                                workspace.layers(),
                                fileName(diffId),
                                image -> convert(diffId, tar, verified, image));
                    }
                });
    }

    /** Diff ids of all layers that are here. */
    Set<String> all() {
        try {
            return Workspace.list(workspace.layers()).stream()
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(SUFFIX))
                    .map(name -> "sha256:" + name.substring(0, name.length() - SUFFIX.length()))
                    .filter(diffId -> DIFF_ID.matcher(diffId).matches())
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw DiskErrors.of("cannot list layers", e, workspace.layers());
        }
    }

    synchronized void remove(String diffId) {
        if (users.containsKey(diffId)) {
            throw new Conflict("layer " + diffId + " is used by a container; remove that first");
        }
        workspace.remove("remove layer " + diffId, workspace.layers(), fileName(diffId));
    }

    /** Keeps layers from being removed until as many {@link #release}s. */
    synchronized void hold(List<String> diffIds) {
        diffIds.forEach(id -> users.merge(id, 1, Integer::sum));
    }

    /** Likewise, but only if all are here. */
    synchronized void holdPresent(List<String> diffIds) {
        for (String id : diffIds) {
            if (!has(id)) {
                throw new NotFound("layer " + id + " is not here; pull its image again");
            }
        }
        hold(diffIds);
    }

    synchronized void release(List<String> diffIds) {
        diffIds.forEach(id -> users.computeIfPresent(id, (k, n) -> n == 1 ? null : n - 1));
    }

    FileSystem fileSystem(String diffId) {
        Path file = file(diffId);
        try {
            return new FileSystem(file, Files.size(file), "erofs");
        } catch (IOException e) {
            throw new NotFound("layer " + diffId + " is not here; pull its image again");
        }
    }

    private void convert(String diffId, InputStream tar, Runnable verified, Path image)
            throws IOException {
        converter.convert(tar, image, uuid(diffId));
        verified.run();
        Files.setPosixFilePermissions(image, PosixFilePermissions.fromString("rw-r--r--"));
    }

    private Path file(String diffId) {
        return workspace.layers().resolve(fileName(diffId));
    }

    private static String fileName(String diffId) {
        if (!DIFF_ID.matcher(diffId).matches()) {
            throw new InvalidSpec("not a layer's digest: " + Bytes.show(diffId));
        }
        return diffId.substring("sha256:".length()) + SUFFIX;
    }

    private static UUID uuid(String diffId) {
        int start = "sha256:".length();
        return new UUID(
                Long.parseUnsignedLong(diffId, start, start + 16, 16),
                Long.parseUnsignedLong(diffId, start + 16, start + 32, 16));
    }
}

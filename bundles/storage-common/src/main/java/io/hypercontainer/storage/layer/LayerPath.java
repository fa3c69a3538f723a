// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.layer;

import io.hypercontainer.api.InvalidSpec;
import java.util.Arrays;
import java.util.List;

/**
 * A path of a layer, split into names: relative to the layer's root whatever the archive says,
 * without "." and empty parts, never with "..". The empty path is the root itself.
 */
public record LayerPath(List<String> names) {
    /** PATH_MAX without its terminating NUL: no Linux program could name a longer one. */
    public static final int MAX_BYTES = 4095;

    /** NAME_MAX of Linux and EROFS_NAME_LEN. */
    public static final int MAX_NAME_BYTES = 255;

    /** Deeper than any real tree; bounds what one short tar entry can make us create. */
    public static final int MAX_DEPTH = 512;

    public static LayerPath parse(String raw) {
        if (raw.length() > MAX_BYTES) {
            throw refused(raw, "is longer than " + MAX_BYTES + " bytes");
        }
        if (raw.indexOf('\0') >= 0) {
            throw refused(raw, "contains a NUL byte");
        }
        List<String> names =
                Arrays.stream(raw.split("/"))
                        .filter(name -> !name.isEmpty() && !name.equals("."))
                        .toList();
        if (names.size() > MAX_DEPTH) {
            throw refused(raw, "is more than " + MAX_DEPTH + " levels deep");
        }
        for (String name : names) {
            if (name.equals("..")) {
                throw refused(raw, "contains '..', which could lead out of the layer");
            }
            if (name.length() > MAX_NAME_BYTES) {
                throw refused(raw, "has a name longer than " + MAX_NAME_BYTES + " bytes");
            }
        }
        return new LayerPath(names);
    }

    public boolean isRoot() {
        return names.isEmpty();
    }

    public List<String> parents() {
        return names.subList(0, names.size() - 1);
    }

    public String name() {
        return names.getLast();
    }

    private static InvalidSpec refused(String raw, String why) {
        return new InvalidSpec("layer: path " + Bytes.show(raw) + " " + why);
    }
}

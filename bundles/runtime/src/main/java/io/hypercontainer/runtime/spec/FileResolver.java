// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.spec;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.runtime.FileSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Checks the files that are put into a container. */
public final class FileResolver {
    private static final int MOST = 1024;
    private static final long MOST_BYTES = 32L << 20;
    private static final int ALL_PERMISSIONS = 07777;
    private static final Pattern OWNER = Pattern.compile("[^:\\x00]{0,256}");

    private FileResolver() {}

    /**
     * @param files what the user wants
     * @return the same, their paths without detours
     * @throws InvalidSpec if one is not valid, or they are too many or too large
     */
    public static List<FileSpec> resolve(List<FileSpec> files) {
        if (files.size() > MOST) {
            throw new InvalidSpec(files.size() + " files are more than the " + MOST + " possible");
        }
        List<FileSpec> resolved = new ArrayList<>();
        Set<String> paths = new HashSet<>();
        long bytes = 0;
        for (FileSpec file : files) {
            String path = Grammar.guestPath(file.path(), "path of a file");
            if (path.equals("/") || !paths.add(path)) {
                throw new InvalidSpec("file '" + path + "' is the root, or there twice");
            }
            if ((file.mode() & ~ALL_PERMISSIONS) != 0) {
                throw new InvalidSpec(
                        "permissions 0%o of file '%s' are not valid".formatted(file.mode(), path));
            }
            if (!OWNER.matcher(file.user()).matches() || !OWNER.matcher(file.group()).matches()) {
                throw new InvalidSpec("the owner of file '" + path + "' is not valid");
            }
            bytes += file.content().length;
            resolved.add(
                    new FileSpec(path, file.content(), file.mode(), file.user(), file.group()));
        }
        if (bytes > MOST_BYTES) {
            throw new InvalidSpec(
                    "the files have " + bytes + " bytes, more than " + MOST_BYTES + " together");
        }
        return resolved;
    }
}

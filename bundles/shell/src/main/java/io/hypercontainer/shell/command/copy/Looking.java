// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.copy;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.agent.PathStat;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.ContainerFiles;
import java.io.IOException;
import java.util.Optional;

/** Looks at files of a container or of a client alike. */
interface Looking {
    /** Linux takes 40. */
    int MOST_LINKS = 40;

    /**
     * @param path absolute; a link at its end is not followed
     * @return the file; empty if there is none
     */
    Optional<PathStat> at(String path) throws IOException;

    /** Looks at a client's files. */
    static Looking local(Session session) {
        return path -> session.stat(path, false);
    }

    /** Looks at a container's files. */
    static Looking inContainer(ContainerFiles files) {
        return path -> {
            try {
                return Optional.of(files.stat(path));
            } catch (NotFound e) {
                return Optional.empty();
            }
        };
    }

    /**
     * A file, or where one could be.
     *
     * @param path its path; no link
     * @param stat what is there
     */
    record Found(String path, Optional<PathStat> stat) {
        boolean isFolder() {
            return stat.isPresent() && stat.get().isFolder();
        }
    }

    /** {@return what a path leads to in the end} */
    default Found follow(String path) throws IOException {
        String next = path;
        for (int links = 0; links < MOST_LINKS; links++) {
            Optional<PathStat> stat = at(next);
            if (stat.isEmpty() || stat.get().linkTarget().isEmpty()) {
                return new Found(next, stat);
            }
            String target = stat.get().linkTarget();
            // As it is: what '..' leads to depends on links before it.
            next = target.startsWith("/") ? target : CopyPath.beside(next, target);
        }
        throw new InvalidSpec("too many symbolic links at " + path);
    }
}

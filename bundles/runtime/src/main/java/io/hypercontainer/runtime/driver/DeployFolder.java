// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.driver;

import io.hypercontainer.api.HyperException;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The folder into which bundles are dropped, watched. */
final class DeployFolder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeployFolder.class);

    /** How long nothing must happen in the folder: a file that is being copied is left alone. */
    private static final Duration QUIET = Duration.ofMillis(300);

    private final Path folder;
    private final WatchService watch;
    private final Thread watcher;

    /**
     * Makes the folder if it is missing.
     *
     * @param folder the folder
     * @param changed called when something in it has changed, and once at the beginning
     */
    DeployFolder(Path folder, Runnable changed) throws IOException {
        this.folder = folder;
        Files.createDirectories(folder);
        watch = folder.getFileSystem().newWatchService();
        folder.register(
                watch,
                StandardWatchEventKinds.ENTRY_CREATE,
                StandardWatchEventKinds.ENTRY_MODIFY,
                StandardWatchEventKinds.ENTRY_DELETE);
        watcher = Thread.ofVirtual().name("hyper-deploy").unstarted(() -> watch(changed));
    }

    /** Begins to watch. */
    void start() {
        watcher.start();
    }

    /** {@return the jars in it, by name} */
    List<Path> jars() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.getFileName().toString().endsWith(".jar"))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            LOG.warn("cannot list {}: {}", folder, e.toString());
            return List.of();
        }
    }

    private void watch(Runnable changed) {
        try {
            while (true) {
                changed.run();
                WatchKey key = watch.take();
                while (key != null) {
                    key.pollEvents();
                    if (!key.reset()) {
                        LOG.warn("{} is gone: nothing is deployed until the next start", folder);
                        return;
                    }
                    key = watch.poll(QUIET.toMillis(), TimeUnit.MILLISECONDS);
                }
            }
        } catch (ClosedWatchServiceException | HyperException e) {
            LOG.debug("{} is not watched any more", folder, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        try {
            watch.close();
        } catch (IOException e) {
            LOG.debug("closing the watch of {}", folder, e);
        }
        watcher.interrupt();
    }
}

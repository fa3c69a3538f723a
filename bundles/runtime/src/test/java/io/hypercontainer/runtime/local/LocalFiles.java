// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.agent.Change;
import io.hypercontainer.api.agent.GuestAgent;
import io.hypercontainer.api.agent.GuestContainer;
import io.hypercontainer.api.agent.GuestRoot;
import io.hypercontainer.api.agent.PathStat;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Files of containers, for guests that run processes only. An archive is just bytes here, and a
 * file in a container that remembers them. What is written is on the container's disk when its
 * guest has unmounted it, not before.
 */
public final class LocalFiles {
    /** What containers' disks hold, by container and path. */
    public final Map<String, Map<String, String>> disks = new ConcurrentHashMap<>();

    /** The limits that guests were told, one line each. */
    public final List<String> limits = Collections.synchronizedList(new ArrayList<>());

    /** What a guest answers instead, if anything. */
    public volatile @Nullable RuntimeException failure;

    /** What happens while a guest compares with a disk. */
    public volatile Consumer<GuestRoot.SingleDisk> comparing = disk -> {};

    private final Map<String, Map<String, String>> mounted = new ConcurrentHashMap<>();

    /**
     * @param agent a connection that knows no files
     * @return one that does
     */
    public GuestAgent on(GuestAgent agent) {
        return (GuestAgent)
                Proxy.newProxyInstance(
                        GuestAgent.class.getClassLoader(),
                        new Class<?>[] {GuestAgent.class},
                        (proxy, method, args) -> {
                            try {
                                return switch (method.getName()) {
                                    case "stat" -> stat((String) args[0], (String) args[1]);
                                    case "readArchive" -> {
                                        read(
                                                (String) args[0],
                                                (String) args[1],
                                                (OutputStream) args[2]);
                                        yield null;
                                    }
                                    case "writeArchive" -> {
                                        write(
                                                (String) args[0],
                                                (String) args[1],
                                                (InputStream) args[2]);
                                        yield null;
                                    }
                                    case "changes" -> {
                                        if (args.length > 1) {
                                            comparing.accept((GuestRoot.SingleDisk) args[1]);
                                        }
                                        yield changes((String) args[0]);
                                    }
                                    case "readChanges" -> {
                                        send(
                                                changed((String) args[0])
                                                        + ((boolean) args[2] ? " halted" : ""),
                                                (OutputStream) args[3]);
                                        yield null;
                                    }
                                    case "readRoot" -> {
                                        send(
                                                "root " + changed((String) args[0]),
                                                (OutputStream) args[1]);
                                        yield null;
                                    }
                                    case "setLimits" -> {
                                        limit((GuestContainer.Limits) args[1]);
                                        yield null;
                                    }
                                    default -> {
                                        Object result = method.invoke(agent, args);
                                        watch(method.getName(), args);
                                        yield result;
                                    }
                                };
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    private void watch(String method, Object @Nullable [] args) {
        if (method.equals("createContainer") && args != null) {
            String id = ((GuestContainer) args[0]).id();
            mounted.put(id, new ConcurrentHashMap<>(disks.getOrDefault(id, Map.of())));
        } else if (method.equals("destroyContainer") && args != null) {
            Map<String, String> files = mounted.remove((String) args[0]);
            if (files != null) {
                disks.put((String) args[0], files);
            }
        }
    }

    private Map<String, String> files(String container) {
        RuntimeException planned = failure;
        if (planned != null) {
            throw planned;
        }
        Map<String, String> files = mounted.get(container);
        if (files == null) {
            throw new DriverFailure("the guest has no container " + container);
        }
        return files;
    }

    private PathStat stat(String container, String path) {
        String content = files(container).get(path);
        if (content == null) {
            throw new NotFound("can't find " + path);
        }
        return new PathStat(path, content.length(), 0100644, Instant.EPOCH, "");
    }

    private void read(String container, String path, OutputStream sink) {
        stat(container, path);
        send(files(container).getOrDefault(path, ""), sink);
    }

    private String changed(String container) {
        return new TreeSet<>(files(container).keySet()).toString();
    }

    private static void send(String text, OutputStream sink) {
        try {
            sink.write(text.getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(String container, String path, InputStream archive) {
        try {
            String content = new String(archive.readAllBytes(), UTF_8);
            files(container).put(path, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Change> changes(String container) {
        return files(container).keySet().stream()
                .map(path -> new Change(Change.Kind.ADDED, path))
                .toList();
    }

    private void limit(GuestContainer.Limits next) {
        RuntimeException planned = failure;
        if (planned != null) {
            throw planned;
        }
        limits.add(next.memoryBytes() + " " + next.milliCpus() + " " + next.pids());
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.socket;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.Unavailable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens on a unix socket and serves each client on virtual threads. */
public final class SocketServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SocketServer.class);
    private static final int CLIENTS = 1024;
    private static final String GROUP = "hyper";

    private final Path path;
    private final CommandHandler handler;
    private final ServerSocketChannel listener;
    private final Map<SocketChannel, Connection> clients = new ConcurrentHashMap<>();
    private final Thread acceptor;

    /**
     * Opens the socket, which replaces one that a dead daemon has left.
     *
     * @param path where; clients need write permission on it, which its owner and group have
     * @param handler runs the commands
     * @throws Conflict if a daemon answers there already, or something else lies there
     * @throws Unavailable if the socket cannot be made
     */
    public SocketServer(Path path, CommandHandler handler) {
        this.path = path;
        this.handler = handler;
        this.listener = listen(path);
        this.acceptor = Thread.ofVirtual().name("hyperctl-accept").start(this::accept);
    }

    private static ServerSocketChannel listen(Path path) {
        ServerSocketChannel listener = null;
        try {
            removeStale(path);
            listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            listener.bind(UnixDomainSocketAddress.of(path));
            var attributes = Files.getFileAttributeView(path, PosixFileAttributeView.class);
            attributes.setPermissions(PosixFilePermissions.fromString("rw-rw----"));
            handToGroup(path, attributes);
            return listener;
        } catch (IOException e) {
            if (listener != null) {
                close(listener);
            }
            throw new Unavailable("cannot listen on the socket " + path + ": " + e.getMessage(), e);
        }
    }

    private static void removeStale(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        var attributes =
                Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isOther()) {
            throw new Conflict(
                    path + " exists and is no socket: remove it or choose another with --socket");
        }
        try (var probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            throw new Conflict(
                    "a daemon answers on "
                            + probe.getRemoteAddress()
                            + " already: stop it or choose another socket with --socket");
        } catch (IOException refused) {
            LOG.info("Replacing {}, which an earlier daemon has left", path);
            Files.delete(path);
        }
    }

    /** Members of a group of this name may use the daemon, if the host has one. */
    private static void handToGroup(Path path, PosixFileAttributeView attributes) {
        try {
            var groups = path.getFileSystem().getUserPrincipalLookupService();
            attributes.setGroup(groups.lookupPrincipalByGroupName(GROUP));
        } catch (IOException e) {
            LOG.debug("{} stays in its user's group: {}", path, e.getMessage());
        }
    }

    private void accept() {
        for (int number = 1; ; number++) {
            try {
                serve(listener.accept(), "hyperctl-" + number);
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                LOG.error("Cannot take a client on {}", path, e);
                if (!pause()) {
                    return;
                }
            }
        }
    }

    /** Out of descriptors, for instance: trying again at once would only burn time. */
    private static boolean pause() {
        try {
            Thread.sleep(100);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    private void serve(SocketChannel client, String name) {
        var connection = new Connection(client, handler, name);
        boolean full = clients.size() >= CLIENTS;
        clients.put(client, connection);
        Thread.ofVirtual()
                .name(name)
                .start(() -> {
                    try {
                        if (full) {
                            connection.refuse("the daemon serves too many clients already");
                        } else {
                            connection.serve();
                        }
                    } finally {
                        clients.remove(client);
                    }
                });
    }

    /** Removes the socket and lets all clients go; their commands are interrupted. */
    @Override
    public void close() {
        closeAllBut("");
    }

    /**
     * Removes the socket and lets clients go.
     *
     * @param command those who run it stay connected until it ends
     */
    public void closeAllBut(String command) {
        close(listener);
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.warn("Cannot remove the socket {}: {}", path, e.getMessage());
        }
        clients.forEach((channel, connection) -> {
            if (!connection.command().equals(command)) {
                close(channel);
            }
        });
        acceptor.interrupt();
    }

    private static void close(java.nio.channels.Channel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("Closing a channel failed: {}", e.getMessage());
        }
    }
}

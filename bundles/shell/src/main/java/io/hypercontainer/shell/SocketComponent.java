// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.HyperProperties;
import io.hypercontainer.shell.gogo.ShellCommand;
import io.hypercontainer.shell.socket.SocketServer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the socket when the framework has started all bundles, so that the first client finds all
 * commands.
 */
@Component(immediate = true, service = SocketComponent.class)
public final class SocketComponent {
    private static final Logger LOG = LoggerFactory.getLogger(SocketComponent.class);
    private static final String USUAL = "/run/hyper.sock";

    private final BundleContext context;
    private final CommandRunner runner;
    private final FrameworkListener started = this::onFrameworkEvent;
    private @Nullable SocketServer server;
    private boolean closed;

    /**
     * Opens the socket, now or when the framework is ready.
     *
     * @param context tells the socket's path and whether the framework is ready
     * @param runner runs the commands
     */
    @Activate
    public SocketComponent(BundleContext context, @Reference CommandRunner runner) {
        this.context = context;
        this.runner = runner;
        context.addFrameworkListener(started);
        if (framework().getState() == Bundle.ACTIVE) {
            open();
        }
    }

    private Bundle framework() {
        return context.getBundle(Constants.SYSTEM_BUNDLE_ID);
    }

    private void onFrameworkEvent(FrameworkEvent event) {
        if (event.getType() == FrameworkEvent.STARTED) {
            open();
        }
    }

    private synchronized void open() {
        if (server != null || closed) {
            return;
        }
        var configured = context.getProperty(HyperProperties.SOCKET);
        var path = Path.of(configured == null ? USUAL : configured);
        try {
            server = new SocketServer(path, runner);
            LOG.info("Listening on {}", path);
        } catch (HyperException e) {
            LOG.error("hyperd stops: {}", e.getMessage());
            exit();
        }
    }

    /**
     * A daemon that nobody can reach is of no use, and whoever started it must be told. The JVM's
     * exit stops the framework, which would wait for this very thread.
     */
    private static void exit() {
        Thread.ofPlatform().name("hyperd-exit").start(() -> System.exit(1));
    }

    /**
     * The end of this bundle is not the end of the daemon. It may be a command in the shell that
     * exchanges it, which must not be interrupted half-way: nobody could connect any more.
     */
    @Deactivate
    synchronized void close() {
        closed = true;
        context.removeFrameworkListener(started);
        if (server == null) {
            return;
        }
        if (framework().getState() == Bundle.STOPPING) {
            server.close();
        } else {
            OwnClasses.load(context.getBundle());
            server.closeAllBut(ShellCommand.NAME);
        }
        server = null;
    }
}

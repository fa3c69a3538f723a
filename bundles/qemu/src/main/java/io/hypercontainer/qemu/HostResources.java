// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.hypervisor.Disk;
import io.hypercontainer.api.hypervisor.Share;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what a machine needs on the host and gives it back. The {@link Ledger} has to know of each
 * thing before it is taken, and until it is given back.
 */
final class HostResources {
    private static final Logger LOG = LoggerFactory.getLogger(HostResources.class);

    private final ShareServer shareServer;

    HostResources(ShareServer shareServer) {
        this.shareServer = shareServer;
    }

    /** Lets QEMU make its sockets in the folder. */
    static void openFolder(MachineState state) throws IOException {
        if (state.uid() >= 0) {
            Host.setGroup(state.folder().path(), state.uid());
            Host.setMode(state.folder().path(), "rwxrwx---");
        }
    }

    /** Leaves QEMU what it needs of its folder once a guest may have taken it over. */
    static void closeFolder(MachineState state) throws IOException {
        if (state.uid() >= 0) {
            Host.setMode(state.folder().path(), "rwx--x---");
        }
    }

    static void takeDisk(MachineState state, Disk disk) {
        try {
            if (!disk.readOnly() && state.uid() >= 0) {
                for (var extent : disk.extents()) {
                    Host.setOwner(extent.file(), state.uid());
                }
            }
        } catch (IOException e) {
            throw new DriverFailure(
                    "cannot give the files of disk %s to user %d: %s"
                            .formatted(disk.id(), state.uid(), e.getMessage()),
                    e);
        }
        DiskFiles.prepare(disk, state.folder());
    }

    static void returnDisk(MachineState state, String id) {
        state.disk(id).ifPresent(d -> giveBack(state, d.files()));
        DiskFiles.remove(id, state.folder());
    }

    /** {@return the state with the share's daemon in it} */
    MachineState takeShare(MachineState state, Share share) {
        var noted = state.share(share.tag()).orElseThrow();
        var daemon = shareServer.start(share, noted.port(), state.folder(), state.uid());
        return state.with(new MachineState.ShareState(noted.tag(), noted.port(), daemon));
    }

    static void returnShare(MachineState state, String tag) {
        state.share(tag).ifPresent(s -> stop(s, state.folder()));
    }

    /** Gives everything back that a dead machine held, however far it had come. */
    static void release(MachineState state) {
        var folder = state.folder();
        state.shares().forEach(s -> returnShare(state, s.tag()));
        state.disks().forEach(d -> returnDisk(state, d.id()));
        try {
            for (var socket : List.of(folder.agent(), folder.qmp(), folder.console())) {
                Files.deleteIfExists(socket);
            }
        } catch (IOException e) {
            LOG.warn("Sockets of machine {} stay: {}", state.id(), e.toString());
        }
    }

    private static void stop(MachineState.ShareState share, MachineFolder folder) {
        try {
            ShareServer.stop(share, folder);
        } catch (InterruptedException e) {
            throw new Interrupted("stop the server of share " + share.tag(), e);
        } catch (IOException | HyperException e) {
            LOG.warn("Share {} of {} is not cleaned up", share.tag(), folder.path(), e);
        }
    }

    /** The user id will be another machine's; nothing of this one may stay open to it. */
    private static void giveBack(MachineState state, List<String> files) {
        if (state.uid() < 0) {
            return;
        }
        for (var name : files) {
            var file = Path.of(name);
            try {
                if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                    Host.setOwner(file, 0);
                }
            } catch (IOException e) {
                LOG.warn("{} keeps the owner of an ended machine: {}", file, e.toString());
            }
        }
    }
}

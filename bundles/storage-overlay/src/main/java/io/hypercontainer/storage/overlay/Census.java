// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

import io.hypercontainer.api.driver.Holding;
import io.hypercontainer.storage.host.DiskErrors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the driver has on the disk besides layers and volumes, and what is wrong with it. */
final class Census {
    private static final String FILE = "file";

    private final Workspace workspace;
    private final RootStore roots;
    private final VolumeStore volumes;

    Census(Workspace workspace, RootStore roots, VolumeStore volumes) {
        this.workspace = workspace;
        this.roots = roots;
        this.volumes = volumes;
    }

    List<Holding> take() {
        var all = new ArrayList<Holding>();
        for (String container : roots.containers()) {
            all.add(new Holding.Owned(FILE, roots.folder(container).toString(), container));
        }
        try {
            for (Path left : workspace.leftovers()) {
                all.add(
                        new Holding.Left(
                                FILE,
                                left.toString(),
                                "left from something that was not finished"));
            }
            for (Path aside : workspace.damaged()) {
                all.add(
                        new Holding.Wrong(
                                FILE,
                                aside.toString(),
                                "a root file system whose record was damaged is set aside, with its"
                                        + " disk: delete it when you need it no more"));
            }
        } catch (IOException e) {
            throw DiskErrors.of("cannot look for what is left", e, workspace.roots());
        }
        for (Path broken : volumes.broken()) {
            all.add(
                    new Holding.Wrong(
                            FILE,
                            broken.toString(),
                            "it lies among the volumes and has no disk: move it away"));
        }
        return List.copyOf(all);
    }

    void dispose(Holding holding) {
        switch (holding) {
            case Holding.Owned root -> roots.release(root.owner());
            case Holding.Left left -> {
                if (take().contains(left)) {
                    delete(Path.of(left.subject()));
                }
            }
            case Holding.Wrong w -> {
                // A person's to deal with.
            }
        }
    }

    private void delete(Path left) {
        try {
            Workspace.delete(left);
        } catch (IOException e) {
            throw DiskErrors.of("cannot delete " + left, e, workspace.roots());
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.spec;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.agent.TmpfsOptions;
import io.hypercontainer.api.runtime.MountSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Decides what is mounted in a container. */
public final class MountResolver {
    private static final int MOST_MOUNTS = 64;

    private final Supplier<String> volumeNames;

    /**
     * @param volumeNames makes names for anonymous volumes
     */
    public MountResolver(Supplier<String> volumeNames) {
        this.volumeNames = volumeNames;
    }

    /**
     * @param wanted what the user wants mounted
     * @param imageVolumes where the image wants volumes; a mount of the user's there wins
     * @return all mounts, outer ones before those inside them
     * @throws InvalidSpec if one is not valid
     */
    public List<Mounted> resolve(List<MountSpec> wanted, List<String> imageVolumes) {
        Set<String> targets = new HashSet<>();
        List<Mounted> mounts = new ArrayList<>();
        for (MountSpec spec : wanted) {
            String target = target(spec.target());
            if (!targets.add(target)) {
                throw new InvalidSpec("two mounts have the target '" + target + "'");
            }
            mounts.add(resolve(spec, target));
        }
        for (String volume : imageVolumes) {
            String target = target(volume);
            if (targets.add(target)) {
                mounts.add(new Mounted.InVolume(volumeNames.get(), target, false, true, false));
            }
        }
        if (mounts.size() > MOST_MOUNTS) {
            throw new InvalidSpec(
                    mounts.size() + " mounts are more than the " + MOST_MOUNTS + " possible");
        }
        mounts.sort(Comparator.comparingInt(m -> Path.of(m.target()).getNameCount()));
        return mounts;
    }

    private static String target(String path) {
        String target = Grammar.guestPath(path, "mount target");
        if (target.equals("/")) {
            throw new InvalidSpec("'/' cannot be a mount target: it is the image");
        }
        return target;
    }

    private Mounted resolve(MountSpec spec, String target) {
        return switch (spec) {
            case MountSpec.Volume v ->
                    new Mounted.InVolume(
                            v.name().map(Grammar::volumeName).orElseGet(volumeNames),
                            target,
                            v.readOnly(),
                            v.name().isEmpty(),
                            v.noCopy());
            case MountSpec.Bind b -> new Mounted.OfHost(onHost(b.source()), target, b.readOnly());
            case MountSpec.Tmpfs t -> {
                TmpfsOptions o = t.options();
                if (t.sizeBytes() < 0
                        || t.mode() < 0
                        || t.mode() > 07777
                        || o.uid() < 0
                        || o.gid() < 0) {
                    throw new InvalidSpec(
                            "tmpfs at '" + target + "' has a size, mode or owner out of range");
                }
                yield new Mounted.InMemory(target, t.sizeBytes(), t.mode(), o);
            }
        };
    }

    /** Links are followed here, once: what the guest gets can't be changed by moving a link. */
    private static String onHost(String source) {
        try {
            Path path = Path.of(source);
            if (!path.isAbsolute()) {
                throw new InvalidSpec("bind mount source '" + source + "' is not an absolute path");
            }
            Path real = path.toRealPath();
            if (!Files.isDirectory(real) && !Files.isRegularFile(real)) {
                throw new InvalidSpec(
                        "bind mount source '"
                                + source
                                + "' is neither a folder nor a regular file: sockets, pipes and"
                                + " devices of the host cannot reach into a virtual machine");
            }
            return real.toString();
        } catch (IOException | InvalidPathException e) {
            throw new InvalidSpec("bind mount source '" + source + "' does not exist", e);
        }
    }
}

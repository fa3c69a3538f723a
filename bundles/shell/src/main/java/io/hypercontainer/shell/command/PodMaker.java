// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.image.Images;
import io.hypercontainer.api.runtime.Pod;
import io.hypercontainer.api.runtime.PodSpec;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.shell.podfile.FileFetcher;
import io.hypercontainer.shell.podfile.InvalidPodFile;
import io.hypercontainer.shell.podfile.PodFile;
import java.io.IOException;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Makes the pod of a pod file: all that can fail without it fails before there is one. */
final class PodMaker {
    private final Session session;
    private final Runtime runtime;
    private final Images images;

    PodMaker(Session session, Runtime runtime, Images images) {
        this.session = session;
        this.runtime = runtime;
        this.images = images;
    }

    /**
     * Makes it.
     *
     * @param options name the file
     * @param name the pod's name instead of the file's
     * @param pull when images are pulled
     * @param more changes what the file says
     */
    Pod make(
            PodFileOptions options,
            Optional<String> name,
            PullOptions pull,
            UnaryOperator<PodSpec> more)
            throws InvalidPodFile, IOException {
        ImageFetcher.Policy policy = pull.policy();
        PodFile file = options.read(session, name);
        PodSpec spec = more.apply(file.spec(new FileFetcher(session, options.path.orElseThrow())));
        for (String image : file.images()) {
            new ImageFetcher(runtime, images).fetch(session, image, policy, pull.quiet);
        }
        return runtime.pods().create(spec);
    }
}

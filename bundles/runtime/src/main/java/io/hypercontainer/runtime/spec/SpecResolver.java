// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.spec;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.image.ImageConfig;
import io.hypercontainer.api.runtime.ContainerSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Completes a specification from its image, as docker does, and checks the result. */
public final class SpecResolver {
    private static final String PATH =
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final MountResolver mounts;

    /**
     * @param mounts decides what is mounted
     */
    public SpecResolver(MountResolver mounts) {
        this.mounts = mounts;
    }

    /**
     * @param hostname its pod's host name
     * @param spec what the user wants
     * @param image what the image wants
     * @return all decided
     * @throws InvalidSpec if a value is not valid
     */
    public Resolved resolve(String hostname, ContainerSpec spec, ImageConfig image) {
        String signal = orElse(spec.stopSignal().orElse(""), orElse(image.stopSignal(), "SIGTERM"));
        Signals.number(signal);
        Map<String, String> labels = new HashMap<>(image.labels());
        labels.putAll(spec.labels());
        return new Resolved(
                args(spec, image),
                env(spec, image, hostname),
                user(spec.user().orElse(image.user())),
                workdir(spec, image),
                labels,
                mounts.resolve(spec.mounts(), image.volumes()),
                image.exposedPorts(),
                signal,
                ProcessResolver.groups(spec.groups()),
                ProcessResolver.sysctls(spec.sysctls()),
                ProcessResolver.ulimits(spec.ulimits()));
    }

    private static List<String> args(ContainerSpec spec, ImageConfig image) {
        List<String> args = new ArrayList<>();
        // Docker's clients send one empty word to take an entrypoint away.
        args.addAll(
                spec.entrypoint()
                        .map(e -> e.equals(List.of("")) ? List.<String>of() : e)
                        .orElse(image.entrypoint()));
        // Another entrypoint makes the image's command meaningless.
        args.addAll(
                spec.command()
                        .filter(c -> !c.isEmpty())
                        .orElse(spec.entrypoint().isPresent() ? List.of() : image.command()));
        if (args.isEmpty()) {
            throw new InvalidSpec(
                    "no command specified: image '"
                            + spec.image()
                            + "' names none, so give one behind the image's name");
        }
        if (args.getFirst().isEmpty()) {
            throw new InvalidSpec("the command's first word, the program, is empty");
        }
        Grammar.words(args, "command");
        return args;
    }

    private static List<String> env(ContainerSpec spec, ImageConfig image, String hostname) {
        Environment env = new Environment().with(List.of(PATH, "HOSTNAME=" + hostname));
        if (spec.terminal()) {
            env.with(List.of("TERM=xterm"));
        }
        List<String> all = env.with(image.env()).with(spec.env()).list();
        Grammar.words(all, "environment");
        return all;
    }

    private static String user(String user) {
        if (user.indexOf('\0') >= 0 || user.length() > 256) {
            throw new InvalidSpec("user '" + user + "' is not valid: give NAME or UID[:GROUP]");
        }
        return user;
    }

    private static String workdir(ContainerSpec spec, ImageConfig image) {
        String fromImage =
                image.workdir().startsWith("/") ? image.workdir() : "/" + image.workdir();
        return Grammar.guestPath(
                spec.workdir().filter(w -> !w.isEmpty()).orElse(fromImage), "working directory");
    }

    private static String orElse(String value, String other) {
        return value.isEmpty() ? other : value;
    }
}

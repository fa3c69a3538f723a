// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.spec;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.image.ImageConfig;
import io.hypercontainer.api.runtime.ContainerSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Completes a specification from its image, as docker does, and checks the result. */
public final class SpecResolver {
    private static final String PATH =
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /** Runs one line as docker has it run. */
    public static final List<String> SHELL = List.of("/bin/sh", "-c");

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
        List<String> entrypoint = entrypoint(spec, image);
        return new Resolved(
                args(entrypoint, spec, image),
                entrypoint.size(),
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

    private static List<String> entrypoint(ContainerSpec spec, ImageConfig image) {
        // Docker's clients send one empty word to take an entrypoint away.
        return spec.entrypoint()
                .map(e -> e.equals(List.of("")) ? List.<String>of() : e)
                .orElse(image.entrypoint());
    }

    private static List<String> args(
            List<String> entrypoint, ContainerSpec spec, ImageConfig image) {
        List<String> args = new ArrayList<>(entrypoint);
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

    /**
     * @param hostname host name of a container's pod
     * @param terminal whether its process has a terminal
     * @return the environment that it has whatever its image and its user want
     */
    public static Stream<String> given(String hostname, boolean terminal) {
        Stream<String> always = Stream.of(PATH, "HOSTNAME=" + hostname);
        return terminal ? Stream.concat(always, Stream.of("TERM=xterm")) : always;
    }

    private static List<String> env(ContainerSpec spec, ImageConfig image, String hostname) {
        Environment env = new Environment().with(given(hostname, spec.terminal()).toList());
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

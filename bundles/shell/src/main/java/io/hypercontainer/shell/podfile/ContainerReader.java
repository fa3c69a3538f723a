// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.podfile;

import io.hypercontainer.api.agent.Ulimit;
import io.hypercontainer.api.runtime.ContainerSpec;
import io.hypercontainer.api.runtime.ContainerSpecBuilder;
import io.hypercontainer.api.runtime.Limits;
import io.hypercontainer.api.runtime.LogSpec;
import io.hypercontainer.api.runtime.RestartPolicy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads the containers of a pod. */
final class ContainerReader {
    private static final long MOST_PIDS = 4_194_304;
    private static final Pattern SYSCTL = Pattern.compile("[a-zA-Z0-9_-]+([./][a-zA-Z0-9_:*-]+)+");

    private static final Set<String> ULIMITS =
            Set.of(
                    "core",
                    "cpu",
                    "data",
                    "fsize",
                    "locks",
                    "memlock",
                    "msgqueue",
                    "nice",
                    "nofile",
                    "nproc",
                    "rss",
                    "rtprio",
                    "rttime",
                    "sigpending",
                    "stack");

    /** What containers get that say nothing of their own. */
    record Defaults(String pod, boolean terminal, RestartPolicy restart, LogSpec log) {}

    private final Defaults defaults;
    private final FileReader files;
    private final VolumeReader volumes;
    private final PortReader ports;
    private final Set<String> names = new HashSet<>();

    ContainerReader(Defaults defaults, FileReader files, VolumeReader volumes, PortReader ports) {
        this.defaults = defaults;
        this.files = files;
        this.volumes = volumes;
        this.ports = ports;
    }

    PodFile.Part read(Section section, int index) {
        String image = section.required("image").map(i -> image(section, i)).orElse("");
        ContainerSpecBuilder spec =
                ContainerSpec.of(image)
                        .name(name(section, image, index))
                        .env(env(section))
                        .labels(section.table("labels"))
                        .mounts(volumes.of(section))
                        .readOnly(section.flag("readOnly").orElse(false))
                        .restart(
                                section.text("restartPolicy", Words::restart)
                                        .orElse(defaults.restart()))
                        .health(HealthReader.of(section))
                        .limits(limits(section))
                        .log(LogReader.of(section).orElse(defaults.log()))
                        .sysctls(sysctls(section))
                        .ulimits(ulimits(section));
        boolean terminal = section.flag("tty").orElse(false) || defaults.terminal();
        spec.terminal(terminal).stdin(terminal);
        section.words("entrypoint").filter(e -> !e.isEmpty()).ifPresent(spec::entrypoint);
        section.words("command").filter(c -> !c.isEmpty()).ifPresent(spec::command);
        section.text("workdir", Words::guestPath).ifPresent(spec::workdir);
        section.word("StopSignal", Words::signal).ifPresent(spec::stopSignal);
        user(section, spec);
        ports.of(section);
        section.text("cache", Words::cache);
        refuse(section, "logPath", "the daemon keeps the logs, hyperctl logs shows them");
        refuse(section, "id", "the daemon makes the ids");
        List<FileUse> uses = files.of(section);
        section.end();
        return new PodFile.Part(image, spec, uses);
    }

    private static String image(Section section, String image) {
        return section.checked("image", image, Names::image).orElse("");
    }

    /** hyperd's {@code <pod>-<image>-<index>} if there is none. */
    private String name(Section section, String image, int index) {
        Optional<String> given = section.text("name", Names::object);
        String name = given.orElseGet(() -> defaults.pod() + "-" + shortName(image) + "-" + index);
        if (!names.add(name)) {
            section.problem("name", "two containers have the name " + Problems.quoted(name));
        }
        return name;
    }

    private static String shortName(String image) {
        String name = image.substring(image.lastIndexOf('/') + 1);
        return name.replaceAll("[:@].*", "");
    }

    private static List<String> env(Section section) {
        List<String> env = new ArrayList<>();
        Set<String> unique = new HashSet<>();
        for (Section variable : section.sections("envs")) {
            Optional<String> name = variable.required("env");
            String value = variable.word("value").orElse("");
            variable.end();
            if (name.isEmpty()) {
                continue;
            }
            if (name.get().indexOf('=') >= 0) {
                variable.problem("env", Problems.quoted(name.get()) + " has a '=' in its name");
            } else if (!unique.add(name.get())) {
                variable.problem("env", Problems.quoted(name.get()) + " is there twice");
            } else {
                env.add(name.get() + "=" + value);
            }
        }
        return env;
    }

    private static void user(Section section, ContainerSpecBuilder spec) {
        section.section("user")
                .ifPresent(user -> {
                    Optional<String> name = user.word("name", Names::user);
                    Optional<String> group = user.word("group", Names::user);
                    spec.groups(user.words("additionalGroups", Names::user));
                    if (name.isEmpty() && group.isPresent() && !user.has("name")) {
                        user.problem("name", "is missing: a group needs a user");
                    }
                    user.end();
                    name.ifPresent(n -> spec.user(group.map(g -> n + ":" + g).orElse(n)));
                });
    }

    private static Limits limits(Section section) {
        return section.section("limits")
                .map(limits -> {
                    Limits read =
                            new Limits(
                                    limits.word("memory", Words::memory).orElse(0L),
                                    limits.word("cpu", Words::cpus).orElse(0.0),
                                    limits.number("pids", 0, MOST_PIDS).orElse(0L).intValue());
                    limits.end();
                    return read;
                })
                .orElse(Limits.NONE);
    }

    private static Map<String, String> sysctls(Section section) {
        Map<String, String> sysctls = section.table("sysctl");
        for (String name : sysctls.keySet()) {
            if (name.length() > 256 || !SYSCTL.matcher(name).matches()) {
                section.problem(
                        "sysctl." + name, "is no kernel setting, such as net.core.somaxconn");
            }
        }
        return sysctls;
    }

    private static List<Ulimit> ulimits(Section section) {
        List<Ulimit> ulimits = new ArrayList<>();
        Set<String> unique = new HashSet<>();
        for (Section limit : section.sections("ulimits")) {
            Optional<String> name = limit.required("name");
            Optional<Long> hard = limit.number("hard", -1, Long.MAX_VALUE);
            Optional<Long> soft = limit.number("soft", -1, Long.MAX_VALUE);
            limit.end();
            if (name.isEmpty()) {
                continue;
            }
            if (!ULIMITS.contains(name.get())) {
                limit.problem("name", Problems.quoted(name.get()) + " is no limit, such as nofile");
            } else if (!unique.add(name.get())) {
                limit.problem("name", Problems.quoted(name.get()) + " is there twice");
            }
            if (hard.isEmpty() && soft.isEmpty()) {
                limit.problem("soft", "is missing: give soft, hard or both");
                continue;
            }
            long least = soft.orElseGet(hard::orElseThrow);
            long most = hard.orElse(least);
            if (most != -1 && (least == -1 || least > most)) {
                limit.problem("soft", "is above hard");
            }
            ulimits.add(new Ulimit(name.get(), least, most));
        }
        return ulimits;
    }

    private static void refuse(Section section, String field, String why) {
        if (section.word(field).isPresent()) {
            section.problem(field, "is not supported: " + why);
        }
    }
}

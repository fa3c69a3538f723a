// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.option;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.agent.TmpfsOptions;
import io.hypercontainer.api.runtime.MountSpec;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code --mount type=volume,source=data,target=/data,readonly}. */
public final class MountOption {
    private static final Set<String> FLAGS = Set.of("readonly", "volume-nocopy");

    private MountOption() {}

    /**
     * @param spec what was written
     * @param workingDirectory where the client is, for {@code source=./x}
     * @return what to mount
     * @throws InvalidSpec if it is malformed
     */
    public static MountSpec parse(String spec, String workingDirectory) {
        Map<String, String> fields = fields(spec);
        String type = take(fields, "type").orElse("volume");
        Optional<String> source = take(fields, "source");
        String target = take(fields, "target").orElseThrow(() -> error(spec, "it has no target"));
        boolean readOnly = flag(fields, "readonly");
        MountSpec mount =
                switch (type) {
                    case "volume" ->
                            VolumeOption.volume(
                                    spec, source, target, readOnly, flag(fields, "volume-nocopy"));
                    case "bind" -> bind(spec, fields, source, target, readOnly, workingDirectory);
                    case "tmpfs" -> tmpfs(spec, fields, source, target, readOnly);
                    default ->
                            throw error(
                                    spec,
                                    "type '"
                                            + type
                                            + "' is unknown; there are bind, volume, tmpfs");
                };
        if (!fields.isEmpty()) {
            throw error(
                    spec,
                    "option '" + fields.keySet().iterator().next() + "' does not go with " + type);
        }
        return mount;
    }

    private static MountSpec bind(
            String spec,
            Map<String, String> fields,
            Optional<String> source,
            String target,
            boolean readOnly,
            String workingDirectory) {
        take(fields, "bind-propagation").ifPresent(p -> Propagation.check(spec, p));
        take(fields, "bind-recursive")
                .filter(r -> !r.equals("enabled") && !r.equals("readonly"))
                .ifPresent(r -> {
                    throw error(
                            spec,
                            "bind-recursive '"
                                    + r
                                    + "' cannot be had: mounts within the folder come along, and"
                                    + " are read-only if it is");
                });
        String given = source.orElseThrow(() -> error(spec, "a bind has no source"));
        return new MountSpec.Bind(
                AbsolutePath.source(spec, given, workingDirectory),
                AbsolutePath.target(spec, target),
                readOnly);
    }

    private static MountSpec tmpfs(
            String spec,
            Map<String, String> fields,
            Optional<String> source,
            String target,
            boolean readOnly) {
        if (source.isPresent()) {
            throw error(spec, "source does not go with tmpfs");
        }
        long size =
                take(fields, "tmpfs-size").map(s -> SizeOption.parse("tmpfs-size", s)).orElse(0L);
        int mode =
                take(fields, "tmpfs-mode")
                        .map(m -> TmpfsOption.mode(spec, m))
                        .orElse(TmpfsOption.DEFAULT_MODE);
        return new MountSpec.Tmpfs(
                AbsolutePath.target(spec, target),
                size,
                mode,
                new TmpfsOptions(readOnly, false, false, false, 0, 0));
    }

    private static boolean flag(Map<String, String> fields, String name) {
        return take(fields, name).filter(value -> !value.equals("false")).isPresent();
    }

    private static Map<String, String> fields(String spec) {
        Map<String, String> fields = new HashMap<>();
        for (String field : spec.split(",", -1)) {
            int equals = field.indexOf('=');
            String name = equals < 0 ? field : field.substring(0, equals);
            String value = equals < 0 ? "true" : field.substring(equals + 1);
            String key =
                    switch (name) {
                        case "src" -> "source";
                        case "dst", "destination" -> "target";
                        case "ro" -> "readonly";
                        default -> name;
                    };
            if (equals < 0 && !FLAGS.contains(key)) {
                throw error(spec, "'" + field + "' is not of the form NAME=value");
            }
            fields.put(key, value);
        }
        return fields;
    }

    private static Optional<String> take(Map<String, String> fields, String name) {
        return Optional.ofNullable(fields.remove(name)).filter(value -> !value.isEmpty());
    }

    private static InvalidSpec error(String spec, String why) {
        return new InvalidSpec("invalid mount '" + spec + "': " + why);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.commit;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.image.ImageConfig;
import io.hypercontainer.runtime.spec.Grammar;
import io.hypercontainer.runtime.spec.Signals;
import io.hypercontainer.runtime.spec.SpecResolver;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Instructions of a Dockerfile that change how an image is run (Docker's reference of Dockerfiles).
 */
public final class Instructions {
    private static final int MOST = 256;
    private static final int HIGHEST_PORT = 65535;
    private static final Pattern PORTS =
            Pattern.compile("([0-9]{1,5})(?:-([0-9]{1,5}))?(?:/(tcp|udp|sctp))?");

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Draft draft;

    private Instructions(Draft draft) {
        this.draft = draft;
    }

    /**
     * @param instructions instructions, {@code CMD ["nginx"]}
     * @param config what they change
     * @return changed
     * @throws InvalidSpec if one is not valid, or changes what is not known here
     */
    public static ImageConfig apply(List<String> instructions, ImageConfig config) {
        if (instructions.size() > MOST) {
            throw new InvalidSpec(instructions.size() + " changes are more than " + MOST);
        }
        Grammar.words(instructions, "list of changes");
        Draft draft = new Draft(config);
        instructions.forEach(new Instructions(draft)::apply);
        return draft.finish();
    }

    private void apply(String line) {
        String[] parts = line.strip().split("\\s+", 2);
        String name = parts[0].toUpperCase(Locale.ROOT);
        String rest = parts.length > 1 ? parts[1] : "";
        try {
            apply(name, rest);
        } catch (InvalidSpec e) {
            throw new InvalidSpec("change '" + line + "': " + e.getMessage(), e);
        }
    }

    private void apply(String name, String rest) {
        if (rest.isEmpty()) {
            throw new InvalidSpec(name.isEmpty() ? "it is empty" : name + " needs an argument");
        }
        switch (name) {
            case "CMD" -> draft.command(command(rest));
            case "ENTRYPOINT" -> draft.entrypoint(command(rest));
            case "ENV" -> pairs(rest, (key, value) -> draft.env().with(List.of(key + "=" + value)));
            case "EXPOSE" -> words(rest).forEach(this::expose);
            case "HEALTHCHECK" -> draft.healthcheck(HealthInstruction.parse(rest, this::command));
            case "LABEL" -> pairs(rest, draft.labels()::put);
            case "STOPSIGNAL" -> draft.stopSignal(signal(word(rest)));
            case "USER" -> draft.user(word(rest));
            case "VOLUME" -> list(rest).orElseGet(() -> words(rest)).forEach(this::volume);
            case "WORKDIR" -> draft.workdir(workdir(word(rest)));
            case "ONBUILD" ->
                    throw new InvalidSpec(
                            "ONBUILD is for images that others are built of; not here");
            default ->
                    throw new InvalidSpec(
                            name
                                    + " is not one of CMD, ENTRYPOINT, ENV, EXPOSE, HEALTHCHECK,"
                                    + " LABEL, STOPSIGNAL, USER, VOLUME, WORKDIR");
        }
    }

    /** A list of words, or a line for the shell. */
    private List<String> command(String text) {
        return list(text)
                .orElseGet(
                        () -> Stream.concat(SpecResolver.SHELL.stream(), Stream.of(text)).toList());
    }

    /** {@return the texts of a JSON array; empty if it is none, as in a Dockerfile} */
    private static Optional<List<String>> list(String text) {
        if (!text.startsWith("[")) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(text, new TypeReference<List<String>>() {}));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    private List<String> words(String text) {
        return Words.split(text, draft.env().asMap());
    }

    private String word(String text) {
        List<String> words = words(text);
        if (words.size() != 1) {
            throw new InvalidSpec("it takes one word, not " + words.size());
        }
        return words.getFirst();
    }

    /** {@code NAME=value …}, or one as {@code NAME value}. */
    private void pairs(String text, BiConsumer<String, String> sink) {
        Map<String, String> before = draft.env().asMap();
        String first = text.split("\\s", 2)[0];
        if (!first.contains("=")) {
            List<String> value = Words.split(text.substring(first.length()), before);
            if (value.isEmpty()) {
                throw new InvalidSpec(first + " has no value");
            }
            sink.accept(first, String.join(" ", value));
            return;
        }
        for (String pair : Words.split(text, before)) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw new InvalidSpec("'" + pair + "' does not have the form NAME=value");
            }
            sink.accept(pair.substring(0, equals), pair.substring(equals + 1));
        }
    }

    private void expose(String text) {
        Matcher ports = PORTS.matcher(text);
        int from = ports.matches() ? Integer.parseInt(ports.group(1)) : 0;
        int to = from > 0 && ports.group(2) != null ? Integer.parseInt(ports.group(2)) : from;
        if (from < 1 || to < from || to > HIGHEST_PORT) {
            throw new InvalidSpec("'" + text + "' is not PORT[-PORT][/tcp|udp|sctp]");
        }
        String protocol = ports.group(3) == null ? "tcp" : ports.group(3);
        for (int port = from; port <= to; port++) {
            draft.exposedPorts().add(port + "/" + protocol);
        }
    }

    private void volume(String path) {
        draft.volumes().add(Grammar.guestPath(path, "volume"));
    }

    private static String signal(String name) {
        Signals.number(name);
        return name;
    }

    private String workdir(String path) {
        Path from = Path.of(draft.workdir().isEmpty() ? "/" : draft.workdir());
        return Grammar.guestPath(from.resolve(path).toString(), "working directory");
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell;

import io.hypercontainer.api.command.Command;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Proposes how a command line may go on. */
@Component(service = Completion.class)
public final class Completion {
    private static final Logger LOG = LoggerFactory.getLogger(Completion.class);

    /**
     * A proposal for the last word.
     *
     * @param value the whole word
     * @param description what it is; may be empty
     */
    public record Candidate(String value, String description) {}

    private final CommandCatalog catalog;

    /**
     * Makes a completion.
     *
     * @param catalog the commands
     */
    @Activate
    public Completion(@Reference CommandCatalog catalog) {
        this.catalog = catalog;
    }

    /**
     * Completes the last word.
     *
     * @param words the command line without the program; the last word may be empty
     * @return words that start with the last word
     */
    public List<Candidate> complete(List<String> words) {
        if (words.isEmpty()) {
            return List.of();
        }
        var typed = words.getLast();
        var before = words.subList(0, words.size() - 1);
        if (before.isEmpty()) {
            return starting(typed, firstWords());
        }
        if (before.getFirst().equals("help")) {
            return complete(words.subList(1, words.size()));
        }
        var match = catalog.find(before);
        if (match.isPresent()) {
            return arguments(match.get(), typed);
        }
        return before.size() == 1 ? starting(typed, below(before.getFirst())) : List.of();
    }

    private static List<Candidate> starting(String typed, Stream<Candidate> all) {
        return all.filter(candidate -> candidate.value().startsWith(typed)).toList();
    }

    private Stream<Candidate> firstWords() {
        var names = new TreeMap<String, String>();
        catalog.byName()
                .values()
                .forEach(entry -> {
                    if (entry.hidden()) {
                        return;
                    }
                    entry.names()
                            .map(name -> name.split(" ", 2))
                            .forEach(name ->
                                    names.merge(
                                            name[0],
                                            name.length == 1
                                                    ? entry.description()
                                                    : Usage.manage(name[0]),
                                            (first, second) -> first));
                });
        return candidates(names);
    }

    private Stream<Candidate> below(String word) {
        var names = new TreeMap<String, String>();
        catalog.below(word).forEach((name, entry) -> names.put(name, entry.description()));
        return candidates(names);
    }

    private static Stream<Candidate> candidates(Map<String, String> names) {
        return names.entrySet().stream().map(e -> new Candidate(e.getKey(), e.getValue()));
    }

    private List<Candidate> arguments(CommandCatalog.Match match, String typed) {
        var source = match.entry().source();
        Command command = source.create();
        try {
            return new Line(command).complete(match.arguments(), typed);
        } catch (RuntimeException e) {
            // Nobody waits for an error message behind a Tab.
            LOG.debug("No completion for {}", match.typed(), e);
            return List.of();
        } finally {
            source.release(command);
        }
    }

    /** The arguments of one command, as far as they are typed. */
    private static final class Line {
        private final Command command;
        private final CommandModel model;
        private int position;
        private boolean optionsOver;
        private @org.jspecify.annotations.Nullable OptionSpec waiting;

        Line(Command command) {
            this.command = command;
            this.model = new CommandModel(command);
        }

        List<Candidate> complete(List<String> before, String typed) {
            before.forEach(this::pass);
            if (waiting != null) {
                return values(waiting, typed, "");
            }
            if (!optionsOver && typed.startsWith("-")) {
                int equals = typed.indexOf('=');
                if (equals < 0) {
                    return starting(typed, optionNames());
                }
                var option = option(typed.substring(0, equals));
                var start = typed.substring(0, equals + 1);
                return option == null
                        ? List.of()
                        : values(option, typed.substring(equals + 1), start);
            }
            return model.parameters().stream()
                    .filter(p -> p.index().contains(position))
                    .findFirst()
                    .map(parameter -> values(parameter, typed, ""))
                    .orElse(List.of());
        }

        private void pass(String word) {
            if (waiting != null) {
                waiting = null;
            } else if (optionsOver || !word.startsWith("-") || word.equals("-")) {
                position++;
                optionsOver |= model.stopsAtPositional();
            } else if (word.equals("--")) {
                optionsOver = true;
            } else {
                waiting = optionThatWaits(word);
            }
        }

        /** The option whose value is the next word: {@code --env}, {@code -e}, {@code -ite}. */
        private @org.jspecify.annotations.Nullable OptionSpec optionThatWaits(String word) {
            if (word.contains("=")) {
                return null;
            }
            if (word.startsWith("--")) {
                var option = option(word);
                return option != null && takesValue(option) ? option : null;
            }
            for (int i = 1; i < word.length(); i++) {
                var option = option("-" + word.charAt(i));
                if (option == null || takesValue(option)) {
                    return i == word.length() - 1 ? option : null;
                }
            }
            return null;
        }

        private @org.jspecify.annotations.Nullable OptionSpec option(String name) {
            return model.options().stream()
                    .filter(option -> Arrays.asList(option.names()).contains(name))
                    .findFirst()
                    .orElse(null);
        }

        private static boolean takesValue(OptionSpec option) {
            return option.arity().min() > 0;
        }

        private Stream<Candidate> optionNames() {
            return model.options().stream()
                    .flatMap(option ->
                            Arrays.stream(option.names())
                                    .filter(name -> name.startsWith("--"))
                                    .map(name ->
                                            new Candidate(
                                                    name, String.join(" ", option.description()))));
        }

        private List<Candidate> values(ArgSpec arg, String typed, String start) {
            var values = new ArrayList<String>();
            if (arg.completionCandidates() != null) {
                StreamSupport.stream(arg.completionCandidates().spliterator(), false)
                        .filter(value -> value.startsWith(typed))
                        .forEach(values::add);
            }
            values.addAll(command.complete(CommandModel.label(arg), typed));
            return values.stream()
                    .filter(value -> value.startsWith(typed))
                    .distinct()
                    .map(value -> new Candidate(start + value, ""))
                    .toList();
        }
    }
}

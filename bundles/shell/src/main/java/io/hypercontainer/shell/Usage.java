// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Help texts, in the shape that Docker's users know. */
final class Usage {
    private static final String PROGRAM = "hyperctl";

    private Usage() {}

    /** Help of the program: all commands, in groups. */
    static String overview(CommandCatalog catalog) {
        var groups = new TreeMap<String, Map<String, String>>();
        var families = new TreeMap<String, String>();
        catalog.byName()
                .forEach((name, entry) -> {
                    if (entry.hidden()) {
                        return;
                    }
                    if (name.contains(" ")) {
                        var family = name.split(" ", 2)[0];
                        families.put(family, manage(family));
                    } else {
                        groups.computeIfAbsent(entry.group(), g -> new TreeMap<>())
                                .put(name, entry.description());
                    }
                });
        var text = new StringBuilder();
        text.append("Usage:  ").append(PROGRAM).append(" [OPTIONS] COMMAND\n\n");
        text.append("Runs containers, each pod in a virtual machine of its own\n");
        var ungrouped = groups.remove(CommandEntry.NO_GROUP);
        groups.forEach((group, commands) -> section(text, group + " Commands", commands));
        section(text, "Management Commands", families);
        section(text, "Commands", ungrouped == null ? Map.of() : ungrouped);
        var options = new java.util.LinkedHashMap<String, String>();
        options.put(
                "-H, --host unix://PATH",
                "Socket of the daemon (default: HYPER_HOST, then /run/hyper.sock)");
        options.put("    --client-version", "Print the version of this program, without a daemon");
        options.put("    --help", "Print usage");
        options.put("-v, --version", "Print version information");
        section(text, "Options", options);
        text.append("\nRun '")
                .append(PROGRAM)
                .append(" COMMAND --help' for more information on a command.\n");
        return text.toString();
    }

    /** What a first word is for: {@code Manage volumes}. */
    static String manage(String family) {
        return "Manage " + family + (family.endsWith("s") ? "" : "s");
    }

    /** Help of a first word, such as {@code volume}. */
    static String family(CommandCatalog catalog, String word) {
        var text = new StringBuilder();
        text.append("Usage:  ").append(PROGRAM).append(' ').append(word).append(" COMMAND\n");
        var commands = new TreeMap<String, String>();
        catalog.below(word)
                .forEach((name, entry) -> {
                    if (!entry.hidden()) {
                        commands.put(name, entry.description());
                    }
                });
        section(text, "Commands", commands);
        text.append(
                "\nRun '%s %s COMMAND --help' for more information on a command.\n"
                        .formatted(PROGRAM, word));
        return text.toString();
    }

    /** Help of a command. */
    static String command(String name, CommandModel model) {
        var text = new StringBuilder("Usage:  ").append(synopsis(name, model)).append('\n');
        if (!model.description().isEmpty()) {
            text.append('\n').append(model.description()).append('\n');
        }
        if (!model.aliases().isEmpty()) {
            text.append("\nAliases:\n  ");
            text.append(
                    Stream.concat(
                                    Stream.of(name),
                                    model.aliases().stream().filter(a -> !a.equals(name)))
                            .map(alias -> PROGRAM + " " + alias)
                            .collect(Collectors.joining(", ")));
            text.append('\n');
        }
        var parameters = new java.util.LinkedHashMap<String, String>();
        for (var parameter : model.parameters()) {
            var description = String.join(" ", parameter.description());
            if (!parameter.hidden() && !description.isEmpty()) {
                parameters.put(CommandModel.label(parameter), description);
            }
        }
        section(text, "Arguments", parameters);
        var options = new java.util.LinkedHashMap<String, String>();
        for (var option : model.options()) {
            options.put(names(option), description(option));
        }
        section(text, "Options", options);
        model.footer().forEach(line -> text.append(line).append('\n'));
        return text.toString();
    }

    /** The line that says how a command is written. */
    static String synopsis(String name, CommandModel model) {
        if (!model.customSynopsis().isEmpty()) {
            return String.join("\n        ", model.customSynopsis());
        }
        var words = new ArrayList<String>(List.of(PROGRAM, name));
        if (!model.options().isEmpty()) {
            words.add("[OPTIONS]");
        }
        model.parameters().stream()
                .filter(p -> !p.hidden())
                .map(Usage::notation)
                .forEach(words::add);
        return String.join(" ", words);
    }

    private static String notation(PositionalParamSpec parameter) {
        var label = CommandModel.label(parameter);
        boolean many = parameter.arity().max() > 1 || parameter.index().isVariable();
        boolean optional = parameter.arity().min() == 0;
        if (!many) {
            return optional ? "[" + label + "]" : label;
        }
        return optional ? "[" + label + "...]" : label + " [" + label + "...]";
    }

    private static String names(OptionSpec option) {
        var names =
                Arrays.stream(option.names())
                        .sorted(java.util.Comparator.comparingInt(String::length))
                        .collect(Collectors.joining(", "));
        var indented = names.startsWith("--") ? "    " + names : names;
        boolean takesValue =
                option.arity().max() > 0
                        && option.type() != boolean.class
                        && option.type() != Boolean.class;
        return takesValue ? indented + " " + CommandModel.label(option) : indented;
    }

    private static String description(OptionSpec option) {
        return String.join(" ", option.description())
                .replace("${DEFAULT-VALUE}", String.valueOf(option.defaultValueString()));
    }

    private static void section(StringBuilder text, String title, Map<String, String> lines) {
        if (lines.isEmpty()) {
            return;
        }
        int width = lines.keySet().stream().mapToInt(String::length).max().orElse(0);
        text.append('\n').append(title).append(":\n");
        lines.forEach((left, right) ->
                text.append("  ")
                        .append(left)
                        .append(" ".repeat(width - left.length()))
                        .append("   ")
                        .append(right.replace("\n", "\n" + " ".repeat(width + 5)))
                        .append('\n'));
        trimLines(text);
    }

    private static void trimLines(StringBuilder text) {
        var trimmed = text.toString().replaceAll("(?m) +$", "");
        text.setLength(0);
        text.append(trimmed);
    }
}

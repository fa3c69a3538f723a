// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell;

import io.hypercontainer.api.command.Command;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Stack;
import picocli.CommandLine;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** A command's options and parameters, read from its annotations and made to work as in Docker. */
final class CommandModel {
    private static final String HELP = "--help";

    private final CommandSpec spec;

    CommandModel(Command command) {
        spec = CommandSpec.forAnnotatedObject(command);
        for (var option : new ArrayList<>(spec.options())) {
            if (option.arity().max() == 0 && isBoolean(option)) {
                spec.remove(option);
                spec.addOption(acceptingValue(option));
            }
        }
        if (spec.findOption(HELP) == null) {
            spec.addOption(
                    OptionSpec.builder(HELP)
                            .type(boolean.class)
                            .usageHelp(true)
                            .description("Print usage")
                            .build());
        }
    }

    private static boolean isBoolean(OptionSpec option) {
        return option.type() == boolean.class || option.type() == Boolean.class;
    }

    /** A flag that also takes {@code =true} and {@code =false}, but never the word behind it. */
    private static OptionSpec acceptingValue(OptionSpec option) {
        var builder = option.toBuilder().arity("0..1").preprocessor(new ValueOnlyBehindEquals());
        if (option.defaultValue() != null) {
            // A default would pass the preprocessor like a typed value: the field has it instead.
            boolean value = Boolean.parseBoolean(option.defaultValue());
            builder.defaultValue(null).initialValue(value);
            setField(option, value);
        }
        return builder.build();
    }

    private static void setField(OptionSpec option, boolean value) {
        try {
            option.setter().set(value);
        } catch (Exception e) {
            throw new IllegalStateException("cannot set the field of " + option.longestName(), e);
        }
    }

    private static final class ValueOnlyBehindEquals implements IParameterPreprocessor {
        private static final String NOT_ATTACHED = " ";

        @Override
        @SuppressWarnings("JdkObsolete") // picocli's signature
        public boolean preprocess(
                Stack<String> words, CommandSpec command, ArgSpec arg, Map<String, Object> info) {
            if (NOT_ATTACHED.equals(info.get("separator"))) {
                words.push("true");
            }
            return false;
        }
    }

    /** Fills the command's fields. Returns whether help was asked for instead. */
    boolean parse(List<String> arguments) {
        var parser = new CommandLine(spec);
        parser.setStopAtPositional(stopsAtPositional());
        parser.setExpandAtFiles(false);
        parser.setTrimQuotes(false);
        parser.setCaseInsensitiveEnumValuesAllowed(true);
        return parser.parseArgs(arguments.toArray(String[]::new)).isUsageHelpRequested();
    }

    /** Whether the words behind the first are another command's, options included. */
    boolean stopsAtPositional() {
        return spec.positionalParameters().stream()
                .anyMatch(p -> p.index().min() > 0 && p.index().isVariable());
    }

    String description() {
        return String.join("\n", spec.usageMessage().description());
    }

    List<String> aliases() {
        return List.of(spec.aliases());
    }

    int failureCode() {
        return spec.exitCodeOnExecutionException();
    }

    /** Options that help shows, by their long names. */
    List<OptionSpec> options() {
        return spec.options().stream()
                .filter(option -> !option.hidden())
                .sorted(
                        Comparator.comparing(o ->
                                o.longestName().replaceFirst("^-+", "").toLowerCase(Locale.ROOT)))
                .toList();
    }

    List<PositionalParamSpec> parameters() {
        return spec.positionalParameters();
    }

    /** Lines behind the options, such as examples. */
    List<String> footer() {
        return List.of(spec.usageMessage().footer());
    }

    List<String> customSynopsis() {
        return List.of(spec.usageMessage().customSynopsis());
    }

    /** Label of an option's value or of a parameter, without brackets. */
    static String label(ArgSpec arg) {
        return arg.paramLabel().replaceAll("[\\[\\]<>.]", "");
    }
}

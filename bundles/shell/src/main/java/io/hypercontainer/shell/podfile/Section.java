// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.podfile;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.shell.CloseNames;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * An object of the file while it is read. Whoever reads it takes the fields that there are, in any
 * case as hyperd had it; what nobody took is a mistake. A field that is wrong is noted and then
 * counts as missing, so that reading goes on.
 */
final class Section {
    private static final int MOST_ITEMS = 1024;

    private record Field(String written, Value value) {}

    private final Problems problems;
    private final String path;
    private final Map<String, Field> fields = new LinkedHashMap<>();
    private final TreeSet<String> known = new TreeSet<>();

    private Section(Problems problems, String path, Value.Entries entries) {
        this.problems = problems;
        this.path = path;
        entries.values()
                .forEach((name, value) -> {
                    String key = name.toLowerCase(Locale.ROOT);
                    if (fields.putIfAbsent(key, new Field(name, value)) != null) {
                        problem(name, "is there twice, once in other letters");
                    }
                });
    }

    /** The whole file. */
    static Section root(Problems problems, Value value) throws InvalidPodFile {
        if (value instanceof Value.Entries entries) {
            return new Section(problems, "", entries);
        }
        throw new InvalidPodFile("a pod file is an object, not " + value.kindInWords());
    }

    /** Notes that a field is wrong. */
    void problem(String field, String why) {
        problems.add(path(field), why);
    }

    /** The path of a field, {@code containers[1].image}. */
    String path(String field) {
        return path.isEmpty() ? field : field.isEmpty() ? path : path + "." + field;
    }

    /** Whether the field has a value. */
    boolean has(String field) {
        return peek(field) != null;
    }

    /** Text; empty text is as good as none. */
    Optional<String> text(String field) {
        return one(field, "text", scalar -> scalar.kind() == Value.Kind.TEXT)
                .filter(t -> !t.isEmpty());
    }

    /** Text that may be written without quotes although it looks like something else. */
    Optional<String> word(String field) {
        return one(field, "text or a number", scalar -> true).filter(t -> !t.isEmpty());
    }

    /** True or false. */
    Optional<Boolean> flag(String field) {
        return one(field, "true or false", scalar -> scalar.kind() == Value.Kind.FLAG)
                .map(Boolean::valueOf);
    }

    /** A whole number within bounds. */
    Optional<Long> number(String field, long least, long most) {
        return one(field, "a number", scalar -> scalar.kind() == Value.Kind.NUMBER)
                .flatMap(text -> {
                    if (text.matches("-?\\d{1,18}")) {
                        long number = Long.parseLong(text);
                        if (number >= least && number <= most) {
                            return Optional.of(number);
                        }
                    }
                    problem(
                            field,
                            Problems.quoted(text)
                                    + " is not a whole number from "
                                    + least
                                    + " to "
                                    + most);
                    return Optional.empty();
                });
    }

    /** Text in a form of its own. The parser throws {@link InvalidSpec} to say what is wrong. */
    <T> Optional<T> text(String field, Function<String, T> parser) {
        return text(field).flatMap(t -> checked(field, t, parser));
    }

    /** The same, of text that may look like a number. */
    <T> Optional<T> word(String field, Function<String, T> parser) {
        return word(field).flatMap(w -> checked(field, w, parser));
    }

    /** What a parser makes of a value of a field; what is wrong with it is noted. */
    <T> Optional<T> checked(String field, String text, Function<String, T> parser) {
        try {
            return Optional.of(parser.apply(text));
        } catch (InvalidSpec e) {
            problem(field, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    /** Text that is needed. */
    Optional<String> required(String field) {
        Value before = peek(field);
        Optional<String> text = text(field);
        if (before == null || (before instanceof Value.Scalar s && s.text().isEmpty())) {
            problem(field, "is missing");
        }
        return text;
    }

    /** A list of words, empty ones included; empty if there is no list. */
    Optional<List<String>> words(String field) {
        Optional<Value.Items> items = items(field);
        return items.map(list -> {
            List<String> words = new ArrayList<>();
            for (int i = 0; i < list.values().size(); i++) {
                String item = field + "[" + i + "]";
                word(item, list.values().get(i)).ifPresent(words::add);
            }
            return words;
        });
    }

    /** A list of words, each in a form of its own. */
    <T> List<T> words(String field, Function<String, T> parser) {
        List<T> all = new ArrayList<>();
        List<String> words = words(field).orElse(List.of());
        for (int i = 0; i < words.size(); i++) {
            checked(field + "[" + i + "]", words.get(i), parser).ifPresent(all::add);
        }
        return all;
    }

    /** Names and words, in their order. */
    Map<String, String> table(String field) {
        Map<String, String> table = new LinkedHashMap<>();
        Value value = take(field);
        if (value instanceof Value.Entries entries) {
            entries.values()
                    .forEach((name, v) -> {
                        if (v instanceof Value.Nothing) {
                            table.put(name, "");
                        } else {
                            word(field + "." + name, v).ifPresent(w -> table.put(name, w));
                        }
                    });
        } else if (value != null) {
            problem(field, "must be an object, not " + value.kindInWords());
        }
        return table;
    }

    /** An object. */
    Optional<Section> section(String field) {
        Value value = take(field);
        if (value instanceof Value.Entries entries) {
            return Optional.of(new Section(problems, path(field), entries));
        }
        if (value != null) {
            problem(field, "must be an object, not " + value.kindInWords());
        }
        return Optional.empty();
    }

    /** A list of objects. */
    List<Section> sections(String field) {
        List<Section> sections = new ArrayList<>();
        List<Value> values = items(field).map(Value.Items::values).orElse(List.of());
        for (int i = 0; i < values.size(); i++) {
            String item = field + "[" + i + "]";
            if (values.get(i) instanceof Value.Entries entries) {
                sections.add(new Section(problems, path(item), entries));
            } else {
                problem(item, "must be an object, not " + values.get(i).kindInWords());
            }
        }
        return sections;
    }

    /** Notes fields that nobody took. */
    void end() {
        fields.values()
                .forEach(field -> {
                    List<String> close = CloseNames.of(field.written(), known);
                    problem(
                            field.written(),
                            "unknown field"
                                    + (close.isEmpty()
                                            ? ""
                                            : " (did you mean " + close.getFirst() + "?)"));
                });
    }

    private Optional<String> one(String field, String what, Predicate<Value.Scalar> fits) {
        Value value = take(field);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof Value.Scalar scalar && fits.test(scalar)) {
            return word(field, value);
        }
        problem(field, "must be " + what + ", not " + value.kindInWords());
        return Optional.empty();
    }

    private Optional<String> word(String field, Value value) {
        if (!(value instanceof Value.Scalar scalar)) {
            problem(field, "must be text, not " + value.kindInWords());
        } else if (scalar.text().indexOf('\0') >= 0) {
            problem(field, "has a zero byte");
        } else {
            return Optional.of(scalar.text());
        }
        return Optional.empty();
    }

    private Optional<Value.Items> items(String field) {
        Value value = take(field);
        if (value == null) {
            return Optional.empty();
        }
        if (!(value instanceof Value.Items items)) {
            problem(field, "must be a list, not " + value.kindInWords());
            return Optional.empty();
        }
        if (items.values().size() > MOST_ITEMS) {
            problem(field, "has more than " + MOST_ITEMS + " items");
            return Optional.empty();
        }
        return Optional.of(items);
    }

    private @Nullable Value take(String field) {
        Value value = peek(field);
        known.add(field);
        fields.remove(field.toLowerCase(Locale.ROOT));
        return value;
    }

    private @Nullable Value peek(String field) {
        Field there = fields.get(field.toLowerCase(Locale.ROOT));
        return there == null || there.value() instanceof Value.Nothing ? null : there.value();
    }
}

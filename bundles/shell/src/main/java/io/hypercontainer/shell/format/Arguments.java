// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.format;

import io.hypercontainer.api.InvalidSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Arguments of a function of a template, taken in the types that it expects. */
record Arguments(String function, List<@Nullable Object> values) {

    @Nullable Object only() {
        if (values.size() != 1) {
            throw error("wrong number of args: want 1 got " + values.size());
        }
        return values.getFirst();
    }

    String onlyText() {
        only();
        return text(0);
    }

    @Nullable Object two(int index) {
        if (values.size() < 2) {
            throw error("wrong number of args: want at least 2 got " + values.size());
        }
        return values.get(index);
    }

    String text(int index) {
        if (at(index) instanceof String s) {
            return s;
        }
        throw error("expected string; found " + Printer.print(at(index)));
    }

    int number(int index) {
        if (at(index) instanceof Number n && n.longValue() == n.intValue()) {
            return n.intValue();
        }
        throw error("expected integer; found " + Printer.print(at(index)));
    }

    List<String> strings(int index) {
        if (at(index) instanceof List<?> list) {
            return list.stream().map(Printer::print).toList();
        }
        throw error("expected list; found " + Printer.print(at(index)));
    }

    List<@Nullable Object> from(int index) {
        return values.subList(Math.min(index, values.size()), values.size());
    }

    /** The first whose truth is as wanted, else the last. */
    @Nullable Object firstWhere(boolean truth) {
        if (values.isEmpty()) {
            throw error("wrong number of args: want at least 1 got 0");
        }
        for (Object value : values) {
            if (Functions.truth(value) == truth) {
                return value;
            }
        }
        return values.getLast();
    }

    int compare() {
        if (values.size() == 2) {
            if (at(0) instanceof Number a && at(1) instanceof Number b) {
                return Double.compare(a.doubleValue(), b.doubleValue());
            }
            if (at(0) instanceof String a && at(1) instanceof String b) {
                return a.compareTo(b);
            }
        }
        throw error("takes two numbers or two strings");
    }

    InvalidSpec error(String why) {
        return new InvalidSpec(
                "template parsing error: error calling " + function + ": " + Visible.of(why));
    }

    private @Nullable Object at(int index) {
        if (index >= values.size()) {
            throw error("wrong number of args: want " + (index + 1) + " got " + values.size());
        }
        return values.get(index);
    }
}

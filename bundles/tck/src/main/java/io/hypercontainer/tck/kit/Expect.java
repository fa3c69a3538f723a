// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.kit;

import io.hypercontainer.api.HyperException;
import java.util.Arrays;
import java.util.Collection;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.opentest4j.AssertionFailedError;

/** What the report says when something is not as it has to be: what was seen. */
public final class Expect {
    /** Something that may be refused. */
    public interface Attempt {
        /** Tries it. */
        void run() throws Exception;
    }

    private Expect() {}

    /**
     * @param seen what was seen, if it does not hold
     */
    @SuppressWarnings("AnnotateFormatMethod") // its annotation would be a dependency
    public static void that(boolean holds, String seen, Object... words) {
        if (!holds) {
            throw new AssertionFailedError(seen.formatted(words));
        }
    }

    /** Nothing shall be there. */
    public static void none(String what, Collection<?> seen) {
        that(seen.isEmpty(), "%s: %s", what, seen);
    }

    /** Both shall be the same. */
    public static void same(String what, Object expected, Object seen) {
        that(expected.equals(seen), "%s is %s, expected was %s", what, show(seen), show(expected));
    }

    private static String show(Object value) {
        return value instanceof String text ? "'" + text.strip() + "'" : String.valueOf(value);
    }

    /**
     * It shall be refused with one of the API's errors.
     *
     * @param what what is tried, as in "a second machine of that id"
     * @param errors one of these; any if none is given
     * @return the error
     */
    public static HyperException refused(String what, Attempt attempt, Class<?>... errors) {
        try {
            attempt.run();
        } catch (HyperException e) {
            if (errors.length == 0 || Arrays.stream(errors).anyMatch(t -> t.isInstance(e))) {
                oneLine("the message of " + e.getClass().getSimpleName(), e.getMessage());
                return e;
            }
            throw new AssertionFailedError(
                    "%s: %s was thrown, expected was %s: %s"
                            .formatted(
                                    what,
                                    e.getClass().getSimpleName(),
                                    names(errors),
                                    e.getMessage()),
                    e);
        } catch (Exception e) {
            throw new AssertionFailedError(
                    "%s: %s is none of the API's errors".formatted(what, e), e);
        }
        throw new AssertionFailedError(
                "%s: nothing was thrown, expected was %s".formatted(what, names(errors)));
    }

    private static String names(Class<?>[] errors) {
        return errors.length == 0
                ? "one of the API's errors"
                : Arrays.stream(errors)
                        .map(Class::getSimpleName)
                        .collect(Collectors.joining(" or "));
    }

    /** It shall be said in one line. */
    public static void oneLine(String what, @Nullable String text) {
        that(
                text != null && !text.isBlank() && !text.strip().contains("\n"),
                "%s is not one line: '%s'",
                what,
                String.valueOf(text));
    }
}

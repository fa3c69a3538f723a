// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck;

import io.hypercontainer.tck.Outcome.Verdict;
import io.hypercontainer.tck.kit.Unfit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.opentest4j.AssertionFailedError;

/** Listens to the run and notes what came of the checks. */
final class Outcomes implements TestExecutionListener {
    private final List<Outcome> all = new ArrayList<>();
    private final Consumer<Outcome> reader;
    private Optional<TestPlan> plan = Optional.empty();

    /**
     * @param reader is told at once
     */
    Outcomes(Consumer<Outcome> reader) {
        this.reader = reader;
    }

    synchronized List<Outcome> all() {
        return List.copyOf(all);
    }

    @Override
    public void testPlanExecutionStarted(TestPlan started) {
        plan = Optional.of(started);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (test.isTest()) {
            add(outcome(test, test.getDisplayName(), result));
        } else if (result.getStatus() == TestExecutionResult.Status.FAILED) {
            add(outcome(test, "This area can be checked at all", result));
        } else if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
            add(outcome(test, "The whole area", result));
        }
    }

    private synchronized void add(Outcome outcome) {
        all.add(outcome);
        reader.accept(outcome);
    }

    private Outcome outcome(TestIdentifier test, String sentence, TestExecutionResult result) {
        var verdict =
                switch (result.getStatus()) {
                    case SUCCESSFUL -> Verdict.PASSED;
                    case FAILED -> Verdict.FAILED;
                    case ABORTED -> Verdict.NOT_APPLICABLE;
                };
        return new Outcome(
                area(test),
                check(test),
                sentence,
                verdict,
                result.getThrowable().map(this::seen).orElse(""));
    }

    private String seen(Throwable thrown) {
        var message = String.valueOf(thrown.getMessage()).replaceFirst("^Assumption failed: ", "");
        for (var cause = thrown.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof Unfit) {
                return String.valueOf(cause.getMessage());
            }
        }
        var own =
                thrown instanceof AssertionError
                        || thrown instanceof org.opentest4j.TestAbortedException;
        var text = own ? message : thrown.toString();
        if (thrown instanceof AssertionFailedError || thrown.getCause() == null) {
            return text;
        }
        return text + " (" + thrown.getCause() + ")";
    }

    private String area(TestIdentifier test) {
        var ancestor = Optional.of(test);
        while (ancestor.isPresent()) {
            var here = ancestor.get();
            if (here.getSource().filter(ClassSource.class::isInstance).isPresent()) {
                return here.getDisplayName();
            }
            ancestor = plan.flatMap(p -> p.getParent(here));
        }
        return test.getDisplayName();
    }

    private static String check(TestIdentifier test) {
        return test.getSource()
                .map(source ->
                        switch (source) {
                            case MethodSource method -> method.getMethodName();
                            case ClassSource type -> type.getJavaClass().getSimpleName();
                            default -> "";
                        })
                .orElse("");
    }
}

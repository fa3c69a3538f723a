// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.hypercontainer.tck.kit.Setup;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.reporting.legacy.xml.LegacyXmlReportGeneratingListener;

/** Runs the checks of a driver. */
final class ContractRun {
    private final Setup setup;
    private final String only;

    /**
     * @param only part of the names of the areas to be checked, empty for all
     */
    ContractRun(Setup setup, String only) {
        this.setup = setup;
        this.only = only;
    }

    List<Class<?>> areas() {
        return Areas.of(setup.kind()).stream().filter(this::isMeant).toList();
    }

    private boolean isMeant(Class<?> area) {
        var name = area.getAnnotation(DisplayName.class).value();
        return name.toLowerCase(Locale.ROOT).contains(only.toLowerCase(Locale.ROOT));
    }

    /**
     * @param reader is told of each outcome at once
     * @param more further listeners
     * @return all outcomes
     */
    List<Outcome> run(Consumer<Outcome> reader, TestExecutionListener... more) {
        var outcomes = new Outcomes(reader);
        var request =
                LauncherDiscoveryRequestBuilder.request()
                        .selectors(areas().stream().map(a -> selectClass(a)).toList())
                        .configurationParameters(setup.parameters())
                        // For drivers that never answer.
                        .configurationParameter("junit.jupiter.execution.timeout.default", "6 m")
                        .configurationParameter(
                                "junit.jupiter.execution.timeout.thread.mode.default",
                                "SEPARATE_THREAD")
                        .build();
        // Nothing of what else may lie on the class path takes part.
        var config =
                LauncherConfig.builder()
                        .enableTestExecutionListenerAutoRegistration(false)
                        .enablePostDiscoveryFilterAutoRegistration(false)
                        .build();
        try (var session = LauncherFactory.openSession(config)) {
            var launcher = session.getLauncher();
            launcher.registerTestExecutionListeners(outcomes);
            Arrays.stream(more).forEach(launcher::registerTestExecutionListeners);
            launcher.execute(request);
        }
        return outcomes.all();
    }

    /** {@return the folder's reports in the form that build servers read} */
    static TestExecutionListener xml(Path folder) {
        return new LegacyXmlReportGeneratingListener(
                folder, new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.gogo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.felix.gogo.jline.Builtin;
import org.apache.felix.gogo.jline.Converters;
import org.apache.felix.gogo.jline.Posix;
import org.apache.felix.gogo.jline.Procedural;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.apache.felix.service.command.Process;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * What scripts need around commands: filters, conditions and loops of Gogo's own. Its bundle is not
 * started, since it would open a shell on the daemon's terminal. Functions that edit files or need
 * a terminal of their own are left out.
 */
@Component(immediate = true, service = ScriptTools.class)
public final class ScriptTools {
    private static final String SCOPE = "gogo";

    private final List<ServiceRegistration<?>> published;

    /**
     * Publishes them.
     *
     * @param context to publish with
     * @param processor that some of them use
     */
    @Activate
    public ScriptTools(BundleContext context, @Reference CommandProcessor processor) {
        published =
                List.of(
                        publish(
                                context,
                                new Filters(processor),
                                "date",
                                "echo",
                                "grep",
                                "head",
                                "sleep",
                                "sort",
                                "tail",
                                "wc"),
                        publish(
                                context,
                                new Procedural(),
                                "break",
                                "continue",
                                "each",
                                "if",
                                "not",
                                "throw",
                                "try",
                                "until",
                                "while"),
                        publish(context, new Builtin(), "format", "new", "set", "tac", "type"),
                        // Bundles from their numbers, for instance.
                        context.registerService(Converter.class, new Converters(context), null));
    }

    private static ServiceRegistration<?> publish(
            BundleContext context, Object target, String... functions) {
        return context.registerService(
                target.getClass().getName(),
                target,
                FrameworkUtil.asDictionary(
                        Map.of(
                                CommandProcessor.COMMAND_SCOPE, SCOPE,
                                CommandProcessor.COMMAND_FUNCTION, functions)));
    }

    @Deactivate
    void close() {
        published.forEach(ServiceRegistration::unregister);
    }

    /** Gogo takes every session for a terminal, and would colour what goes to a pipe or file. */
    private static final class Filters extends Posix {
        Filters(CommandProcessor processor) {
            super(processor);
        }

        @Override
        protected void grep(CommandSession gogo, Process process, String[] words) throws Exception {
            boolean coloured = Origin.of(gogo).map(o -> o.session().outIsTerminal()).orElse(false);
            super.grep(gogo, process, coloured ? words : plain(words));
        }

        private static String[] plain(String[] words) {
            var all = new ArrayList<>(List.of(words));
            all.add(1, "--color=never"); // behind the name; the last one counts
            return all.toArray(String[]::new);
        }
    }
}

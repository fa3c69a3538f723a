// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.option;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.command.Session;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code -e NAME=value} and {@code --env-file}. A {@code NAME} alone takes the value from the
 * client's environment, and is left out if it is not there.
 */
public final class EnvOption {
    private EnvOption() {}

    /**
     * @param session gives files and environment
     * @param files values of {@code --env-file}
     * @param variables values of {@code -e}, which win
     * @return {@code NAME=value} each
     * @throws InvalidSpec if one is malformed or a file cannot be read
     */
    public static List<String> parse(Session session, List<String> files, List<String> variables) {
        List<String> env = new ArrayList<>();
        for (String file : files) {
            KeyValueFile.lines(session, file).forEach(line -> add(env, session, line));
        }
        for (String variable : variables) {
            if (variable.isEmpty() || variable.startsWith("=")) {
                throw new InvalidSpec("invalid environment variable: '" + variable + "'");
            }
            add(env, session, variable);
        }
        return env;
    }

    private static void add(List<String> env, Session session, String variable) {
        if (variable.contains("=")) {
            env.add(variable);
            return;
        }
        String value = session.environment().get(variable);
        if (value != null) {
            env.add(variable + "=" + value);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.socket;

import io.hypercontainer.api.agent.TerminalSize;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a client asks for.
 *
 * @param version of the protocol that the client speaks
 * @param inTerminal whether standard input is a terminal
 * @param outTerminal whether standard output is a terminal
 * @param size of the terminal
 * @param directory the client's working directory
 * @param words the command line without the program
 * @param environment the client's environment
 */
record Invocation(
        int version,
        boolean inTerminal,
        boolean outTerminal,
        TerminalSize size,
        String directory,
        List<String> words,
        Map<String, String> environment) {
    private static final int STDIN_BIT = 1;
    private static final int STDOUT_BIT = 2;

    static Invocation parse(Frame frame) throws ProtocolException {
        if (frame.type() != FrameType.INVOKE) {
            throw new ProtocolException("the first frame has type " + frame.type());
        }
        var payload = frame.read();
        int version = payload.u16();
        if (version != FrameType.VERSION) {
            return new Invocation(
                    version, false, false, new TerminalSize(0, 0), "/", List.of(), Map.of());
        }
        int terminals = payload.u8();
        var size = new TerminalSize(payload.u16(), payload.u16());
        var directory = payload.string();
        var words = payload.strings();
        var environment = new LinkedHashMap<String, String>();
        for (var variable : payload.strings()) {
            int equals = variable.indexOf('=');
            if (equals > 0) {
                environment.putIfAbsent(
                        variable.substring(0, equals), variable.substring(equals + 1));
            }
        }
        payload.end();
        return new Invocation(
                version,
                (terminals & STDIN_BIT) != 0,
                (terminals & STDOUT_BIT) != 0,
                size,
                directory,
                List.copyOf(words),
                java.util.Collections.unmodifiableMap(environment));
    }
}

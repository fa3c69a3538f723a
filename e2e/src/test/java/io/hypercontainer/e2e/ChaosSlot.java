// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * One container of the kill test, and what its client was told about it. Between two kills only one
 * client touches it.
 */
final class ChaosSlot {
    /** Exit code of a server that was asked to stop. */
    static final int STOPPED = 7;

    /** What a container is doing, as far as was acknowledged. */
    enum State {
        ABSENT,
        CREATED,
        RUNNING,
        PAUSED,
        EXITED
    }

    /** What a client may do. */
    enum Operation {
        CREATE,
        RUN,
        START,
        EXEC,
        STOP,
        KILL,
        PAUSE,
        UNPAUSE,
        REMOVE,
        REMOVE_RUNNING
    }

    final String name;
    final int port;

    /** Where it listens in its machine; containers of one pod share the addresses. */
    private final int guestPort;

    /** The pod it shares with others, if it does not have one for itself. */
    private final Optional<String> pod;

    /** Exit code with which the container ends by itself, 0 if it does not. */
    int ownEnd;

    State state = State.ABSENT;

    /** What it printed first when it was last seen to run, empty if it was not seen yet. */
    String nonce = "";

    int exitCode;

    /** What was asked for and not answered when the daemon was killed. */
    Operation unanswered;

    private ChaosSlot(String name, int port, int guestPort, Optional<String> pod) {
        this.name = name;
        this.port = port;
        this.guestPort = guestPort;
        this.pod = pod;
    }

    /** {@return a container with a machine of its own} */
    static ChaosSlot alone(String name, int port) {
        return new ChaosSlot(name, port, 80, Optional.empty());
    }

    /** {@return a container in a pod that runs all the time and publishes the port} */
    static ChaosSlot of(String pod, String name, int port, int guestPort) {
        return new ChaosSlot(name, port, guestPort, Optional.of(pod));
    }

    /** {@return what publishes the port} */
    String publication() {
        return "127.0.0.1:" + port + ":" + guestPort;
    }

    /** {@return what to do next} */
    Operation next(Random random) {
        int dice = random.nextInt(100);
        return switch (state) {
            case ABSENT -> {
                ownEnd = dice % 3 == 0 ? 20 + random.nextInt(100) : 0;
                yield dice < 30 ? Operation.CREATE : Operation.RUN;
            }
            case CREATED -> dice < 70 ? Operation.START : Operation.REMOVE;
            case RUNNING ->
                    dice < 30
                            ? Operation.EXEC
                            : dice < 50
                                    ? Operation.STOP
                                    : dice < 65
                                            ? Operation.KILL
                                            : dice < 80 && pod.isEmpty()
                                                    ? Operation.PAUSE
                                                    : Operation.REMOVE_RUNNING;
            case PAUSED -> dice < 80 ? Operation.UNPAUSE : Operation.REMOVE_RUNNING;
            case EXITED -> dice < 60 ? Operation.START : Operation.REMOVE;
        };
    }

    /** {@return the words of hyperctl for an operation} */
    String[] words(Operation operation) {
        return switch (operation) {
            case CREATE -> make("create");
            case RUN -> make("run", "-d");
            case START -> new String[] {"start", name};
            case EXEC -> new String[] {"exec", name, "cat", "/www/index.html"};
            case STOP -> new String[] {"stop", "-t", "60", name};
            case KILL -> new String[] {"kill", name};
            case PAUSE -> new String[] {"pause", name};
            case UNPAUSE -> new String[] {"unpause", name};
            case REMOVE -> new String[] {"rm", "-v", name};
            case REMOVE_RUNNING -> new String[] {"rm", "-f", "-v", name};
        };
    }

    /** It prints numbered lines, answers on a port with what it printed first, and ends on TERM. */
    private String[] make(String... how) {
        String end = ownEnd == 0 ? "" : "[ $i -ge 15 ] && exit " + ownEnd + ";";
        String script =
                "u=$(cat /proc/sys/kernel/random/uuid); mkdir -p /www; echo $u >/www/index.html;"
                        + " trap 'exit "
                        + STOPPED
                        + "' TERM; httpd -p "
                        + guestPort
                        + " -h /www; echo start $u; i=0;"
                        + " while :; do i=$((i+1)); echo $i; "
                        + end
                        + " sleep 0.1; done";
        List<String> words = new ArrayList<>(List.of(how));
        words.addAll(List.of("--name", name, "-v", "/data"));
        words.addAll(
                pod.map(p -> List.of("--pod", p))
                        .orElseGet(() -> List.of("-m", "128m", "-p", publication())));
        words.addAll(List.of("busybox", "sh", "-c", script));
        return words.toArray(String[]::new);
    }

    /** An operation was acknowledged. */
    void done(Operation operation) {
        switch (operation) {
            case CREATE -> state = State.CREATED;
            case RUN, START -> {
                state = State.RUNNING;
                nonce = "";
            }
            case UNPAUSE -> state = State.RUNNING;
            case EXEC -> {}
            case STOP, KILL -> {
                state = State.EXITED;
                exitCode = operation == Operation.KILL ? 137 : STOPPED;
            }
            case PAUSE -> state = State.PAUSED;
            case REMOVE, REMOVE_RUNNING -> state = State.ABSENT;
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.agent.CannotExecute;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.Attachment;
import io.hypercontainer.api.runtime.Container;
import io.hypercontainer.api.runtime.ContainerState;
import io.hypercontainer.api.runtime.Pod;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.shell.command.stream.Foreground;
import java.io.IOException;
import java.util.List;

/**
 * Starts a new pod, in the background or with its first container in the foreground.
 *
 * @param attach whether to stay with the first container
 * @param remove whether the pod is removed at its end
 * @param foreground how to stay
 */
record PodStarter(boolean attach, boolean remove, ForegroundOptions foreground) {
    /** Refuses what does not go together, before anything is made. */
    void check(boolean detach) {
        if (attach && detach) {
            throw new InvalidSpec("--attach and --detach do not go together");
        }
        if (remove && !attach) {
            throw new InvalidSpec("--rm of a pod needs --attach: nobody else waits for its end");
        }
        foreground.keys();
    }

    int start(Session session, Runtime runtime, Pod pod) throws IOException {
        try {
            if (!attach) {
                runtime.pods().start(pod.id());
                session.out().println(pod.id());
                return 0;
            }
            return attached(session, runtime, pod);
        } catch (CannotExecute e) {
            discard(runtime, pod, e);
            Complaint.print(session, e);
            return e.exitCode();
        } catch (HyperException e) {
            discard(runtime, pod, e);
            throw e;
        }
    }

    private int attached(Session session, Runtime runtime, Pod pod)
            throws CannotExecute, IOException {
        if (pod.containers().isEmpty()) {
            throw new InvalidSpec("pod '" + pod.name() + "' has no container to attach to");
        }
        String first = pod.containers().getFirst();
        Container container = runtime.containers().get(first);
        Foreground.checkTerminal(session, container.stdin(), container.terminal());
        Attachment process = runtime.containers().startAttached(first, session.terminal());
        List<String> others = pod.containers().subList(1, pod.containers().size());
        Each.collect(others, runtime.containers()::start).report(session);
        int code = Foreground.run(session, process, foreground.wish(container.stdin(), true));
        if (remove && !running(runtime, first)) {
            PodRemoval.remove(runtime, pod.id(), true, true);
        }
        return code;
    }

    /** It runs still if the keys have been pressed that leave it. */
    private static boolean running(Runtime runtime, String container) {
        try {
            ContainerState state = runtime.containers().get(container).state();
            return state instanceof ContainerState.Running
                    || state instanceof ContainerState.Paused;
        } catch (NotFound e) {
            return false;
        }
    }

    private void discard(Runtime runtime, Pod pod, Exception reason) {
        if (!remove) {
            return;
        }
        boolean interrupted = Thread.interrupted();
        try {
            PodRemoval.remove(runtime, pod.id(), true, true);
        } catch (NotFound | Conflict e) {
            // Somebody else removes it.
        } catch (HyperException e) {
            reason.addSuppressed(e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}

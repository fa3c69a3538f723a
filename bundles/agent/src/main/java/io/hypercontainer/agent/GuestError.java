// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.agent;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.Unsupported;
import io.hypercontainer.api.agent.CannotExecute;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** The guest refused a request or failed at it; {@code code} is one of docs/guest-protocol.md. */
final class GuestError extends Exception {
    private static final long serialVersionUID = 1L;
    private final String code;

    private GuestError(String code, String message) {
        super(message);
        this.code = code;
    }

    static GuestError of(ObjectNode reply) {
        return new GuestError(
                reply.path("code").asString("failed"),
                GuestText.clean(reply.path("message").asString("no reason given")));
    }

    private String text() {
        return String.valueOf(getMessage());
    }

    boolean isUnknown() {
        return code.equals("unknown");
    }

    /** Whether the process that the request was for has ended. */
    boolean isGone() {
        return isUnknown() || code.equals("conflict");
    }

    Optional<CannotExecute> asCannotExecute() {
        return switch (code) {
            case "not-found" -> Optional.of(new CannotExecute(text(), true));
            case "not-executable" -> Optional.of(new CannotExecute(text(), false));
            default -> Optional.empty();
        };
    }

    HyperException asHyperException() {
        return switch (code) {
            case "exists", "conflict" -> new Conflict(text());
            case "unknown", "no-file" -> new NotFound(text());
            case "unsupported" -> new Unsupported("this guest", text());
            case "invalid", "bad-user", "bad-cwd" -> new InvalidSpec(text());
            default -> new DriverFailure("the guest failed: " + text());
        };
    }
}

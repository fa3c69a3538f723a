// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.agent;

/** The guest sent what the protocol does not allow. */
final class ProtocolViolation extends Exception {
    private static final long serialVersionUID = 1L;

    ProtocolViolation(String message) {
        super(message);
    }
}

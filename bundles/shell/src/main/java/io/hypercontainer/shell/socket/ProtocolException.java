// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.socket;

import java.io.IOException;

/** The client does not keep to the protocol; its connection is closed. */
final class ProtocolException extends IOException {
    private static final long serialVersionUID = 1L;

    ProtocolException(String message) {
        super(message);
    }
}

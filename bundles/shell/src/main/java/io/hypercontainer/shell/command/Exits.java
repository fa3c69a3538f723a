// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

/** Exit codes that scripts know from docker. */
final class Exits {
    /** Of commands that else have the code of a container's process. */
    static final int DAEMON_ERROR = 125;

    private Exits() {}
}

# SPDX-License-Identifier: Apache-2.0
"""Runs a program in a terminal and plays a person.

terminal.py STEPS COMMAND... where STEPS is a JSON list of ["size", rows, columns], ["send", text], ["expect", text],
["signal", name]. Prints what appeared on the terminal and exits as the program did (128 + signal if one ended it).
"""
import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

LIMIT = 120


def main():
    steps = json.loads(sys.argv[1])
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(sys.argv[2], sys.argv[2:])
    seen = b""
    looked_at = 0

    def take(timeout):
        nonlocal seen
        if not select.select([terminal], [], [], timeout)[0]:
            return True
        try:
            part = os.read(terminal, 65536)
        except OSError:  # the program has closed the terminal
            part = b""
        seen += part
        return bool(part)

    for step in steps:
        if step[0] == "size":
            fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", step[1], step[2], 0, 0))
        elif step[0] == "send":
            os.write(terminal, step[1].encode("latin-1"))
        elif step[0] == "signal":
            os.kill(pid, getattr(signal, step[1]))
        elif step[0] == "expect":
            wanted = step[1].encode()
            end = time.monotonic() + LIMIT
            while wanted not in seen[looked_at:]:
                if time.monotonic() > end or not take(1):
                    sys.stdout.buffer.write(seen)
                    os.kill(pid, signal.SIGKILL)
                    sys.exit("'%s' did not appear" % step[1])
            looked_at = seen.index(wanted, looked_at) + len(wanted)
    end = time.monotonic() + LIMIT
    while time.monotonic() < end and take(1):
        pass
    sys.stdout.buffer.write(seen)
    sys.stdout.flush()
    status = os.waitpid(pid, 0)[1]
    sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))


main()

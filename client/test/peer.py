# SPDX-License-Identifier: Apache-2.0
"""A daemon's end of the client protocol, driven step by step by a test."""
import os
import socket
import struct
import subprocess
import tempfile

CLIENT = os.path.join(os.path.dirname(__file__), "..", "build", "hyperctl")

INVOKE, STDIN, STDIN_EOF, RESIZE, SIGNAL = 1, 2, 3, 4, 5
FILE_OPENED, FILE_CONTENT, FILE_DONE, FILE_ERROR = 0x10, 0x11, 0x12, 0x13
STDOUT, STDERR, STDIN_CREDIT, RAW_MODE, EXIT = 0x81, 0x82, 0x83, 0x84, 0x85
FILE_READ, FILE_WRITE, FILE_CREDIT, FILE_DATA, FILE_FINISH, FILE_CLOSE, FILE_LOOK, FILE_MAKE = range(0x90, 0x98)


def string(text):
    data = os.fsencode(text)
    return struct.pack(">I", len(data)) + data


def strings(payload, at):
    count, = struct.unpack_from(">I", payload, at)
    at += 4
    found = []
    for _ in range(count):
        length, = struct.unpack_from(">I", payload, at)
        found.append(payload[at + 4:at + 4 + length])
        at += 4 + length
    return found, at


class Invocation:
    def __init__(self, payload):
        self.version, self.terminals, self.rows, self.columns = struct.unpack_from(">HBHH", payload)
        length, = struct.unpack_from(">I", payload, 7)
        self.directory = payload[11:11 + length]
        self.arguments, at = strings(payload, 11 + length)
        variables, at = strings(payload, at)
        self.environment = dict(v.split(b"=", 1) for v in variables)
        assert at == len(payload)


class Opened:
    """What the client says of a file that it has opened, or looked at."""

    def __init__(self, payload):
        (self.number, self.mode, self.uid, self.gid, self.seconds, self.nanos,
         self.size, length) = struct.unpack_from(">6IQI", payload)
        self.target = payload[36:]
        assert len(self.target) == length


class Peer:
    """Listens on a socket in a folder of its own."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = os.path.join(self.folder.name, "hyper.sock")
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen()
        self.connection = None

    def start(self, *words, **options):
        """Starts the client with pipes and takes its connection."""
        for stream in ("stdin", "stdout", "stderr"):
            options.setdefault(stream, subprocess.PIPE)
        client = subprocess.Popen([CLIENT, "-H", "unix://" + self.path, *words], **options)
        self.accept()
        return client

    def accept(self):
        if self.connection:
            self.connection.close()
        self.connection, _ = self.listener.accept()
        self.invocation = Invocation(self.expect(INVOKE))

    def send(self, kind, payload=b""):
        self.connection.sendall(struct.pack(">BI", kind, len(payload)) + payload)

    def receive(self):
        head = self.exactly(5)
        if head is None:
            return None, b""
        kind, length = struct.unpack(">BI", head)
        return kind, self.exactly(length)

    def exactly(self, length):
        parts = bytearray()
        while len(parts) < length:
            part = self.connection.recv(length - len(parts))
            if not part:
                return None
            parts += part
        return bytes(parts)

    def expect(self, kind):
        got, payload = self.receive()
        assert got == kind, f"expected frame {kind:#x}, got {got} {payload!r}"
        return payload

    def credit(self, amount):
        self.send(STDIN_CREDIT, struct.pack(">I", amount))

    def exit(self, code):
        self.send(EXIT, struct.pack(">I", code))

    def name(self, kind, number, path, folder=0, mode=0, modified=(0, 0), target=""):
        """Sends a frame that names a file."""
        self.send(kind, struct.pack(">5I", number, folder, mode, *modified) + string(path) + string(target))

    def read(self, number, path, folder=0):
        self.name(FILE_READ, number, path, folder)

    def write(self, number, path, mode=0o644, **more):
        self.name(FILE_WRITE, number, path, mode=mode, **more)

    def opened(self):
        return Opened(self.expect(FILE_OPENED))

    def write_data(self, number, data):
        self.send(FILE_DATA, struct.pack(">I", number) + data)

    def file_error(self):
        payload = self.expect(FILE_ERROR)
        return struct.unpack_from(">II", payload)

    def close(self):
        if self.connection:
            self.connection.close()
        self.listener.close()
        self.folder.cleanup()

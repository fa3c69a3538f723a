# SPDX-License-Identifier: Apache-2.0
"""hyperctl against a daemon that is driven step by step."""
import errno
import faulthandler
import hashlib
import os
import pty
import signal
import stat
import struct
import subprocess
import termios
import threading
import unittest

import peer
from peer import Peer

MIB = 1024 * 1024


def setUpModule():
    # Whoever starts the tests in the background has a shell ignore these, and clients would inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)
    # A client that waits for ever must not make the build wait, too.
    faulthandler.dump_traceback_later(300, exit=True)


class ClientTest(unittest.TestCase):
    def setUp(self):
        self.peer = Peer()
        self.addCleanup(self.peer.close)
        self.clients = []
        self.addCleanup(self.end_clients)

    def start(self, *words, **options):
        client = self.peer.start(*words, **options)
        self.clients.append(client)
        return client

    def end_clients(self):
        for client in self.clients:
            if client.poll() is None:
                client.kill()
            client.communicate()

    def file(self, name, content=b""):
        path = os.path.join(self.peer.folder.name, name)
        with open(path, "wb") as out:
            out.write(content)
        return path


class Invoking(ClientTest):
    def test_sends_words_directory_environment_and_exits_with_the_daemons_code(self):
        client = self.start("run", "-it", "", "ä", cwd="/usr", env={"A": "b=c", "E": ""})
        call = self.peer.invocation
        self.assertEqual((call.version, call.terminals), (2, 0))
        self.assertEqual(call.arguments, [b"run", b"-it", b"", "ä".encode()])
        self.assertEqual(call.directory, b"/usr")
        self.assertEqual(call.environment, {b"A": b"b=c", b"E": b""})
        self.peer.send(peer.STDOUT, b"out\n")
        self.peer.send(peer.STDERR, b"err\n")
        self.peer.exit(42)
        self.assertEqual(client.communicate(), (b"out\n", b"err\n"))
        self.assertEqual(client.returncode, 42)

    def test_takes_the_socket_from_the_environment(self):
        environment = {"HYPER_HOST": "unix://" + self.peer.path}
        client = subprocess.Popen([peer.CLIENT, "ps"], env=environment)
        self.clients.append(client)
        self.peer.accept()
        self.assertEqual(self.peer.invocation.arguments, [b"ps"])
        self.peer.exit(0)
        self.assertEqual(client.wait(), 0)

    def test_a_large_environment_arrives_whole(self):
        environment = {f"V{i}": "x" * 100_000 for i in range(15)}
        client = self.start("ps", env=environment)
        self.assertEqual(len(self.peer.invocation.environment), 15)
        self.peer.exit(0)
        self.assertEqual(client.wait(), 0)

    def test_says_where_it_looked_when_no_daemon_is_there(self):
        got = subprocess.run([peer.CLIENT, "-H", "unix:///nowhere/h.sock", "ps"], capture_output=True)
        self.assertEqual((got.returncode, got.stdout), (125, b""))
        self.assertIn(b"unix:///nowhere/h.sock", got.stderr)
        self.assertIn(b"bin/hyperd", got.stderr)
        self.assertEqual(got.stderr.count(b"\n"), 1)

    def test_refuses_a_host_that_is_no_unix_socket(self):
        for host in (["-Htcp://1.2.3.4:5"], ["--host=ssh://x"], ["-H", "unix://" + "x" * 200], ["-H"]):
            got = subprocess.run([peer.CLIENT, *host], capture_output=True)
            self.assertEqual(got.returncode, 125, host)
            self.assertEqual(got.stderr.count(b"\n"), 1, host)

    def test_tells_its_own_version_without_a_daemon(self):
        got = subprocess.run([peer.CLIENT, "--client-version"], capture_output=True)
        self.assertEqual((got.returncode, got.stderr), (0, b""))
        self.assertRegex(got.stdout.decode(), r"^hyperctl \d+\.\d+\.\d+, protocol 2\n$")

    def test_runs_with_all_standard_descriptors_closed(self):
        command = f"exec {peer.CLIENT} -H unix://{self.peer.path} ps <&- >&- 2>&-"
        client = subprocess.Popen(["sh", "-c", command])
        self.clients.append(client)
        self.peer.accept()
        self.peer.send(peer.STDOUT, b"nowhere")
        self.peer.exit(3)
        self.assertEqual(client.wait(), 3)


class Input(ClientTest):
    def test_is_not_touched_without_credit(self):
        reader, writer = os.pipe()
        os.write(writer, b"for the next command")
        os.close(writer)
        client = self.start("ps", stdin=reader)
        self.peer.exit(0)
        self.assertEqual(client.wait(), 0)
        self.assertEqual(os.read(reader, 100), b"for the next command")
        os.close(reader)

    def test_is_sent_only_as_far_as_credit_goes(self):
        client = self.start("cat")
        client.stdin.write(b"0123456789")
        client.stdin.close()
        self.peer.credit(4)
        self.assertEqual(self.peer.expect(peer.STDIN), b"0123")
        self.peer.credit(3)
        self.assertEqual(self.peer.expect(peer.STDIN), b"456")
        self.peer.credit(100)
        self.assertEqual(self.peer.expect(peer.STDIN), b"789")
        self.peer.expect(peer.STDIN_EOF)
        self.peer.exit(0)
        client.stdin = None
        self.assertEqual(client.wait(), 0)

    def test_and_output_pass_256_mib_intact_at_the_same_time(self):
        client = self.start("cat")
        block = os.urandom(MIB)
        wanted, got, sent = hashlib.sha256(), hashlib.sha256(), 256

        def feed():
            for i in range(sent):
                part = i.to_bytes(4, "big") + block
                wanted.update(part)
                client.stdin.write(part)
            client.stdin.close()

        def drain():
            while part := client.stdout.read1(MIB):
                got.update(part)

        def echo():
            self.peer.credit(MIB)
            while (frame := self.peer.receive())[0] == peer.STDIN:
                self.peer.credit(len(frame[1]))
                self.peer.send(peer.STDOUT, frame[1])
            self.peer.exit(0)

        workers = [threading.Thread(target=work) for work in (feed, drain, echo)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        self.assertEqual(client.wait(), 0)
        self.assertEqual(got.hexdigest(), wanted.hexdigest())
        client.stdin = None

    def test_flows_while_nobody_reads_the_output(self):
        client = self.start("sort")
        self.peer.credit(MIB)
        sender = threading.Thread(target=self.peer.send, args=(peer.STDOUT, b"x" * 65536))
        sender.start()
        sender.join()
        for _ in range(4):
            client.stdin.write(b"y" * 65536)
            client.stdin.flush()
        total = 0
        while total < 4 * 65536:
            total += len(self.peer.expect(peer.STDIN))
        self.peer.exit(0)
        self.assertEqual(len(client.communicate()[0]), 65536)


class Signals(ClientTest):
    def test_are_forwarded_and_the_command_decides(self):
        client = self.start("run")
        for number in (signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2, signal.SIGTERM,
                       signal.SIGINT):
            client.send_signal(number)
            self.assertEqual(self.peer.expect(peer.SIGNAL), bytes([number]))
        self.peer.exit(7)
        self.assertEqual(client.wait(), 7)

    def test_that_are_ignored_by_the_parent_stay_ignored(self):
        client = self.start("run", preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        client.send_signal(signal.SIGHUP)
        client.send_signal(signal.SIGUSR1)
        self.assertEqual(self.peer.expect(peer.SIGNAL), bytes([signal.SIGUSR1]))
        self.peer.exit(0)
        self.assertEqual(client.wait(), 0)

    def test_three_interrupts_without_an_end_force_the_exit(self):
        client = self.start("run")
        for _ in range(2):
            client.send_signal(signal.SIGINT)
            self.peer.expect(peer.SIGNAL)
        client.send_signal(signal.SIGINT)
        self.assertEqual(client.wait(), 130)
        self.assertIn(b"three times", client.stderr.read())

    def test_get_through_while_output_is_blocked(self):
        client = self.start("run")
        self.peer.send(peer.STDOUT, b"x" * 65536)
        self.peer.send(peer.STDOUT, b"x" * 65536)
        client.send_signal(signal.SIGTERM)
        self.assertEqual(self.peer.expect(peer.SIGNAL), bytes([signal.SIGTERM]))
        self.peer.exit(0)
        self.assertEqual(len(client.communicate()[0]), 2 * 65536)


class Losing(ClientTest):
    def test_the_daemon_is_reported(self):
        client = self.start("run")
        self.peer.send(peer.STDOUT, b"partial")
        self.peer.connection.close()
        out, err = client.communicate()
        self.assertEqual((client.returncode, out), (125, b"partial"))
        self.assertIn(b"lost the connection", err)

    def test_the_reader_of_the_output_ends_quietly_and_tells_the_daemon(self):
        client = self.start("yes")
        client.stdout.close()
        self.peer.send(peer.STDOUT, b"y\n" * 100)
        self.assertEqual(self.peer.expect(peer.SIGNAL), bytes([signal.SIGPIPE]))
        self.assertEqual(self.peer.receive()[0], None)
        self.assertEqual(client.wait(), -signal.SIGPIPE)
        self.assertEqual(client.stderr.read(), b"")

    def test_a_full_disk_behind_the_output_is_reported(self):
        with open("/dev/full", "w") as full:
            client = self.start("yes", stdout=full)
        self.peer.send(peer.STDOUT, b"y\n")
        self.assertEqual(client.wait(), 1)
        self.assertIn(os.strerror(errno.ENOSPC).encode(), client.stderr.read())

    def refused(self, raw):
        client = self.start("ps")
        self.peer.connection.sendall(raw)
        self.assertEqual(client.wait(), 125)
        self.assertIn(b"not valid", client.stderr.read())

    def test_trust_in_a_daemon_that_sends_an_oversized_frame(self):
        self.refused(struct.pack(">BI", peer.STDOUT, 65537))

    def test_trust_in_a_daemon_that_sends_an_unknown_frame(self):
        self.refused(struct.pack(">BI", 0x42, 0))

    def test_trust_in_a_daemon_that_sends_a_short_frame(self):
        for kind in (peer.STDIN_CREDIT, peer.EXIT, peer.FILE_READ, peer.FILE_DATA):
            with self.subTest(kind=kind):
                self.refused(struct.pack(">BI", kind, 3) + b"abc")

    def test_trust_in_a_daemon_that_sends_a_path_with_a_nul_or_beyond_the_limit(self):
        for path in (b"a\0b", b"x" * 4096):
            payload = struct.pack(">6I", 1, 0, 0, 0, 0, len(path)) + path + struct.pack(">I", 0)
            with self.subTest(length=len(path)):
                self.refused(struct.pack(">BI", peer.FILE_READ, len(payload)) + payload)


class Files(ClientTest):
    def read_all(self, number):
        content = b""
        while True:
            kind, payload = self.peer.receive()
            self.assertEqual(struct.unpack_from(">I", payload), (number,))
            if kind == peer.FILE_DONE:
                return content
            self.assertEqual(kind, peer.FILE_CONTENT)
            content += payload[4:]
            self.peer.send(peer.FILE_CREDIT, struct.pack(">II", number, len(payload) - 4))

    def test_are_read_relative_to_the_callers_directory_under_credit(self):
        content = os.urandom(3 * MIB)
        self.file("in.tar", content)
        self.start("load", cwd=self.peer.folder.name)
        self.peer.read(9, "in.tar")
        opened = self.peer.opened()
        self.assertEqual((opened.number, opened.size), (9, len(content)))
        self.peer.send(peer.FILE_CREDIT, struct.pack(">II", 9, 200_000))
        self.assertEqual(self.read_all(9), content)

    def test_that_cannot_be_opened_are_reported(self):
        self.start("load")
        for path, reason in (("/nowhere", errno.ENOENT), ("", errno.ENOENT)):
            with self.subTest(path=path):
                self.peer.read(1, path)
                self.assertEqual(self.peer.file_error(), (1, reason))
        for path, reason in (("/no/where", errno.ENOENT), ("/usr", errno.EISDIR),
                             ("/usr/", errno.EISDIR), ("", errno.ENOENT)):
            with self.subTest(path=path):
                self.peer.write(1, path)
                self.assertEqual(self.peer.file_error(), (1, reason))

    def finish(self, number):
        self.peer.send(peer.FILE_FINISH, struct.pack(">I", number))
        self.assertEqual(self.peer.expect(peer.FILE_DONE), struct.pack(">I", number))

    def test_are_replaced_whole_or_not_at_all(self):
        path = self.file("out.tar", b"old")
        client = self.start("save", cwd=self.peer.folder.name)
        self.peer.write(1, "out.tar")
        self.peer.expect(peer.FILE_OPENED)
        self.peer.write_data(1, b"given up")
        self.peer.send(peer.FILE_CLOSE, struct.pack(">I", 1))
        self.peer.write(2, "out.tar", mode=0o4600)
        self.peer.expect(peer.FILE_OPENED)
        self.peer.write_data(2, b"new ")
        self.peer.write_data(2, b"x" * 60_000)
        self.finish(2)
        self.peer.write(3, path)
        self.peer.expect(peer.FILE_OPENED)
        self.peer.write_data(3, b"cut off")
        self.peer.exit(0)
        client.wait()
        with open(path, "rb") as result:
            self.assertEqual(result.read(), b"new " + b"x" * 60_000)
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        self.assertEqual(sorted(os.listdir(self.peer.folder.name)), ["hyper.sock", "out.tar"])

    def test_a_symbolic_link_is_written_through_and_not_replaced(self):
        path = self.file("real", b"old content")
        link = os.path.join(self.peer.folder.name, "link")
        os.symlink("real", link)
        self.start("save")
        self.peer.write(1, link)
        self.peer.expect(peer.FILE_OPENED)
        self.peer.write_data(1, b"new")
        self.finish(1)
        self.assertTrue(os.path.islink(link))
        with open(path, "rb") as result:
            self.assertEqual(result.read(), b"new")

    def test_that_cannot_take_more_are_reported(self):
        self.start("save")
        self.peer.write(1, "/dev/full")
        self.peer.expect(peer.FILE_OPENED)
        self.peer.write_data(1, b"x")
        self.peer.write_data(1, b"already on its way")
        self.assertEqual(self.peer.file_error(), (1, errno.ENOSPC))

    def test_are_bounded_in_number(self):
        self.start("load")
        for number in range(16):
            self.peer.read(number, "/dev/zero")
            self.peer.expect(peer.FILE_OPENED)
        self.peer.read(16, "/dev/zero")
        self.assertEqual(self.peer.file_error(), (16, errno.EMFILE))


class Folders(ClientTest):
    """Files in an open folder, as they are copied from and to it."""

    def setUp(self):
        super().setUp()
        self.root = os.path.join(self.peer.folder.name, "root")
        self.outside = os.path.join(self.peer.folder.name, "outside")
        os.mkdir(self.root)
        os.mkdir(self.outside)
        self.start("cp")
        self.peer.read(1, self.root)
        self.assertTrue(stat.S_ISDIR(self.peer.opened().mode))

    def path(self, name):
        return os.path.join(self.root, name)

    def content(self, path):
        with open(path, "rb") as file:
            return file.read()

    def make(self, path, mode, **more):
        self.peer.name(peer.FILE_MAKE, 2, path, folder=1, mode=mode, **more)

    def made(self):
        self.assertEqual(self.peer.expect(peer.FILE_DONE), struct.pack(">I", 2))

    def copy(self, path, content, mode=0o640, modified=(5, 6)):
        self.peer.write(3, path, mode, folder=1, modified=modified)
        self.peer.expect(peer.FILE_OPENED)
        self.peer.write_data(3, content)
        self.peer.send(peer.FILE_FINISH, struct.pack(">I", 3))

    def refuses(self, *reasons):
        number, reason = self.peer.file_error()
        self.assertIn(reason, reasons, os.strerror(reason))
        return number

    def test_tell_their_names_under_credit(self):
        names = {f"f{i}" for i in range(2000)} | {"ä", "."*3}
        for name in names:
            open(self.path(name), "w").close()
        self.peer.read(2, ".", folder=1)
        self.peer.opened()
        got = []
        while True:
            self.peer.send(peer.FILE_CREDIT, struct.pack(">II", 2, 100))
            for _ in range(100):
                kind, payload = self.peer.receive()
                if kind == peer.FILE_DONE:
                    self.assertEqual(set(got), {os.fsencode(n) for n in names | {".", ".."}})
                    self.assertEqual(len(got), len(names) + 2)
                    return
                self.assertEqual(kind, peer.FILE_CONTENT)
                got.append(payload[4:])

    def test_are_looked_at_without_following_the_last_link(self):
        with open(self.path("file"), "w") as file:
            file.write("12345")
        os.utime(self.path("file"), ns=(0, 1_700_000_000_123_456_789))
        os.chmod(self.path("file"), 0o4711)
        os.symlink("file", self.path("link"))
        self.peer.name(peer.FILE_LOOK, 2, "file", folder=1)
        seen = self.peer.opened()
        self.assertEqual((seen.mode, seen.size, seen.seconds, seen.nanos, seen.target),
                         (0o104711, 5, 1_700_000_000, 123_456_789, b""))
        self.assertEqual((seen.uid, seen.gid), (os.getuid(), os.getgid()))
        self.peer.name(peer.FILE_LOOK, 2, "link", folder=1)
        seen = self.peer.opened()
        self.assertTrue(stat.S_ISLNK(seen.mode))
        self.assertEqual(seen.target, b"file")
        self.peer.name(peer.FILE_LOOK, 2, self.path("link"), mode=1)
        self.assertTrue(stat.S_ISREG(self.peer.opened().mode))
        self.peer.name(peer.FILE_LOOK, 2, "nothing", folder=1)
        self.refuses(errno.ENOENT)

    def test_are_made_with_mode_and_time(self):
        self.make("d", stat.S_IFDIR | 0o2750, modified=(10, 20))
        self.made()
        status = os.stat(self.path("d"))
        self.assertEqual((stat.S_IMODE(status.st_mode), status.st_mtime_ns), (0o750, 10_000_000_020))
        self.copy("d/file", b"content", mode=0o6555)
        self.peer.expect(peer.FILE_DONE)
        status = os.stat(self.path("d/file"))
        self.assertEqual((stat.S_IMODE(status.st_mode), status.st_mtime_ns), (0o555, 5_000_000_006))
        self.make("d", stat.S_IFDIR | 0o700, modified=(11, 0))
        self.made()
        self.assertEqual(stat.S_IMODE(os.stat(self.path("d")).st_mode), 0o700)
        self.make("d/link", stat.S_IFLNK | 0o777, target="../../outside/x")
        self.made()
        self.assertEqual(os.readlink(self.path("d/link")), "../../outside/x")

    def test_replace_what_is_there_but_no_folder_by_a_file(self):
        with open(os.path.join(self.outside, "kept"), "w") as file:
            file.write("kept")
        os.symlink(os.path.join(self.outside, "kept"), self.path("link"))
        self.copy("link", b"new")
        self.peer.expect(peer.FILE_DONE)
        self.assertEqual(self.content(self.path("link")), b"new")
        self.make("link", stat.S_IFLNK, target="elsewhere")
        self.made()
        self.assertEqual(os.readlink(self.path("link")), "elsewhere")
        self.assertEqual(self.content(os.path.join(self.outside, "kept")), b"kept")
        os.mkdir(self.path("d"))
        self.peer.write(3, "d", 0o644, folder=1)
        self.refuses(errno.EISDIR)
        self.make("d", stat.S_IFLNK, target="x")
        self.refuses(errno.EISDIR)
        self.make("link", stat.S_IFDIR | 0o755)
        self.refuses(errno.ENOTDIR)

    def test_never_lead_out_of_it(self):
        os.symlink(self.outside, self.path("link"))
        os.symlink("..", self.path("up"))
        with open(os.path.join(self.outside, "secret"), "w") as file:
            file.write("secret")
        where = ("link/secret", "../outside/secret", "up/outside/secret", "link/../outside/secret",
                 os.path.join(self.outside, "secret"), "link/new/deeper")
        for path in where:
            with self.subTest(path=path):
                self.peer.read(2, path, folder=1)
                self.refuses(errno.ELOOP, errno.EXDEV)
                self.peer.name(peer.FILE_LOOK, 2, path, folder=1, mode=1)
                self.refuses(errno.ELOOP, errno.EXDEV)
                self.peer.write(3, path, 0o644, folder=1)
                self.refuses(errno.ELOOP, errno.EXDEV)
                self.make(path, stat.S_IFDIR | 0o755)
                self.refuses(errno.ELOOP, errno.EXDEV)
                self.make(path, stat.S_IFLNK, target="x")
                self.refuses(errno.ELOOP, errno.EXDEV)
        for path in ("..", ".", ""):
            with self.subTest(path=path):
                self.peer.write(3, path, 0o644, folder=1)
                self.refuses(errno.EISDIR, errno.ENOENT)
                self.make(path, stat.S_IFLNK, target="x")
                self.refuses(errno.EISDIR, errno.EINVAL, errno.ENOTEMPTY, errno.ENOENT)
        self.assertEqual(os.listdir(self.outside), ["secret"])
        self.assertEqual(sorted(os.listdir(self.root)), ["link", "up"])

    def test_that_are_not_open_hold_no_files(self):
        self.peer.read(2, "file", folder=77)
        self.refuses(errno.EBADF)
        self.peer.send(peer.FILE_CLOSE, struct.pack(">I", 1))
        self.make("d", stat.S_IFDIR | 0o755)
        self.refuses(errno.EBADF)

    def test_keep_nothing_of_what_was_not_finished(self):
        self.peer.write(3, "file", 0o644, folder=1)
        self.peer.expect(peer.FILE_OPENED)
        self.peer.write_data(3, b"part")
        self.peer.exit(0)
        self.clients[0].wait()
        self.assertEqual(os.listdir(self.root), [])


class Terminal(ClientTest):
    def setUp(self):
        super().setUp()
        self.master, self.slave = pty.openpty()
        self.addCleanup(os.close, self.master)
        self.addCleanup(os.close, self.slave)
        self.resize(31, 97)
        self.before = termios.tcgetattr(self.slave)

    def resize(self, rows, columns):
        termios.tcsetwinsize(self.slave, (rows, columns))

    def start_on_terminal(self, *words):
        return self.start(*words, stdin=self.slave, stdout=self.slave, stderr=self.slave,
                          start_new_session=True)

    def enter_raw_mode(self):
        """Waits until the client has served RAW_MODE: a file answer behind it shows that."""
        self.peer.send(peer.RAW_MODE, b"\1")
        self.peer.read(1, "/dev/null")
        self.peer.expect(peer.FILE_OPENED)

    def is_raw(self):
        return not termios.tcgetattr(self.slave)[3] & (termios.ICANON | termios.ECHO | termios.ISIG)

    def read_terminal(self):
        return os.read(self.master, 4096)

    def test_is_announced_with_its_size(self):
        self.start_on_terminal("run")
        call = self.peer.invocation
        self.assertEqual((call.terminals, call.rows, call.columns), (7, 31, 97))

    def test_changes_of_size_are_told(self):
        client = self.start_on_terminal("run")
        self.resize(50, 132)
        client.send_signal(signal.SIGWINCH)
        self.assertEqual(struct.unpack(">HH", self.peer.expect(peer.RESIZE)), (50, 132))

    def test_is_raw_only_while_the_daemon_wants_it(self):
        client = self.start_on_terminal("run")
        self.assertFalse(self.is_raw())
        self.enter_raw_mode()
        self.assertTrue(self.is_raw())
        self.peer.credit(10)
        os.write(self.master, b"\x03\x1a")
        got = b""
        while len(got) < 2:
            got += self.peer.expect(peer.STDIN)
        self.assertEqual(got, b"\x03\x1a")
        self.peer.send(peer.STDOUT, b"a\n")
        self.assertEqual(self.read_terminal(), b"a\n")
        self.peer.exit(5)
        self.assertEqual(client.wait(), 5)
        self.assertEqual(termios.tcgetattr(self.slave), self.before)

    def test_input_goes_on_after_its_end_key(self):
        self.start_on_terminal("run")
        self.peer.credit(10)
        os.write(self.master, b"\x04")
        self.peer.expect(peer.STDIN_EOF)
        os.write(self.master, b"on\n")
        self.peer.credit(10)
        self.assertEqual(self.peer.expect(peer.STDIN), b"on\n")

    def test_is_restored_when_the_daemon_dies(self):
        client = self.start_on_terminal("run")
        self.enter_raw_mode()
        self.peer.connection.close()
        self.assertEqual(client.wait(), 125)
        self.assertEqual(termios.tcgetattr(self.slave), self.before)
        self.assertIn(b"lost the connection", self.read_terminal())

    def test_is_restored_when_the_exit_is_forced(self):
        client = self.start_on_terminal("run")
        self.enter_raw_mode()
        for _ in range(2):
            client.send_signal(signal.SIGTERM)
            self.peer.expect(peer.SIGNAL)
        client.send_signal(signal.SIGTERM)
        self.assertEqual(client.wait(), 143)
        self.assertEqual(termios.tcgetattr(self.slave), self.before)

    def test_is_raw_again_after_a_stop(self):
        client = self.start_on_terminal("run")
        self.enter_raw_mode()
        client.send_signal(signal.SIGSTOP)
        os.waitpid(client.pid, os.WUNTRACED)
        termios.tcsetattr(self.slave, termios.TCSANOW, self.before)
        client.send_signal(signal.SIGCONT)
        self.peer.expect(peer.RESIZE)
        self.assertEqual(self.peer.expect(peer.SIGNAL), bytes([signal.SIGCONT]))
        self.assertTrue(self.is_raw())
        self.peer.exit(0)
        self.assertEqual(client.wait(), 0)


if __name__ == "__main__":
    unittest.main()

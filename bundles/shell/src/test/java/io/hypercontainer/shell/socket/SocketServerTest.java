// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.command.SessionEvent;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server with the real client. */
class SocketServerTest {
    /** A command of the test. */
    private interface Body {
        int run(Session session) throws Exception;
    }

    @TempDir Path folder;
    private Path socket;
    private SocketServer server;
    private final Map<String, Body> commands = new ConcurrentHashMap<>();

    @BeforeEach
    void open() {
        socket = folder.resolve("hyper.sock");
        server = new SocketServer(socket, this::run);
    }

    @AfterEach
    void close() {
        server.close();
    }

    private int run(List<String> words, Session session) {
        try {
            return Objects.requireNonNull(commands.get(words.getFirst())).run(session);
        } catch (InterruptedIOException | InterruptedException e) {
            return 1;
        } catch (Exception e) {
            session.err().println(e.getMessage());
            return 99;
        }
    }

    private Client.Result client(String... words) throws Exception {
        return Client.run(Client.of(socket, words), new byte[0]);
    }

    @Test
    void a_command_gets_streams_environment_and_directory_and_gives_the_exit_code()
            throws Exception {
        commands.put(
                "show",
                session -> {
                    session.out().println(session.workingDirectory());
                    session.out().println(session.environment().get("COLOUR"));
                    session.out().println(session.terminal().isPresent());
                    session.err().println("späte Fehler");
                    session.out().write(session.in().readAllBytes());
                    return 42;
                });
        var client = Client.of(socket, "show").directory(folder.toFile());
        client.environment().put("COLOUR", "grün");

        var result = Client.run(client, "from stdin".getBytes(StandardCharsets.UTF_8));

        assertThat(result.out()).isEqualTo(folder + "\ngrün\nfalse\nfrom stdin");
        assertThat(result.err()).isEqualTo("späte Fehler\n");
        assertThat(result.exit()).isEqualTo(42);
    }

    @Test
    void only_owner_and_group_may_use_the_socket() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                .isEqualTo("rw-rw----");
    }

    @Test
    void input_stays_with_the_caller_if_no_command_reads_it() throws Exception {
        commands.put("idle", session -> 0);
        var line = "%s -H unix://%s idle; cat".formatted(Client.PROGRAM, socket);

        var result =
                Client.run(
                        new ProcessBuilder("sh", "-c", line),
                        "for the next one".getBytes(StandardCharsets.UTF_8));

        assertThat(result.out()).isEqualTo("for the next one");
    }

    @Test
    void much_data_passes_intact_in_both_directions() throws Exception {
        var digests = new SynchronousQueue<String>();
        commands.put(
                "cat",
                session -> {
                    var sha = MessageDigest.getInstance("SHA-256");
                    var in = new DigestInputStream(session.in(), sha);
                    in.transferTo(session.out());
                    session.out().flush();
                    digests.put(HexFormat.of().formatHex(sha.digest()));
                    return 0;
                });
        var line =
                "head -c 134217728 /dev/urandom | tee >(sha256sum >in) | %s -H unix://%s cat | sha256sum >out"
                        .formatted(Client.PROGRAM, socket);
        var process =
                new ProcessBuilder("bash", "-c", line)
                        .directory(folder.toFile())
                        .inheritIO()
                        .start();

        var inside = digests.take();

        assertThat(process.waitFor()).isZero();
        assertThat(folder.resolve("out")).content().startsWith(inside);
    }

    @Test
    void an_interrupt_of_the_client_interrupts_the_command() throws Exception {
        var started = new CountDownLatch(1);
        commands.put(
                "wait",
                session -> {
                    started.countDown();
                    Thread.sleep(Long.MAX_VALUE);
                    return 0;
                });
        var process = Client.of(socket, "wait").start();
        started.await();

        signal(process, "INT");

        assertThat(process.waitFor()).isEqualTo(130);
    }

    @Test
    void a_command_that_is_interrupted_while_it_prints_can_still_say_so() throws Exception {
        var started = new CountDownLatch(1);
        commands.put(
                "flood",
                session -> {
                    started.countDown();
                    while (!session.out().checkError() && !Thread.currentThread().isInterrupted()) {
                        session.out().print("x".repeat(65536));
                    }
                    Thread.interrupted();
                    session.err().println("stopped");
                    return 0;
                });
        var process = Client.of(socket, "flood").start();
        started.await();
        process.getInputStream().readNBytes(1_000_000);

        signal(process, "TERM");
        process.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());

        assertThat(process.waitFor()).isEqualTo(143);
        assertThat(new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("stopped\n");
    }

    @Test
    void a_command_that_listens_gets_the_signals_instead() throws Exception {
        var started = new CountDownLatch(1);
        commands.put(
                "listen",
                session -> {
                    var events = new SynchronousQueue<SessionEvent>();
                    session.onEvent(event -> {
                        try {
                            events.put(event);
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    });
                    started.countDown();
                    for (int i = 0; i < 2; i++) {
                        session.out().println(events.take());
                        session.out().flush();
                    }
                    return 3;
                });
        var process = Client.of(socket, "listen").start();
        started.await();
        var out = process.inputReader();

        signal(process, "INT");
        assertThat(out.readLine()).isEqualTo("Signal[number=2]");
        signal(process, "USR1");
        assertThat(out.readLine()).isEqualTo("Signal[number=10]");

        assertThat(process.waitFor()).isEqualTo(3);
    }

    @Test
    void a_client_that_goes_away_interrupts_its_command() throws Exception {
        var started = new CountDownLatch(1);
        var interrupted = new CountDownLatch(1);
        commands.put(
                "wait",
                session -> {
                    session.onEvent(event -> {});
                    started.countDown();
                    try {
                        Thread.sleep(Long.MAX_VALUE);
                    } catch (InterruptedException e) {
                        interrupted.countDown();
                    }
                    return 0;
                });
        var process = Client.of(socket, "wait").start();
        started.await();

        process.destroyForcibly();

        interrupted.await();
    }

    @Test
    void a_reader_that_ends_early_ends_the_command() throws Exception {
        var ended = new CountDownLatch(1);
        commands.put(
                "yes",
                session -> {
                    while (!session.out().checkError()) {
                        session.out().println("y");
                    }
                    ended.countDown();
                    return 0;
                });
        var line = "%s -H unix://%s yes | head -n 2".formatted(Client.PROGRAM, socket);

        var result = Client.run(new ProcessBuilder("sh", "-c", line), new byte[0]);

        ended.await();
        assertThat(result.out()).isEqualTo("y\ny\n");
        assertThat(result.err()).isEmpty();
    }

    @Test
    void files_are_read_and_written_on_the_clients_side() throws Exception {
        commands.put(
                "copy",
                session -> {
                    try (var from = session.read("from")) {
                        var to = session.write("to");
                        from.transferTo(to);
                        to.close();
                    }
                    return 0;
                });
        byte[] content = new byte[5_000_000];
        new java.util.Random(5).nextBytes(content);
        Files.write(folder.resolve("from"), content);

        var result = Client.run(Client.of(socket, "copy").directory(folder.toFile()), new byte[0]);

        assertThat(result).isEqualTo(new Client.Result(0, "", ""));
        assertThat(folder.resolve("to")).hasBinaryContent(content);
    }

    @Test
    void a_file_that_was_not_closed_is_not_there() throws Exception {
        commands.put(
                "give-up",
                session -> {
                    session.write("to").write(new byte[100]);
                    throw new IOException("no more");
                });

        var result =
                Client.run(Client.of(socket, "give-up").directory(folder.toFile()), new byte[0]);

        assertThat(result).isEqualTo(new Client.Result(99, "", "no more\n"));
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(socket);
        }
    }

    @Test
    void errors_of_files_name_the_file() throws Exception {
        commands.put("read", session -> session.read("/no/such/file").read());
        commands.put(
                "write",
                session -> {
                    var full = session.write("/dev/full");
                    full.write(new byte[10]);
                    full.close();
                    return 0;
                });

        assertThat(client("read").err()).isEqualTo("/no/such/file: No such file or directory\n");
        assertThat(client("write").err()).isEqualTo("/dev/full: No space left on device\n");
    }

    @Test
    void a_second_server_on_the_same_socket_is_refused() throws Exception {
        commands.put("ping", session -> 7);

        assertThatThrownBy(() -> new SocketServer(socket, this::run))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining(socket.toString());

        assertThat(client("ping").exit()).isEqualTo(7);
    }

    @Test
    void a_socket_that_a_dead_daemon_left_is_replaced() throws Exception {
        var left = folder.resolve("left.sock");
        try (var dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(left));
        }
        commands.put("ping", session -> 8);

        try (var second = new SocketServer(left, this::run)) {
            assertThat(second).isNotNull();
            assertThat(Client.run(Client.of(left, "ping"), new byte[0]).exit()).isEqualTo(8);
        }
        assertThat(left).doesNotExist();
    }

    @Test
    void a_file_in_the_place_of_the_socket_is_left_alone() throws IOException {
        var file = Files.writeString(folder.resolve("precious"), "content");

        assertThatThrownBy(() -> new SocketServer(file, this::run)).isInstanceOf(Conflict.class);
        assertThat(file).hasContent("content");
        assertThatThrownBy(() -> new SocketServer(folder.resolve("no/where"), this::run))
                .isInstanceOf(Unavailable.class);
    }

    @Test
    void a_client_that_breaks_the_protocol_is_cut_off_and_others_are_served() throws Exception {
        commands.put("ping", session -> 9);
        for (var bytes :
                List.of(
                        new byte[] {FrameType.STDIN, 0, 0, 0, 0},
                        new byte[] {FrameType.INVOKE, -1, -1, -1, -1},
                        new byte[] {FrameType.INVOKE, 0, 0, 0, 1, 0},
                        new byte[] {0x77, 0, 1, 0, 1})) {
            try (var hostile = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
                hostile.write(ByteBuffer.wrap(bytes));
                assertThat(hostile.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            }
        }

        assertThat(client("ping").exit()).isEqualTo(9);
    }

    @Test
    void a_client_of_another_version_is_told_so() throws Exception {
        try (var other = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            other.write(ByteBuffer.wrap(new byte[] {FrameType.INVOKE, 0, 0, 0, 2, 0, 9}));
            var reader = new FrameReader(other);

            var first = Objects.requireNonNull(reader.next());
            var second = Objects.requireNonNull(reader.next());

            assertThat(new String(first.payload(), StandardCharsets.UTF_8)).contains("version 9");
            assertThat(second.type()).isEqualTo(FrameType.EXIT);
            assertThat(second.read().i32()).isEqualTo(125);
        }
    }

    @Test
    void many_clients_are_served_at_the_same_time() throws Exception {
        var all = new CountDownLatch(50);
        commands.put(
                "meet",
                session -> {
                    all.countDown();
                    all.await();
                    return 0;
                });
        var processes = new java.util.ArrayList<Process>();
        for (int i = 0; i < 50; i++) {
            processes.add(Client.of(socket, "meet").start());
        }

        for (var process : processes) {
            assertThat(process.waitFor()).isZero();
        }
    }

    @Test
    void a_terminal_is_raw_only_while_the_command_wants_it() throws Exception {
        commands.put(
                "keys",
                session -> {
                    session.out().print(session.terminal().orElseThrow() + "|");
                    session.rawMode(true);
                    session.out().print("ready\n");
                    session.out().flush();
                    int key = session.in().read();
                    session.out().print("key " + key + "\n");
                    return 5;
                });
        // In raw mode, ctrl-C is a key and line feeds come without carriage return.
        var script =
                """
                import os, pty, sys, termios
                pid, master = pty.fork()
                if pid == 0:
                    termios.tcsetwinsize(0, (12, 34))
                    os.execv(sys.argv[1], sys.argv[1:])
                seen = b""
                while b"ready\\n" not in seen:
                    seen += os.read(master, 1000)
                raw = termios.tcgetattr(master)[3] & termios.ICANON
                os.write(master, b"\\x03")
                while b"key 3\\n" not in seen:
                    seen += os.read(master, 1000)
                code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                print(seen, raw, code)
                """;

        var result =
                Client.run(
                        new ProcessBuilder(
                                "python3",
                                "-c",
                                script,
                                Client.PROGRAM.toString(),
                                "-H",
                                "unix://" + socket,
                                "keys"),
                        new byte[0]);

        assertThat(result.out())
                .isEqualTo("b'TerminalSize[rows=12, columns=34]|ready\\nkey 3\\n' 0 5\n");
    }

    private static void signal(Process process, String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    }
}

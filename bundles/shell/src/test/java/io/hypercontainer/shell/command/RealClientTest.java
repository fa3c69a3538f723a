// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.shell.socket.Client;
import io.hypercontainer.shell.socket.SocketServer;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands typed at the real client, with a process of this host for the container's. */
@Timeout(120)
class RealClientTest {
    @TempDir Path folder;
    private final Typed typed = new Typed();
    private Path socket;
    private SocketServer server;
    private final List<HostProcess> started = new ArrayList<>();

    @BeforeEach
    void open() {
        socket = folder.resolve("hyper.sock");
        server = new SocketServer(socket, typed.runner());
    }

    @AfterEach
    void close() {
        server.close();
        started.forEach(process -> process.process().destroyForcibly());
    }

    private HostProcess inContainer(boolean terminal, String script) throws Exception {
        HostProcess process = new HostProcess(terminal, script);
        started.add(process);
        typed.runtime.containers.realProcess = process;
        return process;
    }

    private Client.Result client(byte[] input, String... words) throws Exception {
        return Client.run(Client.of(socket, words), input);
    }

    @Test
    void manyBytesGoThroughUnchanged() throws Exception {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 1_000_000; i++) {
            text.append(i).append('\n');
        }
        inContainer(false, "cat");

        Client.Result result =
                client(text.toString().getBytes(UTF_8), "run", "-i", "--rm", "busybox", "cat");

        assertThat(result.exit()).isZero();
        assertThat(result.out()).isEqualTo(text.toString());
    }

    @Test
    void outputErrorOutputAndExitCodeArrive() throws Exception {
        inContainer(false, "echo out; echo err >&2; exit 42");

        assertThat(client(new byte[0], "run", "busybox"))
                .isEqualTo(new Client.Result(42, "out\n", "err\n"));
    }

    @Test
    void aBadOptionIsOneLineAndNothingElse() throws Exception {
        assertThat(client(new byte[0], "run", "-p", "99999:80", "busybox"))
                .isEqualTo(
                        new Client.Result(
                                125,
                                "",
                                "hyperctl: cannot publish '99999:80': host port 99999 is not"
                                        + " between 1 and 65535\n"));
    }

    @Test
    void aSignalForTheClientReachesTheProcess() throws Exception {
        inContainer(
                false, "trap 'echo got it; exit 7' TERM; echo ready; while :; do sleep 0.1; done");
        Process client = Client.of(socket, "run", "busybox").start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(client.getInputStream(), UTF_8));
        assertThat(out.readLine()).isEqualTo("ready");

        signal(client, "TERM");

        assertThat(out.readLine()).isEqualTo("got it");
        assertThat(client.waitFor()).isEqualTo(7);
    }

    @Test
    void withoutProxyASignalEndsTheClientOnly() throws Exception {
        HostProcess process = inContainer(false, "echo ready; exec cat");
        Process client = Client.of(socket, "run", "-i", "--sig-proxy=false", "busybox").start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(client.getInputStream(), UTF_8));
        assertThat(out.readLine()).isEqualTo("ready");

        signal(client, "TERM");

        assertThat(client.waitFor()).isEqualTo(143);
        assertThat(process.process().isAlive()).isTrue();
    }

    @Test
    void aClientThatIsKilledLeavesTheProcessWithItsInputOpen() throws Exception {
        typed.runtime.containers.with(Samples.running("joined").input(true, false));
        HostProcess process = inContainer(false, "read a; echo $a; read b; echo $b >&2");
        Process client = Client.of(socket, "attach", "joined").start();
        OutputStream in = client.getOutputStream();
        in.write("first\n".getBytes(UTF_8));
        in.flush();
        InputStream out = client.getInputStream();
        assertThat(new String(out.readNBytes(6), UTF_8)).isEqualTo("first\n");

        client.destroyForcibly().waitFor();
        server.close();

        assertThat(process.process().isAlive()).isTrue();
        process.stdin().write("second\n".getBytes(UTF_8));
        process.stdin().close();
        assertThat(process.process().waitFor()).isZero();
    }

    @Test
    void detachKeysOnARealTerminalLeaveTheProcess() throws Exception {
        HostProcess process = inContainer(true, "echo ready; exec cat");
        String line =
                String.join(
                        " ", Client.of(socket, "run", "-it", "--rm", "busybox", "cat").command());
        Process terminal =
                new ProcessBuilder(List.of("script", "-qefc", line, "/dev/null"))
                        .redirectErrorStream(true)
                        .start();
        InputStream screen = terminal.getInputStream();
        until(screen, "ready");

        // Raw, so that it is neither echoed nor a signal for the client.
        type(terminal, "a\u0003b\n");
        assertThat(until(screen, "b")).endsWith("\na\u0003b");
        type(terminal, "\u0010");
        type(terminal, "\u0011");

        assertThat(until(screen, "read escape sequence")).endsWith("read escape sequence");
        assertThat(terminal.waitFor()).isZero();
        assertThat(process.process().isAlive()).isTrue();
    }

    private static void type(Process terminal, String keys) throws Exception {
        terminal.getOutputStream().write(keys.getBytes(UTF_8));
        terminal.getOutputStream().flush();
    }

    /** All that is read up to a text. */
    private static String until(InputStream from, String text) throws Exception {
        StringBuilder seen = new StringBuilder();
        int c;
        while (seen.indexOf(text) < 0 && (c = from.read()) >= 0) {
            seen.append((char) c);
        }
        return seen.toString();
    }

    private static void signal(Process process, String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    }
}

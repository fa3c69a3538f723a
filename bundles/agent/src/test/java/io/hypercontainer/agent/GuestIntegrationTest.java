// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.agent.CannotExecute;
import io.hypercontainer.api.agent.ExitStatus;
import io.hypercontainer.api.agent.GuestAgent;
import io.hypercontainer.api.agent.GuestContainer;
import io.hypercontainer.api.agent.GuestContainerState;
import io.hypercontainer.api.agent.GuestMount;
import io.hypercontainer.api.agent.GuestProcess;
import io.hypercontainer.api.agent.GuestRoot;
import io.hypercontainer.api.agent.GuestSetup;
import io.hypercontainer.api.agent.ProcessSpec;
import io.hypercontainer.api.agent.TerminalSize;
import io.hypercontainer.api.agent.TmpfsOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Connection and agent together, in a real virtual machine that all tests share. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class GuestIntegrationTest {
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final String BOX = "box";

    private GuestMachine machine;
    private GuestAgent agent;
    private int lastProcess;

    @BeforeAll
    void bootMachineWithOneContainer(@TempDir Path directory) throws Exception {
        machine = GuestMachine.start(directory);
        agent = new AgentConnector().connect(machine.channel(), LONG);
        agent.setUp(
                new GuestSetup(
                        "pod",
                        List.of("192.0.2.53"),
                        List.of("example.test"),
                        List.of("ndots:1"),
                        Map.of("192.0.2.1", List.of("db", "db.example.test")),
                        Instant.parse("2030-01-02T03:04:05Z"),
                        new byte[64]));
        // The first container is begun ahead, all others are not.
        agent.prepare();
        agent.createContainer(container(BOX, false));
        agent.start(BOX, spec("init", "sleep", "100000"));
    }

    @AfterAll
    void stop() throws Exception {
        agent.close();
        machine.close();
    }

    private GuestContainer container(String id, boolean readOnly, GuestMount... mounts) {
        GuestRoot root =
                new GuestRoot.Layers(
                        List.of(new GuestRoot.Layer("root", 0, machine.rootLength(), "erofs")),
                        Optional.empty(),
                        "ext4");
        return new GuestContainer(
                id, root, readOnly, List.of(mounts), GuestContainer.Limits.NONE, Map.of());
    }

    private static ProcessSpec spec(String id, String... args) {
        return spec(id, "", Optional.empty(), true, args);
    }

    private static ProcessSpec spec(
            String id, String user, Optional<TerminalSize> size, boolean stdin, String... args) {
        return new ProcessSpec(
                id,
                List.of(args),
                List.of("PATH=/bin"),
                "/",
                user,
                size,
                stdin,
                false,
                List.of(),
                List.of());
    }

    private GuestProcess start(String... args) throws CannotExecute {
        return agent.start(BOX, spec("p" + ++lastProcess, args));
    }

    private static ExitStatus exit(GuestProcess process) {
        return process.waitFor(LONG).orElseThrow();
    }

    private static String text(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    private String output(String... args) throws Exception {
        GuestProcess process = start(args);
        process.stdin().close();
        String text = text(process.stdout());
        exit(process);
        process.acknowledge();
        return text;
    }

    @Test
    void saysWhoItIs() {
        assertThat(agent.info().protocol()).isEqualTo("hyper/1");
        assertThat(agent.info().kernel()).isNotEmpty();
        assertThat(agent.info().uptime()).isPositive();
    }

    @Test
    void reportsExitCodes() throws Exception {
        assertThat(exit(start("true")).exitCode()).isZero();
        assertThat(exit(start("sh", "-c", "exit 42")).exitCode()).isEqualTo(42);
    }

    @Test
    void reportsSignals() throws Exception {
        ExitStatus status = exit(start("sh", "-c", "kill -9 $$"));
        assertThat(status.signal()).isEqualTo(9);
        assertThat(status.exitCode()).isEqualTo(137);
    }

    @Test
    void sendsSignals() throws Exception {
        GuestProcess process = start("sleep", "100000");
        process.signal(15);
        assertThat(exit(process).exitCode()).isEqualTo(143);
        process.signal(15);
    }

    @Test
    void tellsMissingProgramsFromUnusableOnes() {
        assertThatThrownBy(() -> start("nosuch"))
                .isInstanceOfSatisfying(
                        CannotExecute.class, e -> assertThat(e.exitCode()).isEqualTo(127))
                .hasMessage("exec: \"nosuch\": executable file not found in $PATH");
        for (String path : List.of("/etc/notes", "/etc")) {
            assertThatThrownBy(() -> start(path))
                    .isInstanceOfSatisfying(
                            CannotExecute.class, e -> assertThat(e.exitCode()).isEqualTo(126));
        }
    }

    @Test
    void keepsOutputAndErrorsApart() throws Exception {
        GuestProcess process = start("sh", "-c", "echo out; echo err >&2");
        assertThat(text(process.stdout())).isEqualTo("out\n");
        assertThat(text(process.stderr())).isEqualTo("err\n");
    }

    @Test
    void findsUsersInTheImage() throws Exception {
        GuestProcess process =
                agent.start(BOX, spec("p" + ++lastProcess, "web", Optional.empty(), false, "id"));
        assertThat(text(process.stdout())).isEqualTo("uid=33(web) gid=34(web) groups=35(logs)\n");
        assertThatThrownBy(
                        () -> agent.start(BOX, spec("x", "nobody", Optional.empty(), false, "id")))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("nobody");
    }

    @Test
    void writesTheFilesOfThePod() throws Exception {
        assertThat(output("cat", "/etc/hostname")).isEqualTo("pod\n");
        assertThat(output("cat", "/etc/hosts")).contains("192.0.2.1\tdb db.example.test\n");
        assertThat(output("cat", "/etc/resolv.conf"))
                .isEqualTo("search example.test\nnameserver 192.0.2.53\noptions ndots:1\n");
    }

    @Test
    void setsTheClock() throws Exception {
        assertThat(exit(start("true")).at())
                .isBetween(
                        Instant.parse("2030-01-02T03:04:05Z"),
                        Instant.parse("2030-01-02T04:04:05Z"));
    }

    @Test
    void returnsSixtyFourMebibytesOfInputUnchanged() throws Exception {
        long size = 64L * 1024 * 1024;
        GuestProcess process = start("cat");
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<String> sent =
                    executor.submit(() -> {
                        try (OutputStream out = process.stdin()) {
                            return pump(new RandomBytes(size), out);
                        }
                    });
            String received = pump(process.stdout(), OutputStream.nullOutputStream());
            assertThat(received).isEqualTo(sent.get());
        }
        assertThat(exit(process).exitCode()).isZero();
    }

    /** Copies and returns a digest of what was copied. */
    private static String pump(InputStream in, OutputStream out) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] buffer = new byte[50_000];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            digest.update(buffer, 0, count);
            out.write(buffer, 0, count);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Always the same bytes that do not repeat. */
    private static final class RandomBytes extends InputStream {
        private final Random random = new Random(1);
        private long left;

        RandomBytes(long length) {
            left = length;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (left == 0) {
                return -1;
            }
            byte[] bytes = new byte[(int) Math.min(length, left)];
            random.nextBytes(bytes);
            System.arraycopy(bytes, 0, target, offset, bytes.length);
            left -= bytes.length;
            return bytes.length;
        }
    }

    @Test
    void aReaderThatDoesNotReadStopsItsWriterAndNobodyElse() throws Exception {
        GuestProcess stuck = start("yes");
        // Once the whole window has come, `yes` waits in its pipe.
        while (stuck.stdout().available() < Stream.WINDOW) {
            assertThat(output("echo", "other")).isEqualTo("other\n");
        }
        assertThat(stuck.waitFor(Duration.ZERO)).isEmpty();
        byte[] first = stuck.stdout().readNBytes(2 * Stream.WINDOW);
        assertThat(new String(first, StandardCharsets.US_ASCII)).matches("(y\n)+");
        // The reader goes away: the writer gets SIGPIPE.
        stuck.stdout().close();
        assertThat(exit(stuck).signal()).isEqualTo(13);
    }

    @Test
    void inputThatNobodyReadsIsDiscarded() throws Exception {
        GuestProcess process = start("true");
        exit(process);
        process.stdin().write(new byte[3 * Stream.WINDOW]);
        process.stdin().close();
    }

    @Test
    void givesATerminalAndResizesIt() throws Exception {
        GuestProcess process =
                agent.start(
                        BOX,
                        spec(
                                "p" + ++lastProcess,
                                "",
                                Optional.of(new TerminalSize(24, 80)),
                                true,
                                "sh",
                                "-c",
                                "stty size; read line; stty size; echo got $line"));
        assertThat(new String(process.stdout().readNBytes(7), StandardCharsets.UTF_8))
                .isEqualTo("24 80\r\n");
        process.resize(new TerminalSize(50, 132));
        process.stdin().write("word\r".getBytes(StandardCharsets.UTF_8));
        assertThat(text(process.stdout())).isEqualTo("word\r\n50 132\r\ngot word\r\n");
        assertThat(exit(process).exitCode()).isZero();
    }

    @Test
    void takesRequestsOfManyFrames() throws Exception {
        String large = "x".repeat(60_000);
        assertThat(output("echo", large)).isEqualTo(large + "\n");
    }

    @Test
    void refusesASecondContainerOfTheSameName() {
        assertThatThrownBy(() -> agent.createContainer(container(BOX, false)))
                .isInstanceOf(Conflict.class);
    }

    @Test
    void keepsContainersFromTheDisksOfTheMachine() throws Exception {
        GuestProcess process =
                start(
                        "sh",
                        "-c",
                        "mknod /dev/disk b $(cat /sys/block/vda/dev | tr : ' ')"
                                + " && head -c 1 /dev/disk");
        assertThat(text(process.stderr())).isEqualTo("head: /dev/disk: Operation not permitted\n");
    }

    @Test
    void countsWhatAContainerUses() {
        assertThat(agent.stats(BOX))
                .satisfies(stats -> {
                    assertThat(stats.cpuTime()).isPositive();
                    assertThat(stats.memoryBytes()).isPositive();
                    assertThat(stats.pids()).isPositive();
                });
    }

    @Test
    void keepsContainersApart() throws Exception {
        GuestMount tmpfs =
                new GuestMount.Tmpfs(1024 * 1024, 0700, "/deep/er/tmp", TmpfsOptions.DEFAULT);
        agent.createContainer(container("other", true, tmpfs));
        GuestProcess init =
                agent.start(
                        "other",
                        spec(
                                "init",
                                "sh",
                                "-c",
                                "echo $$; touch /file; cat /proc/mounts; sleep 100000"));
        assertThat(init.pid()).isEqualTo(1);
        assertThat(new String(init.stdout().readNBytes(2), StandardCharsets.UTF_8))
                .isEqualTo("1\n");
        // Its first process gone, the others end.
        GuestProcess second = agent.start("other", spec("second", "sleep", "100000"));
        init.signal(9);
        assertThat(exit(init).exitCode()).isEqualTo(137);
        assertThat(exit(second).exitCode()).isEqualTo(137);
        assertThat(agent.containers())
                .extracting(GuestContainerState::id)
                .containsExactlyInAnyOrder(BOX, "other");
        assertThatThrownBy(() -> agent.start("other", spec("third", "true")))
                .isInstanceOf(Conflict.class);
        agent.destroyContainer("other");
        agent.destroyContainer("other");
        assertThat(agent.containers()).extracting(GuestContainerState::id).containsExactly(BOX);
    }

    @Test
    void leavesNothingOfAContainerThatCouldNotBeMade() {
        GuestMount below = new GuestMount.Tmpfs(0, 0755, "/etc/notes/below", TmpfsOptions.DEFAULT);
        assertThatThrownBy(() -> agent.createContainer(container("bad", false, below)))
                .isInstanceOf(DriverFailure.class)
                .hasMessageContaining("/etc/notes/below");
        assertThat(agent.containers()).extracting(GuestContainerState::id).containsExactly(BOX);
    }

    @Test
    @Order(1)
    void anotherHostTakesOverWithoutLossOrRepetition() throws Exception {
        // Counts lines; the reader gets a digest of all that it should have seen.
        GuestProcess process =
                start("sh", "-c", "i=0; while [ $i -lt 60000 ]; do echo $i; i=$((i+1)); done");
        MessageDigest seen = MessageDigest.getInstance("SHA-256");
        byte[] buffer = new byte[10_000];
        long offset = 0;
        while (offset < 100_000) {
            int count = process.stdout().read(buffer);
            seen.update(buffer, 0, count);
            offset += count;
        }
        GuestProcess ended = start("sh", "-c", "exit 3");
        agent.close();
        assertThatThrownBy(() -> agent.containers()).isInstanceOf(Unavailable.class);
        assertThatThrownBy(() -> process.stdout().readAllBytes()).isInstanceOf(IOException.class);

        agent = new AgentConnector().reconnect(machine.channel(), LONG);
        assertThat(agent.containers().getFirst().processes()).contains("init", process.id());
        GuestProcess again = agent.process(BOX, process.id(), offset, 0).orElseThrow();
        assertThat(again.pid()).isEqualTo(process.pid());
        for (int count = again.stdout().read(buffer);
                count >= 0;
                count = again.stdout().read(buffer)) {
            seen.update(buffer, 0, count);
        }
        assertThat(exit(again).exitCode()).isZero();
        again.acknowledge();
        assertThat(agent.process(BOX, process.id(), 0, 0)).isEmpty();
        assertThat(exit(agent.process(BOX, ended.id(), 0, 0).orElseThrow()).exitCode())
                .isEqualTo(3);

        MessageDigest expected = MessageDigest.getInstance("SHA-256");
        for (int i = 0; i < 60_000; i++) {
            expected.update((i + "\n").getBytes(StandardCharsets.US_ASCII));
        }
        assertThat(seen.digest()).isEqualTo(expected.digest());
    }

    @Test
    @Order(2)
    void theAgentSurvivesWhateverItIsSent() throws Exception {
        agent.close();
        Random random = new Random(23);
        for (int round = 0; round < 20; round++) {
            try (Wire wire = Wire.open(machine.channel())) {
                wire.write(new Sync(new SecureRandom()).request(true));
                for (int i = 0; i < 200; i++) {
                    wire.write(nonsense(random));
                }
            }
        }
        agent = new AgentConnector().reconnect(machine.channel(), LONG);
        assertThat(output("echo", "alive")).isEqualTo("alive\n");
    }

    /** A frame with random content, requests that are nearly right, or no frame at all. */
    private static ByteBuffer nonsense(Random random) {
        byte[] bytes = new byte[random.nextInt(300)];
        random.nextBytes(bytes);
        FrameType[] types = FrameType.values();
        FrameType type = types[random.nextInt(types.length)];
        return switch (random.nextInt(4)) {
            case 0 -> ByteBuffer.wrap(bytes);
            case 1 -> new Frame(type, random.nextBoolean(), random.nextInt(9), bytes).encode();
            default -> {
                List<String> requests =
                        List.of(
                                "{\"op\":\"create\",\"container\":\"../x\"}",
                                "{\"op\":\"create\",\"container\":\"y\",\"root\":{\"layers\":[]}}",
                                "{\"op\":\"process\",\"container\":\"box\",\"process\":\"z\",\"args\":[1]}",
                                "{\"op\":\"process\",\"container\":\"box\",\"process\":\"z\",\"args\":{},"
                                        + "\"streams\":{\"stdin\":1,\"stdout\":1}}",
                                "{\"op\":\"signal\",\"container\":\"box\",\"signal\":-1}",
                                "{\"op\":\"resize\",\"container\":\"box\",\"rows\":1e99}",
                                "{\"op\":\"interface\",\"mac\":\"x\",\"timeoutMillis\":1}",
                                "{\"op\":\"acknowledge\",\"container\":\"box\"}",
                                "{\"op\":\"stat\",\"container\":\"box\",\"path\":\"/\",\"stream\":5}",
                                "{\"op\":\"stat\",\"container\":\"box\",\"path\":7,\"stream\":0}",
                                "{\"op\":\"read-archive\",\"container\":\"box\",\"path\":\"/bin\",\"stream\":6}",
                                "{\"op\":\"write-archive\",\"container\":\"box\",\"path\":\"/\",\"stream\":7}",
                                "{\"op\":\"processes\",\"container\":\"box\",\"stream\":8}",
                                "{\"op\":\"limits\",\"container\":\"box\",\"limits\":[1]}",
                                "[".repeat(100),
                                "{\"op\":[{}]}");
                String request = requests.get(random.nextInt(requests.size()));
                yield new Frame(
                                FrameType.REQUEST,
                                false,
                                1 + random.nextInt(9),
                                request.getBytes(StandardCharsets.UTF_8))
                        .encode();
            }
        };
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void powersOff() throws Exception {
        agent.powerOff(Duration.ofSeconds(1));
        assertThat(machine.awaitOff(60)).isTrue();
        assertThat(agent.waitUntilLost()).contains("broke");
    }
}

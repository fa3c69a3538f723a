// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.agent.TerminalSize;
import io.hypercontainer.api.command.SessionEvent;
import io.hypercontainer.shell.command.FakeProcess;
import io.hypercontainer.shell.command.TestSession;
import io.hypercontainer.shell.command.option.DetachKeys;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.SequenceInputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ForegroundTest {
    private static final Foreground.Wish OUTPUT = wish(false, true, true);
    private static final Foreground.Wish WITH_INPUT = wish(true, true, true);

    private final TestSession session = new TestSession();

    private static Foreground.Wish wish(boolean input, boolean closeInput, boolean proxySignals) {
        return new Foreground.Wish(
                input, closeInput, DetachKeys.DEFAULT, proxySignals, Optional.empty());
    }

    private CompletableFuture<Integer> start(FakeProcess process, Foreground.Wish wish) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return Foreground.run(session, process, wish);
                    } catch (IOException e) {
                        throw new CompletionException(e);
                    }
                },
                task -> Thread.ofVirtual().start(task));
    }

    /** What a read does. */
    @FunctionalInterface
    private interface Read {
        int now() throws IOException;
    }

    private static InputStream reading(Read read) {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                return read.now();
            }

            @Override
            public int read(byte[] to, int offset, int length) throws IOException {
                return read.now();
            }
        };
    }

    /** A stream on which nothing comes until the reader is interrupted. */
    private static InputStream silence() {
        CountDownLatch never = new CountDownLatch(1);
        return reading(() -> {
            try {
                never.await();
                return -1;
            } catch (InterruptedException e) {
                throw new IOException("interrupted", e);
            }
        });
    }

    private static InputStream thenSilence(String text) {
        return new SequenceInputStream(new ByteArrayInputStream(text.getBytes(UTF_8)), silence());
    }

    @Test
    void keepsOutputAndErrorOutputApartAndGivesTheExitCode() throws Exception {
        FakeProcess process = FakeProcess.ended(42, "out\n", "err\n");

        assertThat(Foreground.run(session, process, OUTPUT)).isEqualTo(42);

        assertThat(session.printed()).isEqualTo("out\n");
        assertThat(session.complaints()).isEqualTo("err\n");
        assertThat(process.closed()).isTrue();
    }

    @Test
    void passesOnAllThatWasPrintedBeforeItEnds() throws Exception {
        String much = "0123456789abcdef".repeat(100_000);
        FakeProcess process = FakeProcess.ended(0, much, "");

        Foreground.run(session, process, OUTPUT);

        assertThat(session.printed()).isEqualTo(much);
    }

    @Test
    void aKilledProcessGives128PlusTheSignal() throws Exception {
        FakeProcess process = new FakeProcess(false).killed(9);

        assertThat(Foreground.run(session, process, OUTPUT)).isEqualTo(137);
    }

    @Test
    void inputReachesTheProcessWithItsEnd() throws Exception {
        session.input("line\n");
        FakeProcess process = new FakeProcess(false);
        CompletableFuture<Integer> code = start(process, WITH_INPUT);

        assertThat(process.wholeInput()).isEqualTo("line\n");
        process.exit(0);
        assertThat(code.get()).isZero();
    }

    @Test
    void inputIsNotReadUnlessWanted() throws Exception {
        session.input(
                reading(() -> {
                    throw new AssertionError("input was read");
                }));

        assertThat(Foreground.run(session, FakeProcess.ended(0, "", ""), OUTPUT)).isZero();
    }

    @Test
    void theEndOfAnInputOfSeveralIsNotTheEndForTheProcess() throws Exception {
        PipedInputStream stdout = new PipedInputStream();
        PipedOutputStream print = new PipedOutputStream(stdout);
        session.input("typed");
        FakeProcess process = new FakeProcess(false).printing(stdout);
        CompletableFuture<Integer> code = start(process, wish(true, false, true));

        print.write("still there".getBytes(UTF_8));
        print.close();
        process.exit(0);
        assertThat(code.get()).isZero();
        assertThat(process.inputClosed()).isFalse();
    }

    @Test
    void aClientThatIsGoneDoesNotCloseTheInput() throws Exception {
        CompletableFuture<Void> asked = new CompletableFuture<>();
        session.input(
                reading(() -> {
                    asked.complete(null);
                    throw new IOException("the client is gone");
                }));
        FakeProcess process = new FakeProcess(false);
        CompletableFuture<Integer> code = start(process, WITH_INPUT);
        asked.join();

        process.exit(3);
        assertThat(code.get()).isEqualTo(3);
        assertThat(process.inputClosed()).isFalse();
    }

    @Test
    void anOutputThatNobodyTakesEndsTheCommandAndNotTheProcess() {
        session.output(
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("broken pipe");
                    }
                });
        FakeProcess process = new FakeProcess(false).printing("much", "");

        assertThatThrownBy(() -> Foreground.run(session, process, OUTPUT))
                .isInstanceOf(IOException.class);
        assertThat(process.closed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10, 15, 18})
    void signalsGoToTheProcess(int number) throws Exception {
        FakeProcess process = new FakeProcess(false);
        CompletableFuture<Integer> code = start(process, OUTPUT);

        session.happen(new SessionEvent.Signal(number));

        assertThat(process.nextSignal()).isEqualTo(number);
        process.killed(number);
        assertThat(code.get()).isEqualTo(128 + number);
    }

    @Test
    void withoutProxyASignalEndsTheCommandAndNotTheProcess() throws Exception {
        FakeProcess process = new FakeProcess(false).printing(silence());
        CompletableFuture<Integer> code = start(process, wish(false, true, false));

        session.happen(new SessionEvent.Signal(18));
        session.happen(new SessionEvent.Signal(2));

        assertThat(code.get()).isEqualTo(130);
        assertThat(process.closed()).isTrue();
    }

    @Test
    void aBrokenPipeOfTheClientIsNotASignalForTheProcess() throws Exception {
        FakeProcess process = new FakeProcess(false).printing(silence());
        CompletableFuture<Integer> code = start(process, OUTPUT);

        session.happen(new SessionEvent.Signal(13));

        assertThat(code.get()).isEqualTo(141);
    }

    @Test
    void aTerminalIsRawWhileItsKeysGoToTheProcess() throws Exception {
        session.onTerminal(24, 80).input(thenSilence("ls\r"));
        PipedInputStream stdout = new PipedInputStream();
        PipedOutputStream print = new PipedOutputStream(stdout);
        FakeProcess process = new FakeProcess(true).printing(stdout);
        CompletableFuture<Integer> code = start(process, WITH_INPUT);

        session.happen(new SessionEvent.Resize(new TerminalSize(50, 100)));
        process.exit(0);
        print.close();

        assertThat(code.get()).isZero();
        assertThat(session.rawModes()).containsExactly(true, false);
        assertThat(process.sizes()).containsExactly(new TerminalSize(50, 100));
    }

    @Test
    void detachKeysLeaveTheProcessRunning() throws Exception {
        session.onTerminal(24, 80).input(thenSilence("ab\u0010\u0011cd"));
        FakeProcess process = new FakeProcess(true).printing(silence());

        assertThat(start(process, WITH_INPUT).get()).isZero();

        assertThat(process.inputSoFar()).isEqualTo("ab");
        assertThat(process.closed()).isTrue();
        assertThat(session.complaints()).isEqualTo("read escape sequence\n");
        assertThat(session.rawModes()).containsExactly(true, false);
    }

    @Test
    void withoutATerminalTheDetachKeysAreInput() throws Exception {
        session.input("a\u0010\u0011b");
        FakeProcess process = new FakeProcess(false);
        CompletableFuture<Integer> code = start(process, WITH_INPUT);

        assertThat(process.wholeInput()).isEqualTo("a\u0010\u0011b");
        process.exit(0);
        code.get();
    }

    @Test
    void aLostProcessIsAnError() {
        FakeProcess process = new FakeProcess(false).lost("the guest does not answer");

        assertThatThrownBy(() -> Foreground.run(session, process, OUTPUT))
                .isInstanceOf(Unavailable.class)
                .hasMessage("the guest does not answer");
    }

    @Test
    void anInterruptEndsTheCommand() {
        FakeProcess process = new FakeProcess(false).printing(silence());
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> Foreground.run(session, process, OUTPUT))
                .isInstanceOf(Interrupted.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(process.closed()).isTrue();
    }

    @Test
    void outputThatOthersHoldOpenIsWaitedForNoLongerThanToldTo() throws Exception {
        FakeProcess process = new FakeProcess(false).printing(thenSilence("all")).exit(5);
        Foreground.Wish wish =
                new Foreground.Wish(
                        false, true, DetachKeys.DEFAULT, false, Optional.of(Duration.ofMillis(50)));

        assertThat(Foreground.run(session, process, wish)).isEqualTo(5);
        assertThat(session.printed()).isEqualTo("all");
    }

    @Test
    void outputThatIsCutOffIsTold() throws Exception {
        InputStream broken =
                reading(() -> {
                    throw new IOException("connection lost");
                });
        FakeProcess process = new FakeProcess(false).printing(broken).exit(0);

        assertThat(Foreground.run(session, process, OUTPUT)).isZero();
        assertThat(session.complaints())
                .isEqualTo("hyperctl: output of the process was cut off: connection lost\n");
    }

    @Test
    void keysCannotBeReadFromWhatIsNoTerminal() {
        assertThatThrownBy(() -> Foreground.checkTerminal(session, true, true))
                .hasMessage("the input device is not a TTY");
        Foreground.checkTerminal(session, true, false);
        Foreground.checkTerminal(session, false, true);
        Foreground.checkTerminal(session.onTerminal(24, 80), true, true);
    }
}

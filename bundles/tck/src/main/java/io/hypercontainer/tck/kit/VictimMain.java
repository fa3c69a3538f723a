// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.kit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** A daemon that does one thing and waits to be killed. */
final class VictimMain {
    static final String READY = "ready";
    static final String MIDDLE = "middle";
    static final String DONE = "done ";
    static final String FAILED = "failed ";

    private VictimMain() {}

    /** Takes the state folder, the work and the name of what it is done with. */
    public static void main(String[] words) throws IOException {
        var setup = Setup.parse(k -> Optional.ofNullable(System.getProperty(k)));
        var kit = Kit.goOn(setup, Path.of(words[0]));
        var work = Work.valueOf(words[1]);
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        say(READY);
        if (in.readLine() == null) {
            System.exit(1);
        }
        Thread.ofPlatform().start(() -> work(kit, work, words[2], words[3].equals("stay")));
        // It ends with who started it, if that does not kill it.
        var _ = in.readLine();
        Runtime.getRuntime().halt(1);
    }

    private static void work(Kit kit, Work work, String name, boolean stay) {
        try {
            var word =
                    work.run(
                            kit,
                            name,
                            () -> {
                                say(MIDDLE);
                                if (stay) {
                                    waitForTheEnd();
                                }
                            });
            say(DONE + word);
        } catch (RuntimeException | AssertionError e) {
            say(FAILED + String.valueOf(e).replace('\n', ' '));
        }
    }

    private static void waitForTheEnd() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.hypervisor;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * A tap device of the host, made with ip(8) as root.
 *
 * @param name its name
 */
record TapDevice(String name) implements AutoCloseable {
    static TapDevice make(String name, String address) throws IOException {
        run("ip", "tuntap", "add", "dev", name, "mode", "tap");
        var tap = new TapDevice(name);
        try {
            run("ip", "address", "add", address, "dev", name);
            run("ip", "link", "set", name, "up");
            return tap;
        } catch (IOException e) {
            tap.close();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        run("ip", "link", "delete", name);
    }

    private static void run(String... command) throws IOException {
        var process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectInput(new File("/dev/null"))
                        .start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.onExit().join().exitValue() != 0) {
            throw new IOException(String.join(" ", command) + ": " + said.strip());
        }
    }
}

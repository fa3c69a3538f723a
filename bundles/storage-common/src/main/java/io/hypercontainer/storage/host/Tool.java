// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.host;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.Unavailable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program of the host, run without a shell and for a bounded time. */
public record Tool(String name, Path program) {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** Of its output; what these programs print fits a pipe, so nobody waits for a reader. */
    private static final int MAX_OUTPUT = 1 << 14;

    /** Where it is; a daemon's PATH often lacks the folders of administration programs. */
    public static Optional<Tool> find(String name) {
        String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/sbin:/usr/bin:/bin";
        return Stream.of(path.split(":"))
                .filter(folder -> folder.startsWith("/"))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst()
                .map(program -> new Tool(name, program));
    }

    public static Tool require(String name, String debianPackage) {
        return find(name)
                .orElseThrow(() ->
                        new Unavailable(
                                "the program "
                                        + name
                                        + " is missing; install the package "
                                        + debianPackage));
    }

    /** What a program has said. */
    public record Result(int exitCode, String output) {}

    /**
     * Runs it.
     *
     * @throws IOException with what it said, if it fails
     */
    public void runOrFail(List<String> arguments) throws IOException {
        Result result = run(arguments);
        if (result.exitCode() != 0) {
            throw new IOException(
                    name
                            + " failed with exit code "
                            + result.exitCode()
                            + ": "
                            + result.output().strip().replace('\n', ' '));
        }
    }

    /**
     * Runs it.
     *
     * @throws DriverFailure if it takes too long
     */
    public Result run(List<String> arguments) throws IOException {
        var command = new ArrayList<String>();
        command.add(program.toString());
        command.addAll(arguments);
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        try {
            process.getOutputStream().close();
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new DriverFailure(name + " did not end within " + LIMIT.toSeconds() + " s");
            }
            byte[] output = process.getInputStream().readNBytes(MAX_OUTPUT);
            return new Result(process.exitValue(), new String(output, StandardCharsets.UTF_8));
        } catch (InterruptedException e) {
            throw new Interrupted(name, e);
        } finally {
            process.destroyForcibly();
        }
    }
}

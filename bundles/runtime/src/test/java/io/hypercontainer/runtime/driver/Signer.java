// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.driver;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The JDK's own tools for keys and signatures. */
final class Signer {
    private static final String PASSWORD = "secret";

    private final Path keys;

    Signer(Path folder) {
        keys = folder.resolve("keys.p12");
    }

    /** Makes a key pair with a certificate that it has signed itself. */
    Signer key(String name, String... more) throws Exception {
        List<String> words =
                new ArrayList<>(
                        List.of(
                                "-genkeypair",
                                "-alias",
                                name,
                                "-dname",
                                "CN=" + name,
                                "-keyalg",
                                "EC",
                                "-groupname",
                                "secp256r1"));
        words.addAll(Arrays.asList(more));
        keytool(words);
        return this;
    }

    /** Writes the certificates of keys into one PEM file. */
    Path pem(Path file, String... names) throws Exception {
        StringBuilder all = new StringBuilder();
        for (String name : names) {
            all.append(keytool(List.of("-exportcert", "-rfc", "-alias", name)));
        }
        return Files.writeString(file, all);
    }

    /** Signs a jar in its place. */
    Path sign(Path jar, String name) throws Exception {
        run(
                "jarsigner",
                List.of(
                        "-keystore",
                        keys.toString(),
                        "-storepass",
                        PASSWORD,
                        jar.toString(),
                        name));
        return jar;
    }

    private String keytool(List<String> words) throws Exception {
        List<String> all = new ArrayList<>(words);
        all.addAll(List.of("-keystore", keys.toString(), "-storepass", PASSWORD));
        return run("keytool", all);
    }

    private static String run(String tool, List<String> words)
            throws IOException, InterruptedException {
        List<String> all = new ArrayList<>();
        all.add(Path.of(System.getProperty("java.home"), "bin", tool).toString());
        all.addAll(words);
        Path said = Files.createTempFile(tool, ".txt");
        try {
            Process process =
                    new ProcessBuilder(all)
                            .redirectErrorStream(true)
                            .redirectOutput(said.toFile())
                            .start();
            boolean ended = process.waitFor(2, TimeUnit.MINUTES);
            String text = Files.readString(said, StandardCharsets.ISO_8859_1);
            if (!ended || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new AssertionError(all + ": " + text);
            }
            return text;
        } finally {
            Files.delete(said);
        }
    }
}

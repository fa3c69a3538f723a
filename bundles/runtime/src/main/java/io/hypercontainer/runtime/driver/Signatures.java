// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.driver;

import io.hypercontainer.api.InvalidSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.CodeSigner;
import java.util.Collections;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;

/** Whether a jar is, in all its parts, what somebody has signed whom the configuration trusts. */
final class Signatures {
    private static final long LARGEST = 1L << 30;

    /** What a signature consists of; it cannot be signed itself. */
    private static final Pattern SIGNATURE =
            Pattern.compile("META-INF/(MANIFEST\\.MF|SIG-[^/]*|[^/]*\\.(SF|RSA|DSA|EC))");

    private final TrustedCertificates trusted;
    private final String name;
    private long left = LARGEST;

    private Signatures(TrustedCertificates trusted, String name) {
        this.trusted = trusted;
        this.name = name;
    }

    /**
     * @param jar a bundle
     * @param trusted certificates of those whose signature is enough; empty if none is asked for
     * @throws InvalidSpec if it is not signed by one of them, or was changed afterwards
     */
    static void check(DriverJar jar, Optional<Path> trusted) {
        if (trusted.isPresent()) {
            new Signatures(TrustedCertificates.read(trusted.get()), jar.name()).check(jar.file());
        }
    }

    private void check(Path file) {
        Set<String> seen = new HashSet<>();
        try (JarFile jar = new JarFile(file.toFile(), true)) {
            for (JarEntry entry : Collections.list(jar.entries())) {
                if (!seen.add(entry.getName())) {
                    throw refused("it has two entries " + entry.getName());
                }
                readAll(jar, entry);
                boolean part =
                        SIGNATURE.matcher(entry.getName().toUpperCase(Locale.ROOT)).matches();
                if (!entry.isDirectory() && !part) {
                    mustBeSigned(entry);
                }
            }
        } catch (IOException e) {
            throw refused("it cannot be read: " + Candidate.words(e));
        } catch (SecurityException e) {
            throw refused("it was changed after it was signed: " + Candidate.words(e));
        }
    }

    /** A digest is compared, and signers are known, when an entry has been read to its end. */
    private void readAll(JarFile jar, JarEntry entry) throws IOException {
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = jar.getInputStream(entry)) {
            for (int n; (n = in.read(buffer)) >= 0; ) {
                left -= n;
                if (left < 0) {
                    throw refused("it has more than 1 GiB of content");
                }
            }
        }
    }

    private void mustBeSigned(JarEntry entry) {
        CodeSigner[] signers = entry.getCodeSigners();
        if (signers == null || signers.length == 0) {
            throw refused("its entry " + entry.getName() + " is not signed");
        }
        String why = "";
        for (CodeSigner signer : signers) {
            Optional<String> objection = trusted.objection(signer);
            if (objection.isEmpty()) {
                return;
            }
            why = objection.get();
        }
        throw refused(why);
    }

    private InvalidSpec refused(String why) {
        return new InvalidSpec(
                name
                        + " is not accepted: "
                        + why
                        + " (this daemon takes only bundles that are signed with a certificate of "
                        + trusted.file()
                        + ")");
    }
}

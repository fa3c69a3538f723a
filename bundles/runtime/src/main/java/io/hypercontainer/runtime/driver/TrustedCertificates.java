// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.driver;

import io.hypercontainer.api.Unavailable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSigner;
import java.security.GeneralSecurityException;
import java.security.Timestamp;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Certificates of vendors, or of authorities that vouch for vendors.
 *
 * @param file the PEM file that has them
 * @param certificates what it has
 */
record TrustedCertificates(Path file, List<X509Certificate> certificates) {
    private static final long LARGEST = 1 << 20;
    private static final String CODE_SIGNING = "1.3.6.1.5.5.7.3.3";
    private static final String ANYTHING = "2.5.29.37.0";

    /**
     * @throws Unavailable if there are none: then nothing can be accepted
     */
    static TrustedCertificates read(Path file) {
        try {
            if (Files.size(file) > LARGEST) {
                throw new IOException("it is larger than 1 MiB");
            }
            var content = new ByteArrayInputStream(Files.readAllBytes(file));
            List<X509Certificate> read =
                    CertificateFactory.getInstance("X.509").generateCertificates(content).stream()
                            .map(X509Certificate.class::cast)
                            .toList();
            if (read.isEmpty()) {
                throw new IOException("it has no certificate");
            }
            return new TrustedCertificates(file, read);
        } catch (IOException | CertificateException e) {
            throw new Unavailable(
                    "no driver can be accepted: the trusted certificates "
                            + file
                            + " cannot be read: "
                            + Candidate.words(e),
                    e);
        }
    }

    /** {@return why a signer is not trusted; empty if it is} */
    Optional<String> objection(CodeSigner signer) {
        List<? extends Certificate> path = signer.getSignerCertPath().getCertificates();
        if (path.isEmpty() || !(path.getFirst() instanceof X509Certificate own)) {
            return Optional.of("its signature has no certificate");
        }
        try {
            List<String> uses = own.getExtendedKeyUsage();
            if (uses != null && !uses.contains(CODE_SIGNING) && !uses.contains(ANYTHING)) {
                return Optional.of(name(own) + " must not sign code with that certificate");
            }
            Date at = Date.from(when(signer.getTimestamp()));
            if (certificates.contains(own)) {
                own.checkValidity(at);
            } else {
                validate(signer.getSignerCertPath(), at);
            }
            return Optional.empty();
        } catch (GeneralSecurityException e) {
            return Optional.of(
                    "it is signed by "
                            + name(own)
                            + ", who is not trusted ("
                            + Candidate.words(e)
                            + ")");
        }
    }

    private void validate(CertPath path, Date at) throws GeneralSecurityException {
        PKIXParameters parameters =
                new PKIXParameters(
                        certificates.stream()
                                .map(c -> new TrustAnchor(c, null))
                                .collect(Collectors.toSet()));
        parameters.setRevocationEnabled(false);
        parameters.setDate(at);
        CertPathValidator.getInstance("PKIX").validate(path, parameters);
    }

    /**
     * When it was signed, if a trusted authority says so: then the signature outlives its
     * certificate. Anybody else could date back what was signed with a stolen key.
     */
    private Instant when(@Nullable Timestamp timestamp) {
        Instant now = Instant.now();
        if (timestamp == null) {
            return now;
        }
        try {
            validate(timestamp.getSignerCertPath(), Date.from(now));
            return timestamp.getTimestamp().toInstant();
        } catch (GeneralSecurityException e) {
            return now;
        }
    }

    private static String name(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().getName();
    }
}

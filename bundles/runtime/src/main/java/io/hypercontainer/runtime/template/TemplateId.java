// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.template;

import io.hypercontainer.api.hypervisor.Hypervisor;
import io.hypercontainer.api.hypervisor.VmSpec;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Names a template after all that it depends on, so that a stale one is never found.
 *
 * @param text 12 hexadecimal digits
 */
public record TemplateId(String text) {
    private static final int DIGITS = 12;

    /** Begins the ids of the machines that templates are made of; no pod's id has such a letter. */
    private static final String MACHINE = "t-";

    /** {@return the template that a machine can be cloned from} */
    public static TemplateId of(Hypervisor hypervisor, VmSpec spec) {
        String depends = hypervisor.name() + "\n" + hypervisor.templateKey(spec);
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(depends.getBytes(StandardCharsets.UTF_8));
            return new TemplateId(HexFormat.of().formatHex(digest).substring(0, DIGITS));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** {@return the id of the machine that it is made of} */
    String machine() {
        return MACHINE + text.substring(0, DIGITS - MACHINE.length());
    }

    @Override
    public String toString() {
        return text;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.spec;

/**
 * What an image's programs run on.
 *
 * @param os GOOS
 * @param architecture GOARCH
 * @param variant variant of the architecture, empty for none
 */
public record Platform(String os, String architecture, String variant) {
    /** What guests are. */
    public static final Platform GUEST = new Platform("linux", "amd64", "");

    /** {@return whether guests can run it; variants above v1 need CPU features nobody promised} */
    public boolean runsInGuests() {
        return os.equals(GUEST.os)
                && architecture.equals(GUEST.architecture)
                && (variant.isEmpty() || variant.equals("v1"));
    }

    @Override
    public String toString() {
        String text = os + "/" + architecture + (variant.isEmpty() ? "" : "/" + variant);
        return Printable.line(text, 60);
    }
}

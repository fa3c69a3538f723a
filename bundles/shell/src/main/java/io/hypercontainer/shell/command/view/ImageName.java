// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.view;

/**
 * A reference to an image, taken apart for printing.
 *
 * @param repository all but tag and digest, as users write it
 * @param tag its tag, empty if there is none
 * @param digest its digest, empty if there is none
 */
public record ImageName(String repository, String tag, String digest) {
    private static final String HUB = "docker.io/";
    private static final String HUB_LIBRARY = "docker.io/library/";

    /**
     * @param reference a reference
     * @return its parts; what is malformed ends up in the repository
     */
    public static ImageName parse(String reference) {
        int at = reference.indexOf('@');
        String name = at < 0 ? reference : reference.substring(0, at);
        String digest = at < 0 ? "" : reference.substring(at + 1);
        int colon = name.indexOf(':', name.lastIndexOf('/') + 1);
        String repository = colon < 0 ? name : name.substring(0, colon);
        return new ImageName(
                familiar(repository), colon < 0 ? "" : name.substring(colon + 1), digest);
    }

    /** {@return this with the tag {@code latest} if it has neither tag nor digest} */
    public ImageName withDefaultTag() {
        return tag.isEmpty() && digest.isEmpty() ? new ImageName(repository, "latest", "") : this;
    }

    /** {@return as users write it} */
    @Override
    public String toString() {
        return repository
                + (tag.isEmpty() ? "" : ":" + tag)
                + (digest.isEmpty() ? "" : "@" + digest);
    }

    /** {@return with its registry, {@code docker.io/library/busybox:latest}} */
    public String canonical() {
        int slash = repository.indexOf('/');
        String first = slash < 0 ? "" : repository.substring(0, slash);
        boolean hasRegistry =
                first.contains(".") || first.contains(":") || first.equals("localhost");
        if (hasRegistry) {
            return toString();
        }
        return (slash < 0 ? HUB_LIBRARY : HUB) + this;
    }

    private static String familiar(String repository) {
        String rest =
                repository.startsWith(HUB_LIBRARY)
                        ? repository.substring(HUB_LIBRARY.length())
                        : repository.startsWith(HUB)
                                ? repository.substring(HUB.length())
                                : repository;
        return rest.isEmpty() ? repository : rest;
    }
}

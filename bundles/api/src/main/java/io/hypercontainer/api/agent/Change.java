// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.agent;

/**
 * A file that a container has changed against its image.
 *
 * @param kind what happened to it
 * @param path absolute path in the container
 */
public record Change(Kind kind, String path) {
    /** What happened to a file. */
    public enum Kind {
        /** It is new. */
        ADDED,
        /** It, or something in it, is another. */
        CHANGED,
        /** It is gone. */
        DELETED
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.podfile;

import java.net.URI;

/** Where the content of a file comes from. */
sealed interface FileSource {
    /** {@return the path of the field that says so} */
    String field();

    /** {@return whether the content is base64 and shall be decoded} */
    boolean base64();

    /** It is in the pod file. */
    record Content(String field, boolean base64, String text) implements FileSource {}

    /** The daemon gets it from a web server. */
    record Web(String field, boolean base64, URI uri) implements FileSource {}

    /** The client reads it, with the rights of whoever typed the command. */
    record Client(String field, boolean base64, String path) implements FileSource {}
}

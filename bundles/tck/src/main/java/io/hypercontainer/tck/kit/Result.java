// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.kit;

/**
 * What a program in a guest did.
 *
 * @param exit its exit code
 * @param out what it printed
 * @param err what it printed as errors
 */
public record Result(int exit, String out, String err) {
    /** {@return what it printed, if it ended well} */
    public String ok() {
        if (exit != 0) {
            throw new AssertionError("a program in the guest ended with " + this);
        }
        return out.strip();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck;

/**
 * What came of one check.
 *
 * @param area the area of the contract
 * @param check the check's name in the kit
 * @param sentence what the contract says
 * @param verdict whether the driver keeps it
 * @param seen what was seen if not, or why it does not apply
 */
record Outcome(String area, String check, String sentence, Verdict verdict, String seen) {
    enum Verdict {
        PASSED("passed"),
        FAILED("FAILED"),
        NOT_APPLICABLE("n/a");

        private final String word;

        Verdict(String word) {
            this.word = word;
        }

        @Override
        public String toString() {
            return word;
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.shell.command.option.DetachKeys;
import java.io.ByteArrayOutputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyWatchTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // keys | input | what reaches the process | detached
                "p,q     | hello      | hello     | false",
                "p,q     | hepqllo    | he        | true",
                "p,q     | pq         | ''        | true",
                "p,q     | ppq        | p         | true",
                "p,q     | pxpq       | px        | true",
                "p,q     | xp         | x         | false",
                "p,q     | pxq        | pxq       | false",
                "a,a,b   | aaab       | a         | true",
                "a,a,b   | aaaab      | aa        | true",
                "a,b,a,c | ababac     | ab        | true",
                "a,b,a,c | abab       | ab        | false",
                "a       | xa         | x         | true",
            })
    void findsTheKeysHoweverTheInputIsCut(
            String keys, String input, String passed, boolean detached) {
        byte[] bytes = input.getBytes(US_ASCII);
        for (int piece = 1; piece <= bytes.length; piece++) {
            KeyWatch watch = new KeyWatch(DetachKeys.parse(keys).bytes());
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            boolean found = false;
            for (int at = 0; at < bytes.length && !found; at += piece) {
                int length = Math.min(piece, bytes.length - at);
                byte[] part = new byte[length];
                System.arraycopy(bytes, at, part, 0, length);
                found = watch.take(part, length, out);
            }
            assertThat(out.toString(US_ASCII)).as("in pieces of %d", piece).isEqualTo(passed);
            assertThat(found).as("in pieces of %d", piece).isEqualTo(detached);
        }
    }
}

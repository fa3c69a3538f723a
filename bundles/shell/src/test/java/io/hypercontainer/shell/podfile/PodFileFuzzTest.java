// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.podfile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.api.runtime.PodSpec;
import io.hypercontainer.shell.command.TestSession;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a file holds, it is a pod or it is refused with a reason; nothing else happens. */
class PodFileFuzzTest {
    private static final String FILE =
            """
            {"id": "web", "hostname": "h", "tty": true, "labels": {"a": "b"}, "restartPolicy": "always",
             "resource": {"vcpu": 1, "memory": 64}, "log": {"type": "none", "config": {}},
             "dns": ["1.1.1.1"], "dnsSearch": ["a.b"], "dnsOptions": ["x"],
             "files": [{"name": "f", "encoding": "base64", "content": "aGk="}, {"name": "g", "uri": "file:///g"}],
             "volumes": [{"name": "v"}, {"name": "w", "source": "/", "format": "vfs"}],
             "interfaces": [{"bridge": "user"}],
             "services": [{"serviceIP": "1.1.1.1", "servicePort": 1, "hosts": [{"hostIP": "1.1.1.2", "hostPort": 2}]}],
             "portmappings": [{"containerPort": "80-81", "hostPort": "90-91", "protocol": "udp"}],
             "containers": [{"name": "cc", "image": "busybox", "command": ["a"], "envs": [{"env": "A", "value": "1"}],
               "volumes": [{"path": "/v", "volume": "v"}], "files": [{"path": "/f/", "filename": "f", "perm": "0644"}],
               "user": {"name": "1", "group": "2", "additionalGroups": ["3"]}, "StopSignal": "TERM",
               "ulimits": [{"Name": "core", "Hard": 1, "Soft": 0}], "limits": {"memory": 1, "cpu": 1, "pids": 1},
               "healthCheck": {"test": ["a"], "interval": "1s", "retries": 1}, "ports": [{"containerPort": 1}]}]}
            """;
    private static final List<String> PIECES =
            List.of(
                    "null",
                    "true",
                    "-1",
                    "0",
                    "1e999",
                    "99999999999999999999",
                    "\"\"",
                    "\"/\"",
                    "\"..\"",
                    "\"\\u0000\"",
                    "[]",
                    "{}",
                    "[[]]",
                    "{\"a\": 1}",
                    "[null]",
                    "*x",
                    "&x ",
                    "!!str ",
                    "<<: ",
                    ": ",
                    "- ",
                    ",",
                    "{",
                    "}",
                    "[",
                    "]",
                    "\"",
                    "\n",
                    "#",
                    "0x",
                    "\"0-0\"",
                    "\"1-65535\"",
                    "\"%\"",
                    "\"file:\"",
                    "\"http://[\"",
                    "\"a b\"",
                    "٣",
                    "\"\ud83d\ude00\"",
                    "\u2028");

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void anythingIsReadOrRefused(long seed) {
        Random random = new Random(seed);
        TestSession session = new TestSession().file("/g", "x");
        int read = 0;
        int refused = 0;
        for (int i = 0; i < 500; i++) {
            String text = damaged(random);
            try {
                PodSpec pod =
                        PodFile.parse(
                                        "pod",
                                        text.getBytes(UTF_8),
                                        random.nextBoolean(),
                                        Optional.empty())
                                .spec(new FileFetcher(session, "pod"));
                assertThat(pod.name()).isPresent();
                read++;
            } catch (InvalidPodFile e) {
                assertThat(e.problems()).as(text).isNotEmpty().allSatisfy(PodFileFuzzTest::fine);
                refused++;
            } catch (RuntimeException | StackOverflowError e) {
                throw new AssertionError("seed " + seed + ", file " + i + ": " + text, e);
            }
        }
        assertThat(read + refused).isEqualTo(500);
        assertThat(refused).as("damage is seen").isGreaterThan(250);
    }

    private static void fine(String problem) {
        assertThat(problem).isNotBlank().doesNotContain("\n").hasSizeLessThan(500);
    }

    /** The file with a few values, words or characters replaced. */
    private static String damaged(Random random) {
        StringBuilder text = new StringBuilder(FILE);
        int times = 1 + random.nextInt(4);
        for (int i = 0; i < times; i++) {
            int start = random.nextInt(text.length());
            int end = Math.min(text.length(), start + random.nextInt(12));
            if (random.nextBoolean()) {
                start = text.indexOf(": ", start) + 2;
                end = start;
                while (end < text.length() && ",}]\n".indexOf(text.charAt(end)) < 0) {
                    end++;
                }
            }
            text.replace(start, end, PIECES.get(random.nextInt(PIECES.size())));
        }
        return text.toString();
    }
}

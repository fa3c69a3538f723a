// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm;

import java.nio.file.Files;
import java.util.Arrays;

/** Measures how long a root takes; {@code bench/thin-roots} runs it. */
final class RootBench {
    private static final int WINDOW = 50;

    private RootBench() {}

    /**
     * @param arguments how many roots to make
     */
    public static void main(String[] arguments) throws Exception {
        int count = Integer.parseInt(arguments[0]);
        double[] milliseconds = new double[count];
        try (var bench = new Workbench(Files.createTempDirectory("roots"))) {
            bench.root("warm", 0);
            for (int i = 0; i < count; i++) {
                long begin = System.nanoTime();
                bench.root("c" + i, 0);
                milliseconds[i] = (System.nanoTime() - begin) / 1e6;
            }
            tell("the first " + WINDOW, Arrays.copyOf(milliseconds, WINDOW));
            tell(
                    "the last " + WINDOW + " of " + count,
                    Arrays.copyOfRange(milliseconds, count - WINDOW, count));
            tell("all", milliseconds);
            for (String root : bench.driver().roots()) {
                bench.driver().releaseRoot(root);
            }
        }
    }

    private static void tell(String name, double[] samples) {
        Arrays.sort(samples);
        System.out.printf(
                "%-24s median %6.1f ms, 95%% %6.1f ms, max %6.1f ms%n",
                name,
                samples[samples.length / 2],
                samples[samples.length * 95 / 100],
                samples[samples.length - 1]);
    }
}

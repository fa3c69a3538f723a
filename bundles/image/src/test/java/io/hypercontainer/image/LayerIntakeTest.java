// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.image.spec.Digest;
import io.hypercontainer.image.store.ImageRecord.StoredLayer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayerIntakeTest {
    @TempDir Path folder;

    private static StoredLayer layer(int place) {
        var digest = Digest.of(new byte[] {(byte) place});
        return new StoredLayer(digest, digest, place, place);
    }

    private static List<StoredLayer> layers(int count) {
        return IntStream.range(0, count).mapToObj(LayerIntakeTest::layer).toList();
    }

    @Test
    void takesTwoAtATimeAndKeepsTheirOrder() {
        var pair = new CyclicBarrier(2);

        var taken =
                LayerIntake.run(
                        4,
                        Optional.empty(),
                        place -> {
                            meet(pair);
                            return layer(place);
                        });

        assertThat(taken).isEqualTo(layers(4));
    }

    private static void meet(CyclicBarrier pair) {
        try {
            pair.await();
        } catch (Exception e) {
            throw new AssertionError("the other one did not come", e);
        }
    }

    @Test
    void takesTheLowestFirstIfTheDriverNeedsIt() throws IOException {
        var order = new ArrayList<Integer>();

        var taken =
                LayerIntake.run(
                        3,
                        Optional.of(new FolderStorage(folder)),
                        place -> {
                            order.add(place);
                            return layer(place);
                        });

        assertThat(taken).isEqualTo(layers(3));
        assertThat(order).containsExactly(0, 1, 2);
    }

    @Test
    void endsTheOthersWhenOneFails() {
        var begun = new CountDownLatch(1);
        var interrupted = new CountDownLatch(1);

        assertThatThrownBy(() ->
                        LayerIntake.run(
                                5,
                                Optional.empty(),
                                place -> {
                                    switch (place) {
                                        case 0 -> waitForEver(begun, interrupted);
                                        case 1 -> fail(begun);
                                        default -> {}
                                    }
                                    return layer(place);
                                }))
                .isInstanceOf(InvalidSpec.class)
                .hasMessage("layer 1 is damaged");

        assertThat(interrupted.getCount()).isZero();
    }

    private static void waitForEver(CountDownLatch begun, CountDownLatch interrupted) {
        begun.countDown();
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            interrupted.countDown();
        }
    }

    private static void fail(CountDownLatch begun) {
        try {
            begun.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        throw new InvalidSpec("layer 1 is damaged");
    }

    @Test
    void isInterruptedWithItsCaller() throws InterruptedException {
        var begun = new CountDownLatch(1);
        var interrupted = new CountDownLatch(1);
        var caller =
                Thread.ofVirtual()
                        .start(() ->
                                LayerIntake.run(
                                        2,
                                        Optional.empty(),
                                        place -> {
                                            waitForEver(begun, interrupted);
                                            return layer(place);
                                        }));
        begun.await();

        caller.interrupt();
        caller.join();

        assertThat(interrupted.getCount()).isZero();
    }
}

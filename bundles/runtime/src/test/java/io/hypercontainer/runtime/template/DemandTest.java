// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemandTest {
    private static final SpareKind ONE = kind("111111111111");
    private static final SpareKind OTHER = kind("222222222222");
    private static final int MOST = 4;

    private final Demand demand = new Demand();
    private Instant now = Instant.EPOCH;

    private static SpareKind kind(String template) {
        return new SpareKind(new TemplateId(template), List.of(), List.of());
    }

    private void start(SpareKind kind, int seconds) {
        now = now.plusSeconds(seconds);
        demand.started(kind, now, MOST);
    }

    @Test
    void nothingIsWantedOfWhatWasNeverStarted() {
        assertThat(demand.of(ONE, now)).isZero();
    }

    @Test
    void asManyAsWereStartedCloseTogetherAreWanted() {
        start(ONE, 0);
        assertThat(demand.of(ONE, now)).isEqualTo(1);
        start(ONE, 60);
        assertThat(demand.of(ONE, now)).isEqualTo(1);
        start(ONE, 1);
        start(ONE, 1);
        assertThat(demand.of(ONE, now)).isEqualTo(3);
        start(ONE, 300);
        assertThat(demand.of(ONE, now)).isEqualTo(3);
        assertThat(demand.of(OTHER, now)).isZero();
    }

    @Test
    void neverMoreThanAllowed() {
        for (int i = 0; i < 20; i++) {
            start(ONE, 0);
        }
        assertThat(demand.of(ONE, now)).isEqualTo(MOST);
    }

    @Test
    void whatIsNotStartedAnyMoreIsNotWantedForLong() {
        start(ONE, 0);
        start(ONE, 1);
        start(ONE, 500);
        now = now.plus(Demand.WHILE).minusSeconds(1);
        assertThat(demand.of(ONE, now)).isEqualTo(1);
        now = now.plusSeconds(2);
        assertThat(demand.of(ONE, now)).isZero();
    }
}

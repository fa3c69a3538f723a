// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.runtime.LogSpec;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogRulesTest {
    private static final LogLimits DEFAULTS = new LogLimits(1 << 20, 2);

    private static LogSpec spec(String driver, Map<String, String> options) {
        return new LogSpec(Optional.of(driver).filter(d -> !d.isEmpty()), options);
    }

    @ParameterizedTest
    @CsvSource({
        "10k, 10000",
        "10kb, 10000",
        "10KiB, 10240",
        "1.5m, 1500000",
        "2g, 2000000000",
        "8192, 8192",
        "1, 4096"
    })
    void sizesAreDockers(String text, long bytes) {
        LogSpec resolved = LogRules.resolve(spec("json-file", Map.of("max-size", text)));
        assertThat(LogRules.limits(resolved, DEFAULTS)).contains(new LogLimits(bytes, 2));
    }

    @Test
    void whatIsNotGivenIsTheDaemons() {
        LogSpec resolved = LogRules.resolve(LogSpec.DEFAULT);
        assertThat(resolved.driver()).contains("json-file");
        assertThat(LogRules.limits(resolved, DEFAULTS)).contains(DEFAULTS);
        assertThat(LogRules.limits(LogRules.resolve(spec("", Map.of("max-file", "7"))), DEFAULTS))
                .contains(new LogLimits(1 << 20, 7));
        assertThat(LogRules.limits(LogRules.resolve(spec("none", Map.of())), DEFAULTS)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "syslog, max-size, 1m, there is no log driver 'syslog'",
        "none, max-size, 1m, log driver none has no option 'max-size'",
        "json-file, labels, a, log driver json-file has no option 'labels'",
        "json-file, max-size, 0, max-size=0 is no size",
        "json-file, max-size, -1, max-size=-1 is no size",
        "json-file, max-size, 10x, max-size=10x is no size",
        "json-file, max-size, 10i, max-size=10i is no size",
        "json-file, max-size, 99999999999t, is no size",
        "json-file, max-file, 0, max-file=0 is no number from 1 to 1000",
        "json-file, max-file, 1001, max-file=1001 is no number",
        "json-file, max-file, x, max-file=x is no number"
    })
    void whatMakesNoSenseIsRefused(String driver, String option, String value, String message) {
        assertThatThrownBy(() -> LogRules.resolve(spec(driver, Map.of(option, value))))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining(message);
    }
}

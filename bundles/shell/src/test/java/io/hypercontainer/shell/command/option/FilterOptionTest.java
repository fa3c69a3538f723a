// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FilterOptionTest {
    private static FilterOption filters(String... filters) {
        return FilterOption.parse(List.of(filters), Set.of("name", "label"));
    }

    @Test
    void oneOfSeveralValuesOfAKeyIsEnough() {
        FilterOption filters = filters("name=a", "name=b");
        assertThat(filters.any("name", "b"::equals)).isTrue();
        assertThat(filters.any("name", "c"::equals)).isFalse();
        assertThat(filters.any("status", "c"::equals)).isTrue();
    }

    @Test
    void allLabelsMustFit() {
        Map<String, String> labels = Map.of("a", "1", "b", "x=y");
        assertThat(filters("label=a", "label=b=x=y").labels(labels)).isTrue();
        assertThat(filters("label=a=1", "label=c").labels(labels)).isFalse();
        assertThat(filters("label=a=2").labels(labels)).isFalse();
        assertThat(filters().labels(labels)).isTrue();
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        assertThatThrownBy(() -> filters("name"))
                .hasMessage("invalid filter 'name': give KEY=VALUE, as in name=web");
        assertThatThrownBy(() -> filters("=x")).hasMessageContaining("give KEY=VALUE");
        assertThatThrownBy(() -> filters("nope=x"))
                .hasMessage("invalid filter 'nope': there are label, name");
    }
}

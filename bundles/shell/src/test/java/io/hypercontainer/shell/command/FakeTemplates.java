// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.runtime.Template;
import io.hypercontainer.api.runtime.Templates;
import java.util.ArrayList;
import java.util.List;

/** Templates in memory. */
final class FakeTemplates implements Templates {
    final List<Template> all = new ArrayList<>();
    final List<String> built = new ArrayList<>();

    @Override
    public List<Template> list() {
        return List.copyOf(all);
    }

    @Override
    public String build(String container) {
        built.add(container);
        return "0123456789ab";
    }

    @Override
    public void remove(String id) {
        if (!all.removeIf(t -> t.id().equals(id))) {
            throw new NotFound("there is no template '" + id + "'");
        }
    }
}

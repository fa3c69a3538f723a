// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.runtime.Template;
import io.hypercontainer.api.runtime.Templates;
import io.hypercontainer.runtime.plug.Plugged;
import io.hypercontainer.runtime.plug.Plugs;
import io.hypercontainer.runtime.template.TemplateId;
import io.hypercontainer.runtime.template.TemplateRecord;
import io.hypercontainer.runtime.template.TemplateStore;
import io.hypercontainer.runtime.template.VmFactory;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What people see of templates, and do with them. */
final class TemplateService implements Templates {
    private final Plugs plugs;
    private final Index<ManagedContainer> containers;
    private final TemplateStore store;
    private final VmFactory factory;
    private final Booter booter;

    TemplateService(
            Plugs plugs,
            Index<ManagedContainer> containers,
            TemplateStore store,
            VmFactory factory,
            Booter booter) {
        this.plugs = plugs;
        this.containers = containers;
        this.store = store;
        this.factory = factory;
        this.booter = booter;
    }

    @Override
    public List<Template> list() {
        Map<TemplateId, TemplateRecord> saved = store.all();
        Stream<Template> made =
                factory.making().stream().filter(id -> !saved.containsKey(id)).map(this::beingMade);
        return Stream.concat(
                        made,
                        saved.entrySet().stream()
                                .map(e ->
                                        view(
                                                e.getKey(),
                                                e.getValue(),
                                                Optional.of(e.getValue().created()))))
                .toList();
    }

    /** One that waits for its turn is not on disk yet. */
    private Template beingMade(TemplateId id) {
        return store.draftRecord(id)
                .map(record -> view(id, record, Optional.empty()))
                .orElseGet(() -> new Template(id.text(), "", 0, 0, 0, 0, 0, Optional.empty()));
    }

    private Template view(TemplateId id, TemplateRecord record, Optional<Instant> created) {
        return new Template(
                id.text(),
                record.hypervisor(),
                record.cpus(),
                record.memoryBytes(),
                record.disks(),
                record.nics(),
                factory.spares(id),
                created);
    }

    @Override
    public String build(String name) {
        ManagedContainer container = containers.find(name);
        ManagedPod pod = container.pod();
        try (Held _ = pod.lock()) {
            if (pod.run().filter(r -> !r.isOver()).isPresent()) {
                throw new Conflict(
                        "container "
                                + container.record().shortId()
                                + " runs: a template is made of one that does not");
            }
            return booter.makeTemplate(pod).text();
        }
    }

    @Override
    public void remove(String prefix) {
        List<TemplateId> fitting =
                Stream.concat(store.all().keySet().stream(), factory.making().stream())
                        .distinct()
                        .filter(id -> id.text().startsWith(prefix))
                        .toList();
        if (fitting.isEmpty() || prefix.isEmpty()) {
            throw new NotFound("there is no template '" + prefix + "': see 'template ls'");
        }
        if (fitting.size() > 1) {
            throw new Conflict("several templates begin with '" + prefix + "'");
        }
        TemplateId id = fitting.getFirst();
        String maker =
                Optional.ofNullable(store.all().get(id)).map(TemplateRecord::hypervisor).orElse("");
        factory.delete(id, plugs.hypervisors().serving(maker).map(Plugged::service));
    }
}

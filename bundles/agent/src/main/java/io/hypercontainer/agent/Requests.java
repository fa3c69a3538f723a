// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.agent;

import io.hypercontainer.api.agent.GuestContainer;
import io.hypercontainer.api.agent.GuestMount;
import io.hypercontainer.api.agent.GuestNetwork;
import io.hypercontainer.api.agent.GuestRoot;
import io.hypercontainer.api.agent.GuestSetup;
import io.hypercontainer.api.agent.ProcessSpec;
import io.hypercontainer.api.agent.Ulimit;
import io.hypercontainer.api.network.Service;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The requests of docs/guest-protocol.md. */
final class Requests {
    private static final int CPU_PERIOD_MICROS = 100_000;

    /** A volume's files are below it, so that a container does not see ext4's lost+found. */
    private static final String VOLUME_FOLDER = "data";

    private Requests() {}

    static ObjectNode prepare() {
        ObjectNode request = Json.request("prepare");
        addAll(request.putArray("modules"), List.of("overlay", "erofs"));
        return request;
    }

    static ObjectNode setup(GuestSetup setup) {
        ObjectNode request = Json.request("setup").put("hostname", setup.hostname());
        ObjectNode dns = request.putObject("dns");
        addAll(dns.putArray("servers"), setup.nameservers());
        addAll(dns.putArray("search"), setup.search());
        addAll(dns.putArray("options"), setup.options());
        ArrayNode hosts = request.putArray("hosts");
        for (Map.Entry<String, List<String>> host : setup.hosts().entrySet()) {
            ObjectNode entry = hosts.addObject().put("address", host.getKey());
            addAll(entry.putArray("names"), host.getValue());
        }
        request.put("clockNanoseconds", nanoseconds(setup.now()));
        return request.put("entropy", Base64.getEncoder().encodeToString(setup.entropy()));
    }

    static ObjectNode network(GuestNetwork network) {
        ObjectNode request =
                Json.request("interface")
                        .put("mac", network.knownAs().orElse(network.mac()))
                        .put("name", network.name());
        if (network.knownAs().isPresent()) {
            request.put("newMac", network.mac());
        }
        addAll(request.putArray("addresses"), network.addresses());
        if (network.mtu() > 0) {
            request.put("mtu", network.mtu());
        }
        ArrayNode routes = request.putArray("routes");
        network.gateway()
                .ifPresent(gateway ->
                        routes.addObject()
                                .put("destination", gateway.contains(":") ? "::/0" : "0.0.0.0/0")
                                .put("gateway", gateway));
        return request;
    }

    static ObjectNode createUnsealed(GuestContainer container) {
        ObjectNode request = create(container);
        request.withObject("root").put("sealAtStart", true);
        return request;
    }

    static ObjectNode create(GuestContainer container) {
        ObjectNode request = Json.request("create").put("container", container.id());
        // The containers of a pod are one host to each other and to themselves.
        addAll(request.putArray("pod"), List.of("ipc", "uts"));
        ObjectNode root = request.putObject("root").put("readOnly", container.readOnly());
        switch (container.root()) {
            case GuestRoot.Layers layers -> layers(root, layers);
            case GuestRoot.SingleDisk disk -> disk(root, disk);
            case GuestRoot.Shared(String tag) -> root.put("share", tag);
        }
        ArrayNode mounts = request.putArray("mounts");
        for (GuestMount mount : container.mounts()) {
            mount(mounts.addObject(), mount);
        }
        limits(request.putObject("limits"), container.limits());
        ObjectNode sysctls = request.putObject("sysctls");
        container.sysctls().forEach(sysctls::put);
        return request;
    }

    private static void disk(ObjectNode source, GuestRoot.SingleDisk disk) {
        source.put("disk", disk.disk()).put("fstype", disk.type()).put("subdir", disk.directory());
    }

    static ObjectNode changes(String operation, String container, GuestRoot.SingleDisk image) {
        ObjectNode request = of(operation, container);
        disk(request.putObject("image").put("readOnlyDisk", true), image);
        return request;
    }

    static ObjectNode limits(String container, GuestContainer.Limits limits) {
        ObjectNode request = of("limits", container);
        limits(request.putObject("limits"), limits);
        return request;
    }

    static ObjectNode clock(Instant now, byte[] entropy) {
        return Json.request("clock")
                .put("nanoseconds", nanoseconds(now))
                .put("entropy", Base64.getEncoder().encodeToString(entropy));
    }

    private static long nanoseconds(Instant time) {
        return time.getEpochSecond() * 1_000_000_000L + time.getNano();
    }

    static ObjectNode services(List<Service> services) {
        ObjectNode request = Json.request("services");
        ArrayNode list = request.putArray("services");
        for (Service service : services) {
            ArrayNode backends =
                    list.addObject()
                            .put("address", service.address())
                            .put("port", service.port())
                            .put("protocol", service.protocol())
                            .putArray("backends");
            for (Service.Backend backend : service.backends()) {
                backends.addObject().put("address", backend.address()).put("port", backend.port());
            }
        }
        return request;
    }

    static ObjectNode file(String operation, String container, String path) {
        return of(operation, container).put("path", path);
    }

    private static void layers(ObjectNode root, GuestRoot.Layers layers) {
        ArrayNode extents = root.putObject("layers").putArray("extents");
        for (GuestRoot.Layer layer : layers.layers()) {
            extents.addObject()
                    .put("disk", layer.disk())
                    .put("offset", layer.offset())
                    .put("size", layer.length())
                    .put("fstype", layer.type());
        }
        ObjectNode writable = root.putObject("writable");
        layers.writable()
                .ifPresent(disk -> writable.put("disk", disk).put("fstype", layers.writableType()));
    }

    private static void mount(ObjectNode node, GuestMount mount) {
        node.put("target", mount.target()).put("readOnly", mount.readOnly());
        switch (mount) {
            case GuestMount.Volume volume ->
                    node.put("type", "disk")
                            .put("disk", volume.disk())
                            .put("fstype", volume.type())
                            .put("subdir", VOLUME_FOLDER)
                            .put("populate", volume.populate());
            case GuestMount.Bind bind ->
                    node.put("type", "share").put("share", bind.tag()).put("subdir", bind.path());
            case GuestMount.Tmpfs tmpfs ->
                    node.put("type", "tmpfs")
                            .put("size", tmpfs.sizeBytes())
                            .put("mode", tmpfs.mode())
                            .put("exec", tmpfs.options().exec())
                            .put("suid", tmpfs.options().suid())
                            .put("dev", tmpfs.options().dev())
                            .put("uid", tmpfs.options().uid())
                            .put("gid", tmpfs.options().gid());
        }
    }

    private static void limits(ObjectNode node, GuestContainer.Limits limits) {
        if (limits.memoryBytes() > 0) {
            node.put("memoryBytes", limits.memoryBytes());
        }
        if (limits.milliCpus() > 0) {
            node.put("cpuQuotaMicros", (long) limits.milliCpus() * CPU_PERIOD_MICROS / 1000);
            node.put("cpuPeriodMicros", CPU_PERIOD_MICROS);
        }
        if (limits.pids() > 0) {
            node.put("processes", limits.pids());
        }
    }

    static ObjectNode process(String container, ProcessSpec process, StreamIds streams) {
        ObjectNode request =
                of("process", container, process.id())
                        .put("cwd", process.workdir())
                        .put("user", process.user())
                        .put("privileged", process.privileged());
        addAll(request.putArray("args"), process.args());
        addAll(request.putArray("env"), process.env());
        addAll(request.putArray("groups"), process.groups());
        ArrayNode limits = request.putArray("rlimits");
        for (Ulimit ulimit : process.ulimits()) {
            ObjectNode limit = limits.addObject().put("name", ulimit.name());
            // No number means no limit.
            if (ulimit.soft() >= 0) {
                limit.put("soft", ulimit.soft());
            }
            if (ulimit.hard() >= 0) {
                limit.put("hard", ulimit.hard());
            }
        }
        process.terminal()
                .ifPresent(size ->
                        request.putObject("terminal")
                                .put("rows", size.rows())
                                .put("columns", size.columns()));
        request.putObject("streams")
                .put("stdin", streams.stdin())
                .put("stdout", streams.stdout())
                .put("stderr", streams.stderr());
        return request;
    }

    static ObjectNode of(String operation, String container) {
        return Json.request(operation).put("container", container);
    }

    static ObjectNode of(String operation, String container, String process) {
        return of(operation, container).put("process", process);
    }

    private static void addAll(ArrayNode array, List<String> values) {
        values.forEach(array::add);
    }
}

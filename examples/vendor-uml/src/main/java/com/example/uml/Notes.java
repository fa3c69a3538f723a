// SPDX-License-Identifier: Apache-2.0
package com.example.uml;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.hypervisor.Disk;
import io.hypercontainer.api.hypervisor.Forward;
import io.hypercontainer.api.hypervisor.NicBackend;
import io.hypercontainer.api.hypervisor.VmSpec;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a machine holds on the host. It is in the machine's folder before anything is taken, and in
 * the runtime's record of the machine.
 *
 * @param uid the machine's user, -1 if the daemon's
 * @param files files that were given to it
 * @param networks the guest's address and the forwarded ports of each interface, by its id
 * @param process the process that the others of the machine descend from, empty until it runs
 */
record Notes(
        int uid, List<Path> files, Map<String, Network> networks, Optional<HostProcess> process) {

    /** An interface; {@code index} is its place on the kernel's command line. */
    record Network(int index, String guest, List<Forward> forwards) {}

    Notes {
        files = List.copyOf(files);
        networks = new LinkedHashMap<>(networks);
    }

    static Notes of(VmSpec spec, int uid) {
        var files =
                spec.disks().stream()
                        .filter(d -> !d.readOnly() && uid >= 0)
                        .map(Disk::extents)
                        .map(e -> e.getFirst().file())
                        .toList();
        var networks = new LinkedHashMap<String, Network>();
        for (var nic : spec.nics()) {
            var user = (NicBackend.UserMode) nic.backend();
            networks.put(nic.id(), new Network(networks.size(), user.guest(), user.forwards()));
        }
        return new Notes(uid, files, networks, Optional.empty());
    }

    Notes with(HostProcess started) {
        return new Notes(uid, files, networks, Optional.of(started));
    }

    Notes with(String nic, List<Forward> forwards) {
        var changed = new LinkedHashMap<>(networks);
        changed.computeIfPresent(nic, (_, n) -> new Network(n.index(), n.guest(), forwards));
        return new Notes(uid, files, changed, process);
    }

    /** {@return the form that the runtime keeps} */
    Map<String, String> details() {
        var details = new TreeMap<String, String>();
        details.put("uid", Integer.toString(uid));
        for (var i = 0; i < files.size(); i++) {
            details.put("file." + i, files.get(i).toString());
        }
        networks.forEach((id, n) -> details.put("network." + id, text(n)));
        process.ifPresent(p -> {
            details.put("pid", Long.toString(p.pid()));
            details.put("start", Long.toString(p.start()));
            details.put("boot", p.boot());
        });
        return details;
    }

    static Notes parse(Map<String, String> details) {
        var networks = new TreeMap<String, Network>();
        var files = new ArrayList<Path>();
        details.forEach((key, value) -> {
            if (key.startsWith("network.")) {
                networks.put(key.substring("network.".length()), network(value));
            } else if (key.startsWith("file.")) {
                files.add(Path.of(value));
            }
        });
        var process =
                Optional.ofNullable(details.get("pid"))
                        .map(pid ->
                                new HostProcess(
                                        Long.parseLong(pid),
                                        Long.parseLong(details.get("start")),
                                        details.get("boot")));
        return new Notes(Integer.parseInt(details.get("uid")), files, networks, process);
    }

    private static String text(Network network) {
        var forwards =
                network.forwards().stream()
                        .map(f ->
                                "%s:%s:%d:%d"
                                        .formatted(
                                                f.protocol(),
                                                f.hostAddress(),
                                                f.hostPort(),
                                                f.guestPort()));
        return Stream.concat(Stream.of(network.index() + "", network.guest()), forwards)
                .collect(Collectors.joining(" "));
    }

    private static Network network(String text) {
        var words = List.of(text.split(" "));
        var forwards =
                words.stream()
                        .skip(2)
                        .map(w -> w.split(":"))
                        .map(w ->
                                new Forward(
                                        w[0], w[1], Integer.parseInt(w[2]), Integer.parseInt(w[3])))
                        .toList();
        return new Network(Integer.parseInt(words.get(0)), words.get(1), forwards);
    }

    /** Is on disk on return: the owner of a file is, too. */
    void write(Path file) {
        var text =
                details().entrySet().stream()
                        .map(e -> e.getKey() + "=" + e.getValue().replace("\\", "\\\\") + "\n")
                        .collect(Collectors.joining());
        var made = file.resolveSibling(file.getFileName() + ".new");
        try (var out =
                FileChannel.open(
                        made,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
            Files.move(made, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new DriverFailure("cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    static Optional<Notes> read(Path file) {
        try {
            var properties = new Properties();
            properties.load(new StringReader(Files.readString(file)));
            var details = new HashMap<String, String>();
            properties
                    .stringPropertyNames()
                    .forEach(k -> details.put(k, properties.getProperty(k)));
            return Optional.of(parse(details));
        } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
            return Optional.empty(); // never written, or not to the end
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.kit;

import io.hypercontainer.api.hypervisor.Acceleration;
import io.hypercontainer.api.hypervisor.ChannelAddress;
import io.hypercontainer.api.hypervisor.Isolation;
import io.hypercontainer.api.hypervisor.VmRecord;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/** Records of machines as a runtime keeps them. */
public final class Records {
    private static final String DETAIL = "detail.";

    private Records() {}

    /** {@return all that a daemon knows of a machine whose launch was cut off} */
    public static VmRecord unknown(String hypervisor, String id, Path folder) {
        return new VmRecord(
                id,
                hypervisor,
                folder,
                new ChannelAddress.UnixSocket(folder),
                folder,
                new Acceleration("unknown", Isolation.PROCESS, "the launch was cut off"),
                Map.of());
    }

    /** {@return the same of a machine that is known} */
    public static VmRecord withoutDetails(VmRecord record) {
        return unknown(record.hypervisor(), record.id(), record.directory());
    }

    /** {@return a record as one word} */
    static String encode(VmRecord record) {
        var all = new Properties();
        all.setProperty("id", record.id());
        all.setProperty("hypervisor", record.hypervisor());
        all.setProperty("directory", record.directory().toString());
        switch (record.agent()) {
            case ChannelAddress.UnixSocket(Path path) -> all.setProperty("socket", path.toString());
            case ChannelAddress.Device(Path path) -> all.setProperty("device", path.toString());
        }
        all.setProperty("console", record.consoleLog().toString());
        all.setProperty("acceleration", record.acceleration().name());
        all.setProperty("isolation", record.acceleration().isolation().name());
        all.setProperty("reason", record.acceleration().reason());
        record.details().forEach((k, v) -> all.setProperty(DETAIL + k, v));
        try {
            var text = new StringWriter();
            all.store(text, null);
            return Base64.getEncoder()
                    .encodeToString(text.toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the record that was {@link #encode encoded}} */
    static VmRecord decode(String word) {
        var all = new Properties();
        try {
            all.load(
                    new StringReader(
                            new String(Base64.getDecoder().decode(word), StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> details = new HashMap<>();
        for (var key : all.stringPropertyNames()) {
            if (key.startsWith(DETAIL)) {
                details.put(key.substring(DETAIL.length()), all.getProperty(key));
            }
        }
        var device = all.getProperty("device");
        return new VmRecord(
                all.getProperty("id"),
                all.getProperty("hypervisor"),
                Path.of(all.getProperty("directory")),
                device == null
                        ? new ChannelAddress.UnixSocket(Path.of(all.getProperty("socket")))
                        : new ChannelAddress.Device(Path.of(device)),
                Path.of(all.getProperty("console")),
                new Acceleration(
                        all.getProperty("acceleration"),
                        Isolation.valueOf(all.getProperty("isolation")),
                        all.getProperty("reason")),
                details);
    }
}

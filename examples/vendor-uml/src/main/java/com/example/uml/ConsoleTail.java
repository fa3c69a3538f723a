// SPDX-License-Identifier: Apache-2.0
package com.example.uml;

import io.hypercontainer.api.DriverFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads what a machine's monitor keeps of the console. */
final class ConsoleTail {
    private static final int PORTION =
            256 << 10; // no more than the monitor writes, whoever wrote it
    private static final int LONGEST_LINE = 1024;

    private ConsoleTail() {}

    /** {@return the last lines, without control characters} */
    static List<String> of(MachineFolder folder, int lines) {
        var text = new StringBuilder();
        for (var file : List.of(folder.previousConsole(), folder.console())) {
            text.append(read(file));
        }
        var all = new ArrayList<String>();
        for (var line : text.toString().split("\n")) {
            var clean = printable(line);
            if (!clean.isBlank()) {
                all.add(clean);
            }
        }
        return List.copyOf(all.subList(Math.max(0, all.size() - lines), all.size()));
    }

    private static String read(Path file) {
        if (!Files.exists(file)) {
            return "";
        }
        try (var in = Files.newInputStream(file)) {
            return new String(in.readNBytes(PORTION), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new DriverFailure("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private static String printable(String line) {
        var clean = new StringBuilder();
        line.codePoints()
                .filter(c -> c == '\t' || !Character.isISOControl(c))
                .limit(LONGEST_LINE)
                .forEach(clean::appendCodePoint);
        return clean.toString();
    }
}

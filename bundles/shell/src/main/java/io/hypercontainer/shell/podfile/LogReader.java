// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.podfile;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.runtime.LogSpec;
import io.hypercontainer.shell.command.option.SizeOption;
import java.util.Map;
import java.util.Optional;

/** Reads {@code log} of a pod or of a container. */
final class LogReader {
    private LogReader() {}

    static Optional<LogSpec> of(Section section) {
        return section.section("log")
                .map(log -> {
                    Optional<String> driver = log.text("type", LogReader::driver);
                    Map<String, String> options = log.table("config");
                    options.forEach((name, value) -> check(log, name, value));
                    log.end();
                    if (driver.equals(Optional.of("none")) && !options.isEmpty()) {
                        log.problem("config", "does not go with type none");
                    }
                    return new LogSpec(driver, options);
                });
    }

    private static String driver(String type) {
        if (!type.equals("json-file") && !type.equals("none")) {
            throw new InvalidSpec(
                    Problems.quoted(type) + " is not supported: there are json-file and none");
        }
        return type;
    }

    private static void check(Section log, String name, String value) {
        String field = "config." + name;
        switch (name) {
            case "max-size" -> log.checked(field, value, v -> SizeOption.parse(name, v));
            case "max-file" -> {
                if (!value.matches("[1-9]\\d{0,3}")) {
                    log.problem(field, Problems.quoted(value) + " is not a number of files from 1");
                }
            }
            default -> log.problem(field, "unknown option: there are max-size and max-file");
        }
    }
}

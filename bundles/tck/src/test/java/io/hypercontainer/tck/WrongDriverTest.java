// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck;

import static io.hypercontainer.tck.wrong.Fault.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.tck.Outcome.Verdict;
import io.hypercontainer.tck.kit.Kind;
import io.hypercontainer.tck.kit.Setup;
import io.hypercontainer.tck.wrong.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Wrong drivers fail the checks that they have to, and no others. */
class WrongDriverTest {
    private static final Path HOME = Path.of(System.getProperty("hyper.tck.home"));
    private static final Path CHECKOUT =
            Path.of(System.getProperty("hyper.tck.checkout")).toAbsolutePath().normalize();

    private static String good(Kind kind) {
        return switch (kind) {
            case HYPERVISOR -> "qemu";
            case STORAGE -> "overlay";
            case NETWORK -> "user";
        };
    }

    @TempDir private Path folder;

    /**
     * A wrong driver.
     *
     * @param area the area that is checked
     * @param faults what is wrong with it, each independent of the others
     * @param failing the checks that must fail
     */
    record Wrong(Kind kind, String area, List<Fault> faults, Set<String> failing) {}

    private static Wrong wrong(Kind kind, String area, List<Fault> faults, String... failing) {
        return new Wrong(kind, area, faults, Set.of(failing));
    }

    @BeforeAll
    static void linkToWhatIsBuilt() throws IOException {
        for (var part : List.of("guest", "images")) {
            var link = HOME.resolve(part);
            if (!Files.exists(link)) {
                Files.createSymbolicLink(link, CHECKOUT.resolve(part).resolve("build"));
            }
        }
    }

    static Stream<Wrong> drivers() {
        return Stream.of(
                wrong(
                        Kind.NETWORK,
                        "driver",
                        List.of(NAME_IN_CAPITALS, PROBE_IN_TWO_LINES, DISPOSE_FAILS),
                        "name",
                        "capability",
                        "probeIsReadable",
                        "disposeOfNothing"),
                wrong(
                        Kind.NETWORK,
                        "driver",
                        List.of(PROBES_SLOWLY, PROBE_WRITES, CENSUS_OF_GHOSTS),
                        "probeIsFast",
                        "probeChangesNothing",
                        "censusOfNothing"),
                wrong(Kind.NETWORK, "driver", List.of(ONE_CALL_AT_A_TIME), "threads"),
                wrong(
                        Kind.NETWORK,
                        "leaks",
                        List.of(WRITES_ELSEWHERE, CENSUS_OF_GHOSTS),
                        "files",
                        "census"),
                wrong(
                        Kind.NETWORK,
                        "endpoints",
                        List.of(
                                ONE_ADDRESS_FOR_ALL,
                                ADOPTS_WITHOUT_RESERVING,
                                MISSES_NETWORKS,
                                ANY_NETWORK),
                        "two",
                        "adopt",
                        "removeNone",
                        "noNetwork"),
                wrong(
                        Kind.NETWORK,
                        "endpoints",
                        List.of(KEEPS_PORTS),
                        "takenByPod",
                        "adopt",
                        "disconnect"),
                wrong(Kind.NETWORK, "traffic", List.of(LISTENS_AFTERWARDS), "disconnect"),
                wrong(
                        Kind.STORAGE,
                        "layers",
                        List.of(VERIFIES_AFTERWARDS, CLOSES_ARCHIVES),
                        "notBefore",
                        "notVerified",
                        "readsToTheEnd"),
                wrong(
                        Kind.STORAGE,
                        "layers",
                        List.of(TAKES_DAMAGED_LAYERS, KEEPS_LAYERS, WANTS_AN_ORDER),
                        "anyOrder",
                        "damaged",
                        "namesThatLeadOut",
                        "notVerified",
                        "remove",
                        "removeUsed"),
                wrong(
                        Kind.STORAGE,
                        "root file",
                        List.of(
                                SECOND_ROOT,
                                ALWAYS_WRITABLE,
                                CONFLICT_FOR_MISSING,
                                FORGETS_ROOTS,
                                CENSUS_OF_NOTHING),
                        "twice",
                        "readOnly",
                        "missingLayer",
                        "restart",
                        "census"),
                wrong(
                        Kind.STORAGE,
                        "volumes",
                        List.of(LOSES_LABELS, VOLUMES_BACKWARDS),
                        "create",
                        "list"),
                wrong(Kind.STORAGE, "guest", List.of(SMALL_VOLUMES), "volume"),
                wrong(Kind.STORAGE, "full", List.of(FULL_IS_A_FAILURE), "layer", "disks"),
                wrong(Kind.STORAGE, "crash", List.of(LEAVES_HALF), "importCutOff"),
                wrong(Kind.HYPERVISOR, "life", List.of(CONSOLE_BACKWARDS), "console"),
                wrong(
                        Kind.HYPERVISOR,
                        "ends",
                        List.of(EVERY_END_IS_ORDERLY, STATS_AFTER_THE_END, LEAVES_A_PROCESS),
                        "kill",
                        "panic",
                        "processKilled",
                        "afterTheEnd",
                        "nothingIsHeld"),
                wrong(
                        Kind.HYPERVISOR,
                        "streams",
                        List.of(CHANNEL_THROUGH_THE_DRIVER),
                        "withoutDriver"),
                wrong(
                        Kind.HYPERVISOR,
                        "disks",
                        List.of(DISKS_BACKWARDS, ALL_DISKS_WRITABLE),
                        "order",
                        "readOnly",
                        "rights"),
                wrong(
                        Kind.HYPERVISOR,
                        "networks",
                        List.of(PORTS_OF_ANY_INTERFACE, CLAIMS_TAP),
                        "setForwardsOfNone",
                        "tap"),
                wrong(Kind.HYPERVISOR, "shares", List.of(SHARES_WRITABLE), "readOnly"),
                wrong(
                        Kind.HYPERVISOR,
                        "pause",
                        List.of(NEVER_PAUSED, MEMORY_STAYS, ANY_NUMBER_OF_CPUS),
                        "pause",
                        "memory",
                        "memoryInUse",
                        "tooManyCpus"),
                wrong(Kind.HYPERVISOR, "templates", List.of(ONE_KEY), "key"),
                wrong(
                        Kind.HYPERVISOR,
                        "adoption",
                        List.of(ADOPTS_RUNNING, ADOPTS_NOTHING_UNKNOWN),
                        "paused",
                        "withoutDetails"),
                wrong(
                        Kind.HYPERVISOR,
                        "inventory",
                        List.of(CENSUS_OF_NOTHING),
                        "lists",
                        "disposes"),
                wrong(Kind.HYPERVISOR, "crash", List.of(LOCK_FILE), "launch"),
                wrong(
                        Kind.HYPERVISOR,
                        "capabilities",
                        List.of(HIDES_PAUSE, TINY_HOST),
                        "hostSize",
                        "refuses"));
    }

    @ParameterizedTest
    @MethodSource("drivers")
    void failsWhatItHasToAndNothingElse(Wrong wrong) throws IOException {
        var jar =
                WrongJar.write(
                        folder,
                        wrong.kind(),
                        good(wrong.kind()),
                        wrong.faults().toArray(Fault[]::new));

        var outcomes = check(jar, wrong.kind(), wrong.area());

        assertThat(failed(outcomes))
                .as(() ->
                        outcomes.stream().map(Outcome::toString).collect(Collectors.joining("\n")))
                .containsExactlyInAnyOrderElementsOf(wrong.failing());
    }

    @Test
    void aManifestThatTellsNothingAndWhatIsNotTheApiAreSeen() throws IOException {
        var headers =
                Map.of(
                        "Provide-Capability",
                        "org.example;kind=network",
                        "Import-Package",
                        "io.hypercontainer.api,io.hypercontainer.api.driver,"
                                + "io.hypercontainer.api.hypervisor,"
                                + "io.hypercontainer.api.network,"
                                + "io.hypercontainer.api.storage,org.osgi.framework,"
                                + "org.osgi.util.tracker,"
                                + "io.hypercontainer.runtime;resolution:=optional");
        var jar = WrongJar.write(folder, Kind.NETWORK, "user", headers, ANY_NETWORK);

        assertThat(failed(check(jar, Kind.NETWORK, "driver")))
                .containsExactlyInAnyOrder("capability", "imports");
    }

    private static List<Outcome> check(Path jar, Kind kind, String area) {
        var options = List.of("hyper.qemu:accelerator=tcg");
        var setup = new Setup(HOME, jar, List.of(), options, kind);
        return new ContractRun(setup, area).run(_ -> {});
    }

    private static Set<String> failed(List<Outcome> outcomes) {
        return outcomes.stream()
                .filter(o -> o.verdict() == Verdict.FAILED)
                .map(Outcome::check)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}

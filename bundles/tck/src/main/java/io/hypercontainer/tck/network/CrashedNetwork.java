// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.network;

import static io.hypercontainer.tck.kit.Expect.none;
import static io.hypercontainer.tck.kit.Expect.same;

import io.hypercontainer.tck.kit.Contract;
import io.hypercontainer.tck.kit.CrashSite;
import io.hypercontainer.tck.kit.Kit;
import io.hypercontainer.tck.kit.Work;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The daemon is killed with SIGKILL when it has connected a pod. */
@Contract
@DisplayName("Crash of the daemon")
public final class CrashedNetwork {
    @Test
    @DisplayName("Of an endpoint that nobody adopts nothing is left: its port is free")
    void connected(Kit kit) {
        try (var site = CrashSite.make(kit)) {
            var port = Integer.parseInt(site.killAtTheEnd(Work.CONNECT, "crashed-pod"));

            try (var next = site.restart()) {
                for (var holding : next.driver().census()) {
                    next.driver().dispose(holding);
                }
                none("census lists after dispose", next.driver().census());
                var endpoint = Endpoints.connect(next, "next-pod", Endpoints.tcp(port));
                same("the port", port, Endpoints.port(endpoint));
                next.network().disconnect(endpoint);
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.image.NewImage;
import io.hypercontainer.api.runtime.CommitSpec;
import io.hypercontainer.runtime.local.LocalFiles;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What images of containers are asked for, and what their machines give for that. */
@Timeout(300)
class CommitTest extends LocalDaemonTest {
    private final LocalFiles files = new LocalFiles();

    @BeforeEach
    void giveGuestsFiles() {
        daemon.host.connections = files::on;
    }

    private static CommitSpec spec(boolean halted, String... changes) {
        return new CommitSpec(Optional.of("mine:1"), "Ada", "why", List.of(changes), halted);
    }

    private void write(String id, String path) {
        daemon.containers()
                .writeArchive(id, path, new ByteArrayInputStream("x".getBytes(UTF_8)), true);
    }

    private NewImage commit(String id, CommitSpec spec) {
        daemon.containers().commit(id, spec);
        return daemon.images.committed.getLast();
    }

    @Test
    void anImageIsRunAsTheContainerIs() throws Exception {
        String id = run(Specs.command("sleep", "1000").volume("named", false).health("true", 2));
        write(id, "/a");
        NewImage image = commit(id, spec(true, "ENV B=$FROM"));
        assertThat(image.parent()).isEqualTo(get(id).imageId());
        assertThat(image.reference()).contains("mine:1");
        assertThat(image.author()).isEqualTo("Ada");
        assertThat(image.comment()).isEqualTo("why");
        assertThat(image.createdBy()).isEqualTo("sleep 1000");
        assertThat(image.config().entrypoint()).isEmpty();
        assertThat(image.config().command()).containsExactly("sleep", "1000");
        // What every container has, its name for one, is not this image's.
        assertThat(image.config().env()).containsExactly("FROM=image", "B=image");
        assertThat(image.config().workdir()).isEmpty();
        assertThat(image.config().stopSignal()).isEmpty();
        assertThat(image.config().exposedPorts()).containsExactly("80/tcp");
        assertThat(image.config().volumes()).containsExactly("/data");
        assertThat(image.config().healthcheck().orElseThrow().test())
                .containsExactly("CMD", "sh", "-c", "true");
        assertThat(image.config().healthcheck().orElseThrow().intervalNanos())
                .isEqualTo(30_000_000_000L);
        assertThat(daemon.images.layers.getLast()).asString(UTF_8).isEqualTo("[/a] halted");
        assertThat(await("commit", id, 1).attributes())
                .containsEntry("imageRef", "mine:1")
                .containsEntry("comment", "why");
    }

    @Test
    void aContainerThatDoesNotRunIsReachedForThat() throws Exception {
        String id = run(Specs.command("sleep", "1000"));
        write(id, "/a");
        daemon.containers().stop(id, Optional.of(Duration.ZERO));
        commit(id, spec(false));
        assertThat(daemon.images.layers.getLast()).asString(UTF_8).isEqualTo("[/a]");
        var root = new ByteArrayOutputStream();
        daemon.containers().export(id, root);
        assertThat(root).hasToString("root [/a]");
        assertThat(actions(id)).contains("export");
        assertThat(daemon.host.alive()).isEmpty();
    }

    @Test
    void nothingIsBootedForWhatCannotBe() {
        String id = create(Specs.command("sleep", "1000"));
        assertThatThrownBy(() -> daemon.containers().commit(id, spec(true, "RUN x")))
                .isInstanceOf(InvalidSpec.class);
        daemon.images.removed = true;
        assertThatThrownBy(() -> daemon.containers().commit(id, spec(true)))
                .hasMessageContaining("the image of container " + id.substring(0, 12));
        assertThat(daemon.images.committed).isEmpty();
        assertThat(daemon.host.alive()).isEmpty();
        assertThat(actions(id)).doesNotContain("commit");
    }
}

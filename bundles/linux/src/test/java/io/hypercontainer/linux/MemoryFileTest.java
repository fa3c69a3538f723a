// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;

class MemoryFileTest {
    @Test
    void a_sealed_file_is_readable_and_nothing_else() throws IOException {
        try (MemoryFile file = MemoryFile.create("test")) {
            Files.writeString(file.path(), "content");
            file.seal();

            assertThat(file.path()).hasContent("content");
            try (FileChannel again = FileChannel.open(file.path(), StandardOpenOption.WRITE)) {
                ByteBuffer other = ByteBuffer.wrap("other".getBytes(StandardCharsets.UTF_8));
                assertThatThrownBy(() -> again.write(other)).isInstanceOf(IOException.class);
                assertThatThrownBy(() -> again.truncate(1)).isInstanceOf(IOException.class);
            }
            assertThat(file.path()).hasContent("content");
        }
    }

    @Test
    void a_child_process_does_not_inherit_it() throws Exception {
        try (MemoryFile file = MemoryFile.create("test-inherit")) {
            Process child = new ProcessBuilder("ls", "-l", "/proc/self/fd").start();
            String seen = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(child.waitFor()).isZero();
            assertThat(seen).doesNotContain("test-inherit");
            assertThat(Files.readSymbolicLink(file.path()).toString()).contains("test-inherit");
        }
    }

    @Test
    void what_is_closed_says_so() throws IOException {
        MemoryFile file = MemoryFile.create("test");
        Path before = file.path();
        file.close();
        file.close();
        assertThat(before.toString()).startsWith("/proc/self/fd/");
        assertThatThrownBy(file::path).hasMessageContaining("memory file test is closed");
        assertThatThrownBy(file::seal).hasMessageContaining("memory file test is closed");
    }

    @Test
    void an_error_tells_call_and_reason() {
        assertThatThrownBy(() -> MemoryFile.create("x".repeat(300)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("memfd_create x")
                .hasMessageContaining("Invalid argument");
    }
}

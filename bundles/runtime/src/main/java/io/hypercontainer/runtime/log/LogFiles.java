// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.log;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Optional;

/** The files of a log: {@code x.log} is written to, {@code x.log.1} is older, and so on. */
final class LogFiles {
    private final Path newest;
    private final int count;
    private final LogCodec codec;

    LogFiles(Path newest, int count, LogCodec codec) {
        this.newest = newest;
        this.count = count;
        this.codec = codec;
    }

    /**
     * @param age 0 for the newest
     */
    Path file(long age) {
        return age == 0 ? newest : newest.resolveSibling(newest.getFileName() + "." + age);
    }

    /** {@return age of the oldest file that is there, without a gap} */
    int oldest() {
        int age = 0;
        while (age + 1 < count && Files.exists(file(age + 1))) {
            age++;
        }
        return age;
    }

    void rotate() throws IOException {
        if (count == 1) {
            Files.deleteIfExists(newest);
            return;
        }
        for (int age = oldest() + 1; age > 0; age--) {
            if (age < count && Files.exists(file(age - 1))) {
                Files.move(file(age - 1), file(age), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    /**
     * Opens the newest file to append to it. An entry that was cut off, by a full disk or the end
     * of the daemon, is removed: its bytes were not acknowledged and come again.
     */
    RandomAccessFile open() throws IOException {
        RandomAccessFile file = new RandomAccessFile(newest.toFile(), "rw");
        try {
            file.setLength(endOfLastLine(file));
            file.seek(file.length());
            return file;
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    private static long endOfLastLine(RandomAccessFile file) throws IOException {
        byte[] tail = tail(file);
        for (int i = tail.length; i > 0; i--) {
            if (tail[i - 1] == '\n') {
                return file.length() - tail.length + i;
            }
        }
        return file.length() - tail.length;
    }

    /** {@return how much had been printed after the last entry} */
    LogPosition end() throws IOException {
        for (int age = 0; age <= oldest(); age++) {
            if (Files.exists(file(age))) {
                Optional<LogPosition> end = end(file(age));
                if (end.isPresent()) {
                    return end.get();
                }
            }
        }
        return LogPosition.START;
    }

    private Optional<LogPosition> end(Path path) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            byte[] tail = tail(file);
            int end = tail.length;
            while (end > 0) {
                int last = end - 1;
                int start = last;
                while (start > 0 && tail[start - 1] != '\n') {
                    start--;
                }
                Optional<LogEntry> entry = codec.decode(Arrays.copyOfRange(tail, start, last));
                if (tail[last] == '\n' && entry.isPresent()) {
                    return Optional.of(entry.get().end());
                }
                end = start;
            }
            return Optional.empty();
        }
    }

    /** {@return the last bytes, enough for one entry at least} */
    private static byte[] tail(RandomAccessFile file) throws IOException {
        long start = Math.max(0, file.length() - 2L * LogCodec.LONGEST_LINE);
        byte[] tail = new byte[(int) (file.length() - start)];
        file.seek(start);
        file.readFully(tail);
        return tail;
    }
}

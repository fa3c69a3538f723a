// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.archive;

import com.github.luben.zstd.ZstdIOException;
import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.image.spec.Digest;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedByInterruptException;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * A layer's uncompressed archive out of its blob: hashed while it is read, bounded, and with errors
 * that say whose fault they are.
 */
public final class LayerContent extends InputStream {
    private static final int BUFFER = 1 << 16;

    private final InputStream compressed;
    private final Digest diffId;
    private final long limit;
    private final String where;
    private final MessageDigest hash = Digest.sha256();
    private @Nullable InputStream opened;
    private @Nullable HyperException failure;
    private long size;
    private boolean atEnd;
    private boolean verified;

    /**
     * @param compressed the blob; nothing of it is read before the content is
     * @param diffId what the content must be
     * @param limit the most bytes that it may have
     */
    public LayerContent(InputStream compressed, Digest diffId, long limit) {
        this.compressed = compressed;
        this.diffId = diffId;
        this.limit = limit;
        where = "layer " + diffId;
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
        try {
            if (opened == null) {
                opened =
                        new BoundedInputStream(Decompression.open(compressed, where), limit, where);
            }
            int n = opened.read(buffer, offset, length);
            if (n > 0) {
                hash.update(buffer, offset, n);
                size += n;
            }
            atEnd |= n < 0;
            return n;
        } catch (EOFException | ZipException | ZstdIOException e) {
            throw failed(new InvalidSpec(where + " is damaged: " + e.getMessage(), e));
        } catch (ClosedByInterruptException e) {
            throw failed(new Interrupted("reading " + where, new InterruptedException()));
        } catch (IOException e) {
            throw failed(new Unavailable(where + " cannot be read: " + e.getMessage(), e));
        } catch (HyperException e) {
            throw failed(e);
        }
    }

    private HyperException failed(HyperException e) {
        failure = e;
        return e;
    }

    /** {@return why reading failed, if it did; what a reader made of that may say less} */
    public Optional<HyperException> failure() {
        return Optional.ofNullable(failure);
    }

    /**
     * Reads what is left and compares the content's digest.
     *
     * @return the content's length
     * @throws InvalidSpec if it is not the layer
     */
    public long verify() {
        if (verified) {
            return size;
        }
        byte[] buffer = new byte[BUFFER];
        while (!atEnd) {
            read(buffer, 0, buffer.length);
        }
        Digest found = Digest.ofHash(hash.digest());
        if (!found.equals(diffId)) {
            throw failed(new InvalidSpec(where + " has other content, of digest " + found));
        }
        verified = true;
        return size;
    }

    @Override
    public void close() throws IOException {
        if (opened != null) {
            opened.close();
        }
        compressed.close();
    }
}

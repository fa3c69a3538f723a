// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.archive;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.image.store.BlobStore;
import java.io.InputStream;
import java.util.List;

/** An archive that was read to its end, with the images in it; closing it deletes its files. */
public final class ImageArchive implements AutoCloseable {
    private final SpooledArchive files;
    private final List<ArchivedImage> images;

    private ImageArchive(SpooledArchive files, List<ArchivedImage> images) {
        this.files = files;
        this.images = images;
    }

    /**
     * @param archive {@code docker save} format or a tarred OCI layout, compressed or not
     * @param blobs gives the temporary files
     * @param limit the most bytes that it may have uncompressed
     * @return the archive
     * @throws InvalidSpec if it is damaged, or has no images for guests
     */
    public static ImageArchive read(InputStream archive, BlobStore blobs, long limit) {
        SpooledArchive files = SpooledArchive.read(archive, blobs, limit);
        boolean complete = false;
        try {
            List<ArchivedImage> images = images(files);
            complete = true;
            return new ImageArchive(files, images);
        } finally {
            if (!complete) {
                files.close();
            }
        }
    }

    private static List<ArchivedImage> images(SpooledArchive files) {
        // Recent docker writes both; its own loader goes by manifest.json, which has the names.
        if (files.has(DockerArchive.MANIFEST)) {
            return new DockerArchive(files).images();
        }
        if (files.has(OciLayout.INDEX)) {
            return new OciLayout(files).images();
        }
        throw new InvalidSpec(
                "not an image archive: it has neither manifest.json (docker save) nor index.json"
                        + " (OCI layout)");
    }

    /** {@return the images, in the order in which the archive names them} */
    public List<ArchivedImage> images() {
        return images;
    }

    @Override
    public void close() {
        files.close();
    }
}

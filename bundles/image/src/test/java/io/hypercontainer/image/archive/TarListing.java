// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.archive;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** Lists what is in a tar archive. */
public final class TarListing {
    private TarListing() {}

    public static List<String> names(InputStream in) throws IOException {
        TarReader tar = new TarReader(in);
        List<String> names = new ArrayList<>();
        for (var entry = tar.next(); entry.isPresent(); entry = tar.next()) {
            names.add(entry.get().name());
        }
        return names;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.plug;

import org.osgi.framework.Version;

/**
 * A service that is there now.
 *
 * @param service the service
 * @param ranking its ranking; higher ones are preferred
 * @param age its number in order of arrival; of equal ranking, the older one is preferred
 * @param bundle symbolic name and version of its bundle
 */
public record Plugged<T>(T service, int ranking, long age, String bundle)
        implements Comparable<Plugged<?>> {
    /** {@return the bundle's version} */
    public Version version() {
        return Version.parseVersion(bundle.substring(bundle.lastIndexOf(' ') + 1));
    }

    @Override
    public int compareTo(Plugged<?> other) {
        int byRanking = Integer.compare(other.ranking, ranking);
        return byRanking != 0 ? byRanking : Long.compare(age, other.age);
    }
}

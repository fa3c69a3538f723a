// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.plug;

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
    @Override
    public int compareTo(Plugged<?> other) {
        int byRanking = Integer.compare(other.ranking, ranking);
        return byRanking != 0 ? byRanking : Long.compare(age, other.age);
    }
}

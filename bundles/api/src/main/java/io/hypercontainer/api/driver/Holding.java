// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.driver;

/** One thing of an {@link Inventory}. */
public sealed interface Holding {
    /**
     * {@return {@code process}, {@code mount}, {@code interface}, {@code rule}, {@code device},
     * {@code file} or {@code record}}
     */
    String kind();

    /** {@return what people find it by: a path, a name, a program and its process id} */
    String subject();

    /**
     * Something that belongs to whoever had it made. If the runtime knows no such owner, nobody
     * does.
     *
     * @param kind what it is
     * @param subject what people find it by
     * @param owner the id that the runtime gave: of a virtual machine (hypervisor), of a pod
     *     (network), of a container (storage)
     */
    record Owned(String kind, String subject, String owner) implements Holding {}

    /**
     * Something that nobody needs: left by work that was cut off, and not of work that goes on.
     *
     * @param kind what it is
     * @param subject what people find it by
     * @param problem what it is left from
     */
    record Left(String kind, String subject, String problem) implements Holding {}

    /**
     * Something wrong that only a person can put right, such as a damaged record that was set
     * aside. It is never removed.
     *
     * @param kind what it is
     * @param subject what people find it by
     * @param problem what is wrong, and what to do
     */
    record Wrong(String kind, String subject, String problem) implements Holding {}
}

// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.store;

/** What each object on disk has. */
sealed interface StoredRecord permits ContainerRecord, PodRecord {
    /** {@return version of its format} */
    int schema();

    /** {@return 64 hex digits} */
    String id();
}

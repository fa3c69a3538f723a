// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

/** What users find by its id, the beginning of its id, or its name. */
sealed interface Indexed permits ManagedContainer, ManagedPod {
    /** {@return 64 hex digits} */
    String id();

    /** {@return its name now} */
    String name();

    /** {@return whether it has been made completely} */
    boolean isVisible();
}

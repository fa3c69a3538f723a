// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.storage;

/**
 * What a driver's things take on the host, in bytes that are really allocated.
 *
 * @param layers image layers
 * @param roots what containers have written
 * @param volumes volumes
 */
public record StorageUsage(long layers, long roots, long volumes) {}

// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.image;

/**
 * A step of fetching or loading an image.
 *
 * @param item what it is about: the first 12 hex digits of a layer's digest, or empty for the image
 *     as a whole
 * @param status what happens, in docker's words ({@code Downloading}, {@code Pull complete})
 * @param current bytes done, 0 if unknown
 * @param total bytes to do, 0 if unknown
 */
public record Progress(String item, String status, long current, long total) {}

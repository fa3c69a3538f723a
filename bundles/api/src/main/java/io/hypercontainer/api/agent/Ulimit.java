// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.agent;

/**
 * A limit of a container's processes, see setrlimit(2).
 *
 * @param name {@code nofile} and so on, as docker names them
 * @param soft the limit, -1 for none
 * @param hard what the process may raise it to, -1 for none
 */
public record Ulimit(String name, long soft, long hard) {}

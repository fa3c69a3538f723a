// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.agent;

import java.time.Duration;

/**
 * What a container uses, as the guest counts it.
 *
 * @param cpuTime processor time since it was created
 * @param memoryBytes memory in use, file cache included
 * @param memoryLimitBytes the most it may use
 * @param pids processes and threads
 * @param readBytes bytes read from disks
 * @param writtenBytes bytes written to disks
 * @param receivedBytes bytes received by the pod's network interfaces
 * @param sentBytes bytes sent by them
 */
public record GuestStats(
        Duration cpuTime,
        long memoryBytes,
        long memoryLimitBytes,
        int pids,
        long readBytes,
        long writtenBytes,
        long receivedBytes,
        long sentBytes) {}

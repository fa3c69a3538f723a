// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.agent;

/** Streams of a process; 0 for one that it does not have. */
record StreamIds(int stdin, int stdout, int stderr) {}

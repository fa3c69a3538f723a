// SPDX-License-Identifier: Apache-2.0
/**
 * What runs beside each machine, in a process of its own, and goes on when the daemon or the driver
 * is gone. It uses nothing but the JDK.
 */
package com.example.uml.monitor;

// SPDX-License-Identifier: Apache-2.0
/**
 * A hypervisor driver for User-Mode Linux: the guest's kernel is an ordinary program of the host
 * that runs the guest's processes as children which it traces.
 *
 * <p>Start reading at {@link com.example.uml.UmlHypervisor}. What runs beside a machine, and goes
 * on when the daemon or this bundle is gone, is in {@code com.example.uml.monitor}.
 */
package com.example.uml;

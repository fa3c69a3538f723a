// SPDX-License-Identifier: Apache-2.0
/** A storage driver whose disks are allocated in full. */
package com.example.thick;

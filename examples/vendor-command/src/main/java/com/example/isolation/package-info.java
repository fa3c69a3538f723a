// SPDX-License-Identifier: Apache-2.0
/** A command that a bundle brings to hyperctl and to the Gogo shell. */
package com.example.isolation;

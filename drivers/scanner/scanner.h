/* SPDX-License-Identifier: Apache-2.0 */
/* Code scanner as a driver: use it through scanner_ops (drivers/driver.h).
 *
 * - Codes are delivered (CODE) only while enabled; others are dropped unread and wiped.
 * - The same payload within 3 s is the same presentation and reported once.
 * - CODE_FAILED tells that something was scanned that cannot be used, and why.
 * - Stopping: wake ends wait; step never waits for the device longer than one control transfer
 *   (500 ms), and that only while it opens. */
#ifndef YJ_SCANNER_H
#define YJ_SCANNER_H

#include "drivers/driver.h"

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* USB code scanner as a driver: use it through scanner_ops (drivers/driver.h). PROTOCOL.md tells
 * which devices it takes, how they speak, and the keys of the table and the settings.
 *
 * - Codes are delivered (CODE) only while enabled; others are dropped and wiped. What may be
 *   delivered, how often and how fast is the gate's affair (code_gate.h).
 * - CODE_FAILED tells that something was scanned that cannot be used, and why.
 * - Status: ONLINE with cause ERR_SCANNER_STICKER while a code is held there that nobody asked for
 *   (other codes are still read); HARDWARE_ERROR with ERR_SCANNER_KEYBOARD when the scanner types
 *   like a keyboard and no setting allows that, with ERR_SCANNER_DESCRIPTOR when it does not tell
 *   where its data is or cannot do what the settings ask for.
 * - Stopping: wake ends wait; step waits for the device only while it opens it, starts or stops the
 *   trigger, or beeps: at most 500 ms a transfer. */
#ifndef YJ_SCANNER_H
#define YJ_SCANNER_H

#include "drivers/driver.h"

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Tactile keypad with a headphone socket as a driver: use it through keypad_ops (drivers/driver.h).
 * PROTOCOL.md tells which devices it takes, how they speak, and the keys of table and settings.
 *
 * - KEY comes once for a press, always: there is nothing to enable. HEADSET comes when headphones
 *   go in or out; a keypad that goes while they are in says out.
 * - Status: ONLINE with cause ERR_KEYPAD_STUCK while a key stays down (the others still work), with
 *   ERR_KEYPAD_NOISE while keys come that nobody can have pressed (those are dropped);
 *   HARDWARE_ERROR with ERR_KEYPAD_DESCRIPTOR when the device has no keys.
 * - The sound of its socket is not the driver's: the kernel's audio driver keeps that interface.
 * - Stopping: wake ends wait; step waits for the device only while it opens it, at most 500 ms a
 *   transfer. */
#ifndef YJ_KEYPAD_H
#define YJ_KEYPAD_H

#include "drivers/driver.h"

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Ticket printer as a driver: use it through printer_ops (drivers/driver.h).
 *
 * What the application sees:
 * - status: head_dots and dots_per_mm_x10 tell how wide a picture may be; 0 before a printer was
 *   opened. ONLINE is healthy, OFFLINE waits for somebody (cause), HARDWARE_ERROR is silent or
 *   broken. paper is FULL, LOW or OUT.
 * - PRINT is answered by one PRINT_DONE. NOT_STARTED: no byte left us, print again when the cause
 *   is gone. PRINTED: evidence tells how it is known; a code other than 0 beside it means printed
 *   but something is left to do (ERR_PRINTER_CUTTER: not cut). IN_DOUBT: never print again by
 *   yourself; what was left in the printer is cleared and the paper cut off, so that the next
 *   ticket is clean.
 * - When paper runs out or the cover is opened in the middle, the driver waits up to 90 s for
 *   somebody to repair it; the printer then goes on by itself.
 * - Up to PRINTER_MAX_JOBS tickets are queued; more are NOT_STARTED with ERR_BUSY.
 * - Stopping: the host pushes STOP and calls wake (which ends wait); step never blocks longer than
 *   one control transfer (300 ms); close answers every open job. */
#ifndef YJ_PRINTER_H
#define YJ_PRINTER_H

#include "drivers/driver.h"

enum { PRINTER_MAX_JOBS = 8 };

#endif

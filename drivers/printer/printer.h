/* SPDX-License-Identifier: Apache-2.0 */
/* Ticket printer as a driver: use it through printer_ops (drivers/driver.h). Models and settings
 * are data, see PROTOCOL.md.
 *
 * What the application sees:
 * - status: head_dots and dots_per_mm_x10 tell how wide a picture may be; 0 before a printer was
 *   opened. ONLINE is healthy, OFFLINE waits for somebody (cause), HARDWARE_ERROR is silent or
 *   broken. paper is FULL, LOW or OUT. media is PRESENT while a ticket waits at the outlet, where
 *   the model has a sensor there.
 * - PRINT is answered by one PRINT_DONE. NOT_STARTED: no byte left us, print again when the cause
 *   is gone (ERR_PRINTER_PAPER_LOW: too little is left for a ticket of this length). PRINTED:
 *   evidence tells how it is known; a code other than 0 beside it means printed but something is
 *   left to do (ERR_PRINTER_CUTTER: not cut). IN_DOUBT: never print again by yourself; the code
 *   says why (ERR_TIMEOUT: the proof this model must give did not come). What was left in the
 *   printer is cleared and the paper cut off, so that the next ticket is clean; a model that can
 *   tell nothing at all is left as it is.
 * - When paper runs out or the cover is opened in the middle, the driver waits up to 90 s for
 *   somebody to repair it; the printer then goes on by itself.
 * - A printer that vanishes behind a whole ticket has 3 s to come back and prove it.
 * - Up to PRINTER_MAX_JOBS tickets are queued; more are NOT_STARTED with ERR_BUSY.
 * - Stopping: the host pushes STOP and calls wake (which ends wait); step never blocks longer than
 *   two control transfers (300 ms each); close answers every open job. */
#ifndef YJ_PRINTER_H
#define YJ_PRINTER_H

#include "drivers/driver.h"

enum { PRINTER_MAX_JOBS = 8 };

#endif

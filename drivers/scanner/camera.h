/* SPDX-License-Identifier: Apache-2.0 */
/* Codes by camera as a driver: use it through camera_ops (drivers/driver.h).
 *
 * - The camera is open and the decoder program runs only between ENABLE and DISABLE; otherwise
 *   nothing is taken and no picture is kept. Whether the camera is there is looked at without
 *   starting it.
 * - What may be handed up is decided by the gate (code_gate.h), as for the USB scanner.
 * - CODE_FAILED ERR_SCANNER_KIND: part of a structured append; ERR_CAMERA_SEVERAL: several codes
 *   and none clearly in the middle.
 * - Settings: camera_settings.h.
 * - Stopping: wake ends wait; step never waits for the camera or the decoder. */
#ifndef YJ_SCANNER_CAMERA_H
#define YJ_SCANNER_CAMERA_H

#include "drivers/driver.h"

#endif

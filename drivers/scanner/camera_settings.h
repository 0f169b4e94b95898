/* SPDX-License-Identifier: Apache-2.0 */
/* The terminal's own settings of the camera: "devices"."scanner" of the settings file.
 * Pure apart from memory. Thread: any. */
#ifndef YJ_SCANNER_CAMERA_SETTINGS_H
#define YJ_SCANNER_CAMERA_SETTINGS_H

#include "base/err.h"

struct camera_settings {
    char *device;  /* owned; NULL: the first camera there is */
    char *decoder; /* owned; full path of kiosk-decode */
    unsigned width, height, fps, deadline_ms, exposure_us;
    int focus; /* -1: automatic */
};

/**
 * Parse.
 * @param text  JSON object, or NULL: defaults
 * @param ret   freed with camera_settings_fini
 * @return 0, ERR_INVALID naming key and rule
 */
int camera_settings_parse(const char *text, struct camera_settings *ret, struct err *err) YJ_CHECK;

void camera_settings_fini(struct camera_settings *s);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the settings: what settings.c and settings_people.c share. */
#ifndef YJ_APP_SETTINGS_PRIV_H
#define YJ_APP_SETTINGS_PRIV_H

#include <jansson.h>

#include "settings.h"

/* Names of a path are joined and kept in 512 bytes; a longer one would mean another file. */
enum { SETTINGS_MAX_TEXT_BYTES = 200 };

/** @return true for a key that settings_people_read knows */
bool settings_people_know(const char *section, const char *name);

/** How people want it and where they can go: prefs, display.languages, hall.places. The plain keys
 * have been read. @return 0 or ERR_INVALID (key and rule) */
int settings_people_read(const json_t *root, struct settings *s, struct err *err) YJ_CHECK;
void settings_people_free(struct settings *s);

#endif

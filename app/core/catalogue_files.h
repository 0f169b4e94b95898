/* SPDX-License-Identifier: Apache-2.0 */
/* Folders and files of a catalogue set. Private to app/core; blocks: disk. */
#ifndef YJ_CORE_CATALOGUE_FILES_H
#define YJ_CORE_CATALOGUE_FILES_H

#include "core/catalogue.h"
#include "core/catalogue_priv.h"

enum { FOLDER_MAX_NAMES = 4096, FOLDER_PATH_BYTES = 1024 };

enum folder_kind { FOLDER_JSON_FILES, FOLDER_FOLDERS };

/* Names in order; what begins with a dot is left out. */
struct folder {
    char **name; /* owned, n of them */
    size_t n;
    bool is_cut; /* there were more than FOLDER_MAX_NAMES */
};

/**
 * @param cfg   its dir and source say where the set is
 * @param name  below the set, or NULL: the set itself
 * @param ret   folder_free; empty after an error
 * @return 0, ERR_NOT_FOUND or ERR_DENIED
 */
int folder_list(const struct catalogue_cfg *cfg, const char *name, enum folder_kind kind,
                struct folder *ret) YJ_CHECK;
void folder_free(struct folder *f);

/** @return true when the set has a file or a folder of this name. */
bool folder_has(const struct catalogue_cfg *cfg, const char *name);

/**
 * Read one file of a set.
 * @param file        its name below the set, as complaints say it
 * @param is_needed   false: no complaint when it is not there
 * @return text owned by the caller, NULL when it cannot be read
 */
char *folder_read(const struct catalogue_cfg *cfg, const char *file, bool is_needed,
                  struct complaint_sink *sink, size_t *ret_bytes);

#endif

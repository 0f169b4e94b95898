/* SPDX-License-Identifier: Apache-2.0 */
/* The one road by which a signed set comes to a terminal, from a stick or from the centre: checked,
 * copied, linted, staged. Thread: any; nothing is shared between calls. */
#ifndef YJ_APP_CATALOGUE_STAGE_H
#define YJ_APP_CATALOGUE_STAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/catalogue.h"
#include "seal/seal.h"

enum { CATALOGUE_STAGE_MAX_COMPLAINTS = 4096 };

struct catalogue_stage_cfg {
    const char *folder;   /* the set that comes */
    const char *data_dir; /* of the terminal */
    const char *cert;     /* PEM of the publisher */
    const char *assets;   /* installed assets: sets older than the built-in one are refused; NULL:
                             not known */
    const struct code_tables *codes;
    const char *pinyin; /* readings of the search, may be NULL */
    size_t pinyin_bytes;
    bool is_forced; /* also one that is not newer than the one in use */
    /* Mistakes are written here; NULL: only counted. */
    struct matter_complaint *complaint; /* CATALOGUE_STAGE_MAX_COMPLAINTS of them */
    struct catalogue_counts *counts;    /* what was looked at; may be NULL */
};

/**
 * Check a set and lay it beside the present one.
 * @param ret_digest  its name
 * @param ret_n       mistakes in its matters; may be NULL
 * @return 0, ERR_SEAL_* (not signed by the publisher, files changed), ERR_MATTER_FILE (mistakes),
 *         ERR_WRONG_STATE (too old), ERR_BUSY, ERR_STORE_WRITE, ERR_STORE_FULL
 * Blocks: reads, copies and flushes every file; a second and more.
 */
int catalogue_stage(const struct catalogue_stage_cfg *cfg, char ret_digest[SEAL_DIGEST_BYTES],
                    size_t *ret_n, struct err *err) YJ_CHECK;

#endif

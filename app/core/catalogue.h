/* SPDX-License-Identifier: Apache-2.0 */
/* A catalogue set (docs/matters.md): matters with the differences of this terminal's region, home
 * trees, guide, search, calendar. Const after loading; any thread may read it. The one place of
 * app/core besides code_table that touches the disk (catalogue_files.c). */
#ifndef YJ_CORE_CATALOGUE_H
#define YJ_CORE_CATALOGUE_H

#include "core/calendar.h"
#include "core/code_table.h"
#include "core/guide.h"
#include "core/home.h"
#include "core/matter.h"
#include "core/search.h"

enum {
    CATALOGUE_VERSION_BYTES = 65, /* 16 characters and NUL */
    CATALOGUE_MAX_LANGUAGES = 8,
    CATALOGUE_LANGUAGE_BYTES = 16, /* "zh-Hant" and NUL */
};

/* A set whose files somebody vouches for: it has the files named here and no others, and what read
 * gives is what is looked at, never what lies on disk a moment later. */
struct catalogue_source {
    void *ctx;
    /* "national/a.json", all of them in the order of strcmp; NULL behind the last. */
    const char *(*name)(void *ctx, size_t i);
    /* One of these names. @return 0 or an error; *ret is owned by the caller */
    int (*read)(void *ctx, const char *name, char **ret, size_t *ret_bytes, struct err *err);
};

struct catalogue_cfg {
    const char *dir;                       /* the set */
    const struct catalogue_source *source; /* instead of dir; borrowed for the call; may be NULL */
    /* Six digits: overlays of 2, 4 and 6 of them are taken; "" or NULL: national only. */
    const char *region;
    const struct code_tables *codes; /* borrowed for the life of the catalogue */
    const char *pinyin;              /* text of assets/search/pinyin.tsv; may be NULL */
    size_t pinyin_len;
};

struct catalogue {
    const char *version, *title; /* "" in a plain folder */
    int valid_to;                /* YYYYMMDD, 0: open */
    struct matter_set *matters;
    struct home *home;             /* NULL when its file is missing or refused */
    struct guide *guide;           /* likewise */
    struct search *search;         /* never NULL */
    struct calendar *calendar;     /* NULL likewise */
    struct catalogue_texts *texts; /* the set's texts in other languages; may be NULL */
    const struct code_tables *codes;
};

/**
 * Load a set. A file with a mistake is left out and complained about, every mistake in one pass;
 * an overlay with a mistake leaves its matter without that overlay. A plain folder of matter files
 * (no catalogue.json) is taken as a set without the other files.
 * @return 0 (also with complaints), ERR_NOT_FOUND or ERR_DENIED for the folder itself, ERR_INVALID
 *         (the region is not six digits)
 * Blocks: disk.
 */
int catalogue_load(const struct catalogue_cfg *cfg, struct matter_complaint *complaints, size_t cap,
                   size_t *ret_n_complaints, struct catalogue **ret, struct err *err) YJ_CHECK;
void catalogue_free(struct catalogue *c);

/**
 * A text of the set's files or of the code tables in another language.
 * @param language  "en": an id of assets/strings
 * @param text      may be NULL
 * @return the translation, which lives as long as the catalogue, or text itself when there is none
 * Blocks: no; allocates nothing.
 */
const char *catalogue_translate(const struct catalogue *c, const char *language, const char *text);

/**
 * Which version is later? Numbers in the texts count as numbers: 2026.9 comes before 2026.11.
 * @return < 0, 0, > 0 as strcmp
 */
int catalogue_version_compare(const char *a, const char *b);

/**
 * The version of a set that is not loaded.
 * @return 0, ERR_MATTER_FILE (there is none). Blocks: disk.
 */
int catalogue_version_read(const char *dir, char ret[CATALOGUE_VERSION_BYTES],
                           struct err *err) YJ_CHECK;

struct catalogue_counts {
    size_t matters;  /* that can be used */
    size_t overlays; /* that were looked at */
};

/**
 * Check a set for everybody: all that catalogue_load checks, and every overlay of every region,
 * each on top of those above it.
 * @param ret  may be NULL
 * @return as catalogue_load; cfg->region is not looked at
 * Blocks: disk.
 */
int catalogue_lint(const struct catalogue_cfg *cfg, struct matter_complaint *complaints, size_t cap,
                   size_t *ret_n_complaints, struct catalogue_counts *ret,
                   struct err *err) YJ_CHECK;

/**
 * Find matters by words of another language: those of the translations.
 * @param query  UTF-8, any bytes are harmless
 * @param day    as search_find
 * @param ret    best first
 * @return number of hits, 0 when nothing fits
 * Blocks: no; allocates nothing; some milliseconds.
 */
size_t search_find_translated(const struct catalogue *c, const char *language, const char *query,
                              int day, struct search_hit ret[SEARCH_MAX_HITS]);

struct catalogue_coverage {
    struct catalogue_language {
        char language[CATALOGUE_LANGUAGE_BYTES];
        size_t n_texts;      /* of the set and the code tables that are shown, each once */
        size_t n_translated; /* of them */
    } language[CATALOGUE_MAX_LANGUAGES];
    size_t n_languages;
};

/**
 * How much of a set, with the overlays of all regions, is translated. Divisions may stay as they
 * are and are not counted.
 * @param notes  what is missing, where, and translations that no file of the set needs; they are
 *               no mistakes. A texts file that is refused counts as absent: catalogue_lint says why
 * @return 0, ERR_NOT_FOUND or ERR_DENIED for the folder itself; cfg->region is not looked at
 * Blocks: disk.
 */
int catalogue_coverage(const struct catalogue_cfg *cfg, struct matter_complaint *notes, size_t cap,
                       size_t *ret_n_notes, struct catalogue_coverage *ret,
                       struct err *err) YJ_CHECK;

#endif

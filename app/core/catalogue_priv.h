/* SPDX-License-Identifier: Apache-2.0 */
/* What the readers of a catalogue set share: the JSON of a file, and complaints of many files in
 * one list. Private to app/core. */
#ifndef YJ_CORE_CATALOGUE_PRIV_H
#define YJ_CORE_CATALOGUE_PRIV_H

#include "core/home.h"
#include "core/matter_priv.h"

enum {
    CATALOGUE_VERSION_CHARS = 16,
    CATALOGUE_REGION_LEVELS = 3, /* province, city, county */
    MATTER_VERSION_BYTES = 33,   /* of a matter with its overlays, and NUL */
};

/* Where the complaints of several files go; list may be NULL when cap is 0. */
struct complaint_sink {
    struct matter_complaint *list;
    size_t cap, n; /* n counts on behind cap */
};

/** @return the free part of the list, *ret_cap places; NULL when there is none. */
struct matter_complaint *sink_room(const struct complaint_sink *sink, size_t *ret_cap);
void sink_put(struct complaint_sink *sink, const char *file, const char *pointer, const char *fmt,
              ...) YJ_PRINTF(4, 5);

/** Text of a data file to JSON, with the same limits for all: 1 MiB, UTF-8, no key twice.
 *  @return owned, or NULL and a complaint */
json_t *reader_json(struct reader *r, const char *text, size_t len);

/** @return true when text is in words. */
bool word_is_known(const char *const *words, size_t n, const char *text);

/** "2026-12-31" to 20261231; complains unless it is a day of the calendar. @return 0: absent */
int read_day(struct reader *r, const struct spot *spot, const char *key, enum presence presence);

/** @return place of the matter in the set, -1 when there is none. */
int matter_set_find(const struct matter_set *set, const char *code);

/** An empty set with room for so many. */
struct matter_set *matter_set_new(size_t cap) YJ_CHECK;

/** Put a matter in; it belongs to the set then. region and version (NULL: as its file says) are
 *  copied and live as long as the set. */
void matter_set_add(struct matter_set *set, struct matter *m, const char *region,
                    const char *version);

/**
 * As home_parse.
 * @param absent  codes whose own files were refused, n_absent of them: left out without a word, so
 *                that one broken matter does not take the whole home page with it
 */
int home_read(const char *text, size_t len, const char *file, const struct matter_set *set,
              const char *const *absent, size_t n_absent, struct complaint_sink *sink,
              struct home **ret) YJ_CHECK;

#endif

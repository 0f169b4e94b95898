/* SPDX-License-Identifier: Apache-2.0 */
/* Notices of the hall (opening hours on a holiday, a new matter), each with the days on which it
 * holds: shown at home and gone by itself the day after. Data of the hall in files of their own
 * (assets/schema/content.schema.json), never personal. Const once loaded. */
#ifndef YJ_CORE_CONTENT_H
#define YJ_CORE_CONTENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "core/matter.h"

enum { CONTENT_MAX_FILES = 32, CONTENT_MAX_NOTICES = 32, CONTENT_MAX_LANGUAGES = 8 };

/* One sentence in the languages it was written in. */
struct content_text {
    struct {
        const char *language, *text;
    } in[CONTENT_MAX_LANGUAGES];
    size_t n; /* at least 1: one of them is zh-Hans */
};

struct content_notice {
    const char *id; /* "content.NAME" */
    struct content_text title, text;
    int valid_from, valid_to; /* YYYYMMDD, both included */
    const char *picture;      /* name in assets/images, NULL: none */
};

struct content;

/**
 * Read every *.json of a folder, by name. A notice with a mistake is left out and complained about,
 * the others are kept; a folder that is not there holds nothing. Files after the first
 * CONTENT_MAX_FILES are complained about and left out.
 * @param list        filled with at most cap complaints (file, JSON pointer, reason); borrowed by
 *                    nobody
 * @param ret_n       how many there are, may be more than cap
 * @param ret         owned by the caller
 * @return 0, ERR_DENIED (the folder cannot be read)
 * Thread: any. Blocks: disk.
 */
int content_load(const char *dir, struct matter_complaint *list, size_t cap, size_t *ret_n,
                 struct content **ret, struct err *err) YJ_CHECK;
/**
 * The same for files one by one, as their writer checks them.
 * @param path  its notices are added to c, which remembers the names of all
 * @return how many complaints there are, may be more than cap
 * Thread: any. Blocks: disk.
 */
size_t content_add_file(struct content *c, const char *path, struct matter_complaint *list,
                        size_t cap) YJ_CHECK;
/** @return without notices; owned by the caller */
struct content *content_new(void);
void content_free(struct content *c);

size_t content_count(const struct content *c);
const struct content_notice *content_at(const struct content *c, size_t i);

/** @param day  YYYYMMDD; 0: not known, then nothing can be judged and nothing holds */
bool content_is_valid_on(const struct content_notice *n, int day);

/** @return the sentence in a language ("en"), else in Chinese */
const char *content_say(const struct content_text *text, const char *language);

#endif

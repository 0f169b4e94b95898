/* SPDX-License-Identifier: Apache-2.0 */
/* What the texts of a set's matters are in other languages (docs/matters.md, "Languages"):
 * texts/LANGUAGE.json and texts/LANGUAGE.NAME.json, tables from a text to its translation. Const
 * after reading. Private to app/core. */
#ifndef YJ_CORE_CATALOGUE_TEXTS_H
#define YJ_CORE_CATALOGUE_TEXTS_H

#include "core/catalogue.h"
#include "core/catalogue_files.h"

enum {
    TEXTS_MAX_CHARS = 2000, /* of a text and of its translation */
};

struct texts_pair {
    const char *source, *translation;
};

struct texts_language {
    char id[CATALOGUE_LANGUAGE_BYTES];
    struct texts_pair *pair; /* owned, in the order of strcmp of the sources; n of them */
    size_t n;
};

struct catalogue_texts {
    struct arena arena;
    struct texts_language language[CATALOGUE_MAX_LANGUAGES];
    size_t n_languages;
};

/**
 * Read every file of the folder "texts" of a set; one with a mistake is left out as a whole.
 * @return owned by the caller; NULL when the set has no such texts
 * Blocks: disk.
 */
struct catalogue_texts *texts_read(const struct catalogue_cfg *cfg,
                                   struct complaint_sink *sink) YJ_CHECK;
void texts_free(struct catalogue_texts *t);

/** @return the table of a language, NULL when there is none; t may be NULL. */
const struct texts_language *texts_language(const struct catalogue_texts *t, const char *id);

/** @return the translation, NULL when there is none. */
const char *texts_find(const struct texts_language *language, const char *source);

#endif

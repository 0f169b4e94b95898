/* SPDX-License-Identifier: Apache-2.0 */
/* Hand-made views of every screen with invented persons, for the gallery and the access lint. */
#ifndef YJ_TESTS_SCREEN_VIEWS_H
#define YJ_TESTS_SCREEN_VIEWS_H

#include "types/view.h"

struct sample {
    const char *name;
    void (*fill)(struct view *v);
};

extern const struct sample samples[];
extern const int n_samples;

/** @return the sample of that name, NULL: there is none */
const struct sample *sample_of(const char *name);

/** A fresh view of that sample. */
void sample_make(const struct sample *s, bool is_elder, struct view *ret);

/* What the texts that are no ids of assets/strings are made of. */
enum sample_words {
    WORDS_CHINESE, /* as written */
    WORDS_LATIN,   /* about as many English words as a translation has */
    WORDS_ARABIC,  /* the same in Uyghur */
};

/** A fresh view for somebody with these wishes. */
void sample_make_as(const struct sample *s, const struct prefs *prefs, enum sample_words words,
                    struct view *ret);

#endif

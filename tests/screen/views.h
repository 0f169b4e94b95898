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

/** A fresh view of that sample. */
void sample_make(const struct sample *s, bool is_elder, struct view *ret);

#endif

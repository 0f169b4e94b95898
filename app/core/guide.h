/* SPDX-License-Identifier: Apache-2.0 */
/* The guide: questions that lead to matters (docs/matters.md, guide.json). Deterministic, works
 * offline. Const after loading; any thread. */
#ifndef YJ_CORE_GUIDE_H
#define YJ_CORE_GUIDE_H

#include "core/matter.h"

enum { GUIDE_MAX_CHOICES = 8, GUIDE_MAX_MATTERS = 6, GUIDE_MAX_DEPTH = 6 };

struct guide_choice {
    const char *label;
    int step;                      /* index into step, -1: leads to matters */
    int matter[GUIDE_MAX_MATTERS]; /* places in the matter set */
    size_t n_matters;
};

struct guide_step {
    const char *id, *question;
    struct guide_choice choice[GUIDE_MAX_CHOICES];
    size_t n_choices;
};

struct guide {
    const struct guide_step *step;
    size_t n_steps;
    int start; /* index into step */
};

/** As home_parse; refuses circles, steps that cannot be reached and matters that do not exist. */
int guide_parse(const char *text, size_t len, const char *file, const struct matter_set *set,
                struct matter_complaint *complaints, size_t cap, size_t *ret_n_complaints,
                struct guide **ret) YJ_CHECK;
void guide_free(struct guide *guide);

#endif

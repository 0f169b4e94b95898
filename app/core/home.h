/* SPDX-License-Identifier: Apache-2.0 */
/* The trees of the home page (docs/matters.md, home.json): 10 stages of a life, 6 of a business.
 * Const after loading; any thread. */
#ifndef YJ_CORE_HOME_H
#define YJ_CORE_HOME_H

#include "core/matter.h"

struct home_stage {
    const char *id, *name, *icon;
    const int *matter; /* places in the matter set, open ones first; n_matters of them */
    size_t n_matters;
};

struct home_tree {
    const char *id, *name; /* "person" 个人, "business" 企业 */
    const struct home_stage *stage;
    size_t n_stages;
};

struct home {
    const struct home_tree *tree;
    size_t n_trees;
    const int *popular; /* places in the matter set */
    size_t n_popular;
};

/**
 * Read the text of a home.json against the matters of a set. A matter that stands not yet in a
 * stage it names itself (stage, more_stages) is put at its end.
 * @return 0 or ERR_MATTER_FILE with complaints, as matter_parse
 */
int home_parse(const char *text, size_t len, const char *file, const struct matter_set *set,
               struct matter_complaint *complaints, size_t cap, size_t *ret_n_complaints,
               struct home **ret) YJ_CHECK;
void home_free(struct home *home);

#endif

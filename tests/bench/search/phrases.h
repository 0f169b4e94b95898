/* SPDX-License-Identifier: Apache-2.0 */
/* Phrases of people with the matters that they mean, and how often a search finds those. */
#ifndef YJ_TESTS_BENCH_PHRASES_H
#define YJ_TESTS_BENCH_PHRASES_H

#include <stdbool.h>
#include <stddef.h>

#include "core/matter.h"

enum { PHRASES_MAX = 400, KINDS_MAX = 24, PHRASES_MAX_HITS = 24 };

struct phrase {
    const char *kind;  /* who says it, or what is special */
    const char *codes; /* right matters, "A.B,C.D"; "-": none */
    const char *words;
};

struct phrases {
    char *text; /* owned; the phrases point into it */
    struct phrase phrase[PHRASES_MAX];
    size_t n;
};

/** Lines "kind TAB codes TAB words"; '#' begins a comment. @return false: not to be read */
bool phrases_load(const char *path, struct phrases *ret);
void phrases_free(struct phrases *p);

/** A search: places in the matter set, best first. */
struct engine {
    const char *name;
    size_t (*find)(void *ctx, const char *words, int ret[PHRASES_MAX_HITS]);
    void *ctx;
};

struct tally_row {
    const char *kind;
    size_t n, first, third; /* phrases; right one first; among the first three */
};

struct phrases_result {
    struct tally_row all, row[KINDS_MAX];
    size_t n_rows;
};

/** Ask for every phrase. @param shows_misses  print those whose right matter is not first */
struct phrases_result phrases_judge(const struct phrases *p, const struct matter_set *set,
                                    const struct engine *engine, bool shows_misses);

#endif

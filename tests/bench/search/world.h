/* SPDX-License-Identifier: Apache-2.0 */
/* The catalogue in the tree, loaded for the search's bench and its gate. */
#ifndef YJ_TESTS_BENCH_SEARCH_WORLD_H
#define YJ_TESTS_BENCH_SEARCH_WORLD_H

#include <stdbool.h>

#include "core/catalogue.h"
#include "search/phrases.h"

struct search_world {
    struct code_tables *codes;
    char *pinyin, *words;
    size_t pinyin_len, words_len;
    struct catalogue *catalogue;
    struct phrases tune, heldout, stranger;
};

/** @param root  the source tree. @return false: printed what is missing */
bool search_world_open(const char *root, struct search_world *ret);
void search_world_close(struct search_world *w);

/** The engine of the product. @param search  borrowed */
struct engine search_world_engine(const char *name, struct search *search);

#endif

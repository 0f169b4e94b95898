/* SPDX-License-Identifier: Apache-2.0 */
/* Two plain searches over the texts of a matter set, to compare with. */
#ifndef YJ_TESTS_BENCH_BASELINE_H
#define YJ_TESTS_BENCH_BASELINE_H

#include <jansson.h>

#include "search/phrases.h"

struct baseline;

/** @param set  borrowed. @return owned; aborts when SQLite has no FTS5 */
struct baseline *baseline_new(const struct matter_set *set);
void baseline_free(struct baseline *b);

/** FTS5, tokenizer trigram, any trigram of the words, bm25 with ten times the weight for name and
 *  aliases; below three characters LIKE. */
struct engine baseline_trigrams(struct baseline *b);
/** How often pairs of neighbouring characters of the words stand in the texts. */
struct engine baseline_pairs(struct baseline *b);

/** All JSON files of a folder in name order. @return owned array, *ret_n of them */
json_t **baseline_read_folder(const char *dir, size_t *ret_n);

#endif

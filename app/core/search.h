/* SPDX-License-Identifier: Apache-2.0 */
/* Finding a matter by ordinary words: Chinese, full pinyin, initials, with typing mistakes, over
 * titles, aliases, tasks, questions and stages. Built once from a matter set, const afterwards;
 * the same words always give the same answer. Any thread; a search takes some milliseconds. */
#ifndef YJ_CORE_SEARCH_H
#define YJ_CORE_SEARCH_H

#include "core/matter.h"

enum { SEARCH_MAX_HITS = 24, SEARCH_MAX_QUERY_BYTES = 256 };

struct search;

struct search_hit {
    int matter; /* place in the matter set */
    int score;  /* larger is better; comparable within one answer only */
};

/**
 * @param words   text of words.json, may be NULL; its mistakes are complained about and left out
 * @param pinyin  text of assets/search/pinyin.tsv, may be NULL: then no pinyin
 * @param set     borrowed for the life of the search
 * @param ret     always set, also with mistakes; owned by the caller
 * @return 0, or ERR_MATTER_FILE when words.json has mistakes
 * Blocks: no I/O; builds the index: 1000 matters take some 40 ms and 3 MB on a desktop processor.
 */
int search_build(const struct matter_set *set, const char *words, size_t words_len,
                 const char *words_file, const char *pinyin, size_t pinyin_len,
                 struct matter_complaint *complaints, size_t cap, size_t *ret_n_complaints,
                 struct search **ret) YJ_CHECK;
void search_free(struct search *s);

/**
 * @param query  UTF-8, cut at SEARCH_MAX_QUERY_BYTES; any bytes are harmless; may be NULL
 * @param day    YYYYMMDD: matters that are not valid on it are left out; 0: none is
 * @param ret    best first
 * @return number of hits, 0 when nothing fits
 */
size_t search_find(const struct search *s, const char *query, int day,
                   struct search_hit ret[SEARCH_MAX_HITS]);

#endif

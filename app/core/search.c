/* SPDX-License-Identifier: Apache-2.0 */
/* Finding a matter by ordinary words (docs/search.md): the search as a whole and the order of its
 * answer. What was typed becomes guesses (search_guess.c), guesses become scores (search_score.c).
 * No I/O; any thread. */
#include "core/search.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/search_priv.h"

/* Hits below this share of the best are left out. */
static const float MIN_OF_BEST = 0.22f;
static const float SCORE_UNIT = 1000.0f;

/* Better first; of equals the one that can be handed in, then by code. */
static bool is_before(const struct search *s, struct search_hit a, struct search_hit b)
{
    const struct matter *x = matter_set_at(s->set, (size_t)a.matter);
    const struct matter *y = matter_set_at(s->set, (size_t)b.matter);
    if (a.score != b.score)
        return a.score > b.score;
    if (x->status != y->status)
        return x->status < y->status;
    return strcmp(x->code, y->code) < 0;
}

static size_t rank(const struct search *s, const float *score, int day,
                   struct search_hit ret[SEARCH_MAX_HITS])
{
    size_t n = 0;
    float most = 0;
    for (size_t m = 0; m < s->n_matters; m++) {
        if (score[m] <= 0 || (day && !matter_is_valid_on(matter_set_at(s->set, m), day)))
            continue;
        most = score[m] > most ? score[m] : most;
        struct search_hit hit = {.matter = (int)m, .score = (int)(score[m] * SCORE_UNIT)};
        size_t at = n;
        while (at > 0 && is_before(s, hit, ret[at - 1]))
            at--;
        if (at == SEARCH_MAX_HITS)
            continue;
        size_t moved = (n < SEARCH_MAX_HITS ? n : SEARCH_MAX_HITS - 1) - at;
        memmove(ret + at + 1, ret + at, moved * sizeof *ret);
        ret[at] = hit;
        n += n < SEARCH_MAX_HITS;
    }
    while (n > 0 && (float)ret[n - 1].score < most * MIN_OF_BEST * SCORE_UNIT)
        n--;
    return n;
}

size_t search_find(const struct search *s, const char *query, int day,
                   struct search_hit ret[SEARCH_MAX_HITS])
{
    size_t len = query ? strnlen(query, SEARCH_MAX_QUERY_BYTES) : 0;
    YJ_CLEANUP(cleanup_free) struct marks *typed = mem_zalloc(1, sizeof *typed);
    marks_read(s->sounds, query, len, typed);
    if (!typed->n || !s->n_matters)
        return 0;
    YJ_CLEANUP(cleanup_free) struct guess *guess = mem_zalloc(GUESSES_MAX, sizeof *guess);
    size_t n_guesses = search_guess(s, typed, guess);
    YJ_CLEANUP(cleanup_free) float *score = mem_zalloc(s->n_matters, sizeof *score);
    search_score(s, guess, n_guesses, score);
    return rank(s, score, day, ret);
}

int search_build(const struct matter_set *set, const char *words, size_t words_len,
                 const char *words_file, const char *pinyin, size_t pinyin_len,
                 struct matter_complaint *complaints, size_t cap, size_t *ret_n_complaints,
                 struct search **ret)
{
    struct words list;
    int r = words_read(set, words, words_len, words_file, complaints, cap, ret_n_complaints, &list);
    struct search *s = mem_zalloc(1, sizeof *s);
    s->set = set;
    s->n_matters = matter_set_count(set);
    s->sounds = sounds_new(pinyin, pinyin_len);
    search_index(s, &list);
    search_spell(s, &list);
    words_free(&list);
    *ret = s;
    return r;
}

void search_free(struct search *s)
{
    if (!s)
        return;
    sounds_free(s->sounds);
    map_free(&s->token_of);
    map_free(&s->word_of);
    map_free(&s->sound_of);
    map_free(&s->pair_of);
    free(s->token);
    free(s->posting);
    free(s->unit);
    free(s->pair);
    free(s->longest);
    free(s->pool);
    free(s->spelled);
    free(s->spelling);
    free(s->by_initials);
    free(s);
}

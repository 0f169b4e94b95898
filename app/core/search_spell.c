/* SPDX-License-Identifier: Apache-2.0 */
/* How names, aliases, leads, words and tasks are spelled in letters: what somebody who types
 * pinyin wrongly, or only the initials, is compared with. Built in one go; no I/O. */
#include "core/search_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { MAX_CHARS = 16, MAX_SPELLINGS = 6 };

struct speller {
    struct search *s;
    struct map seen; /* characters → 1 */
    struct marks marks;
};

static void put_char(struct search *s, char c)
{
    s->spelled = search_grow(s->spelled, s->n_spelled, &s->cap_spelled, 1);
    s->spelled[s->n_spelled++] = c;
}

/* One spelling: the first reading of each character, but reading `other` of character `which`. */
static void add_spelling(struct search *s, const struct mark *mark, size_t n, size_t which,
                         size_t other, struct spelling one)
{
    one.letters = (uint32_t)s->n_spelled;
    size_t letters = 0;
    char initial[MAX_CHARS];
    for (size_t i = 0; i < n; i++) {
        size_t n_readings = 0;
        const uint16_t *reading = sounds_of(s->sounds, mark[i].ch, &n_readings);
        const char *syllable = s->sounds->syllable[reading[i == which ? other : 0]];
        initial[i] = syllable[0];
        for (; *syllable && letters < ENTRY_MAX_LETTERS; syllable++, letters++) {
            put_char(s, *syllable);
            one.mask |= 1u << (*syllable - 'a');
        }
    }
    put_char(s, '\0');
    one.n_letters = (uint8_t)letters;
    one.initials = (uint32_t)s->n_spelled;
    for (size_t i = 0; i < n; i++)
        put_char(s, initial[i]);
    put_char(s, '\0');
    s->spelling = search_grow(s->spelling, s->n_spellings, &s->cap_spellings, sizeof *s->spelling);
    s->spelling[s->n_spellings++] = one;
}

/* A text without gaps, 2 to MAX_CHARS characters that all have a reading. */
static void add_entry(struct speller *sp, const struct mark *mark, size_t n, uint8_t rank)
{
    struct search *s = sp->s;
    uint32_t code[MAX_CHARS];
    if (n < 2 || n > MAX_CHARS)
        return;
    for (size_t i = 0; i < n; i++) {
        size_t n_readings = 0;
        (void)sounds_of(s->sounds, mark[i].ch, &n_readings);
        if (!n_readings)
            return;
        code[i] = mark[i].ch;
    }
    uint64_t hash = search_hash(code, n, 2);
    if (map_get(&sp->seen, hash) != UINT32_MAX)
        return;
    map_put(&sp->seen, hash, 1);
    struct spelling one = {.text = (uint32_t)s->n_pool, .n = (uint32_t)n, .rank = rank};
    for (size_t i = 0; i < n; i++) {
        s->pool = search_grow(s->pool, s->n_pool, &s->cap_pool, sizeof *s->pool);
        s->pool[s->n_pool++] = mark[i].ch;
    }
    add_spelling(s, mark, n, 0, 0, one);
    size_t n_spellings = 1;
    for (size_t i = 0; i < n; i++) {
        size_t n_readings = 0;
        (void)sounds_of(s->sounds, mark[i].ch, &n_readings);
        for (size_t k = 1; k < n_readings && n_spellings < MAX_SPELLINGS; k++, n_spellings++)
            add_spelling(s, mark, n, i, k, one);
    }
}

static void add_text(struct speller *sp, const char *text, uint8_t rank)
{
    struct marks *t = &sp->marks;
    marks_read(sp->s->sounds, text, strlen(text), t);
    for (size_t at = 0, i = 0; i <= t->n; i++)
        if (i == t->n || !t->mark[i].ch) {
            add_entry(sp, t->mark + at, i - at, rank);
            at = i + 1;
        }
}

static int compare_spellings(const void *a, const void *b)
{
    const struct spelling *x = a, *y = b;
    if (x->n_letters != y->n_letters)
        return x->n_letters - y->n_letters;
    if (x->rank != y->rank)
        return x->rank - y->rank;
    return x->letters < y->letters ? -1 : 1;
}

/* A spelling with its initials at hand, as qsort knows nothing but the elements. */
struct keyed {
    const char *initials;
    uint32_t spelling;
    uint8_t rank;
};

static int compare_initials(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;
    int order = strcmp(x->initials, y->initials);
    if (order)
        return order;
    if (x->rank != y->rank)
        return x->rank - y->rank;
    return x->spelling < y->spelling ? -1 : 1;
}

static void sort_all(struct search *s)
{
    size_t n = s->n_spellings;
    if (n)
        qsort(s->spelling, n, sizeof *s->spelling, compare_spellings);
    for (size_t i = n; i-- > 0;)
        s->by_letters[s->spelling[i].n_letters] = (uint32_t)i;
    s->by_letters[ENTRY_MAX_LETTERS + 1] = (uint32_t)n;
    for (size_t len = ENTRY_MAX_LETTERS + 1; len-- > 0;)
        if (s->by_letters[len] == UINT32_MAX)
            s->by_letters[len] = s->by_letters[len + 1];
    YJ_CLEANUP(cleanup_free) struct keyed *keyed = mem_zalloc(n + 1, sizeof *keyed);
    for (size_t i = 0; i < n; i++)
        keyed[i] = (struct keyed){.initials = s->spelled + s->spelling[i].initials,
                                  .spelling = (uint32_t)i,
                                  .rank = s->spelling[i].rank};
    qsort(keyed, n, sizeof *keyed, compare_initials);
    s->by_initials = mem_zalloc(n + 1, sizeof *s->by_initials);
    for (size_t i = 0; i < n; i++)
        s->by_initials[i] = keyed[i].spelling;
}

void search_spell(struct search *s, const struct words *words)
{
    YJ_CLEANUP(cleanup_free) struct speller *sp = mem_zalloc(1, sizeof *sp);
    sp->s = s;
    memset(s->by_letters, 0xFF, sizeof s->by_letters);
    for (size_t i = 0; i < s->n_matters; i++)
        add_text(sp, matter_set_at(s->set, i)->name, 0);
    for (size_t i = 0; i < s->n_matters; i++) {
        const struct matter *m = matter_set_at(s->set, i);
        for (size_t k = 0; k < m->n_aliases; k++)
            add_text(sp, m->alias[k], 1);
    }
    for (size_t i = 0; i < words->n_leads; i++)
        for (size_t k = 0; k < words->lead[i].n_say; k++)
            add_text(sp, words->lead[i].say[k], 2);
    for (size_t i = 0; i < words->n_same; i++)
        for (size_t k = 0; k < words->same[i].n_words; k++)
            add_text(sp, words->same[i].word[k], 2);
    for (size_t i = 0; i < s->n_matters; i++) {
        const struct matter *m = matter_set_at(s->set, i);
        for (size_t k = 0; k < m->n_tasks; k++)
            add_text(sp, m->task[k].name, 3);
    }
    map_free(&sp->seen);
    sort_all(s);
}

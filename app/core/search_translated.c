/* SPDX-License-Identifier: Apache-2.0 */
/* Finding a matter by words of another language: those of the translations of a set's texts
 * (docs/search.md, "Other languages"). No index: some hundred short texts are looked through, word
 * by word; allocates nothing. Any thread.
 *
 * Words are runs of letters and digits, capitals like small ones, a last "s" left out. The last
 * word that was typed may be the beginning of one. */
#include <string.h>

#include "core/catalogue.h"

enum { MAX_WORDS = 8, MIN_LETTERS = 2, MIN_BEGINNING = 3 };

static const float NAME = 1.0f, ALIAS = 0.95f, TASK = 0.62f, SUMMARY = 0.5f, QUESTION = 0.22f,
                   MATERIAL = 0.2f, NOTE = 0.18f;
static const float BEGINNING = 0.9f; /* of a word's weight, when only its beginning was typed */
static const float WORTH = 0.5f;     /* less of the words than this: no hit */
static const float MIN_OF_BEST = 0.3f;
static const float SCORE_UNIT = 1000.0f;

struct word {
    const char *at;
    size_t n;
};

struct looking {
    const struct catalogue *c;
    const char *language;
    struct word word[MAX_WORDS];
    size_t n;
    bool is_open;         /* the last word may go on */
    float met[MAX_WORDS]; /* in the present matter: the best text each word stands in */
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           ((unsigned char)c & 0x80);
}

static char small(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* @return behind the next word of a text; ret->n 0: there is none */
static const char *next_word(const char *text, struct word *ret)
{
    while (*text && !is_letter(*text))
        text++;
    ret->at = text;
    while (is_letter(*text))
        text++;
    ret->n = (size_t)(text - ret->at);
    return text;
}

/* Letters without the "s" of several. */
static size_t stem(const struct word *w)
{
    return w->n > 3 && small(w->at[w->n - 1]) == 's' ? w->n - 1 : w->n;
}

static bool begins(const struct word *w, const struct word *with, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (i == w->n || small(w->at[i]) != small(with->at[i]))
            return false;
    return true;
}

/* Words that stand everywhere and say nothing. */
static bool is_noise(const struct word *w)
{
    static const char *const noise[] = {"the", "and", "for", "to",   "of",   "in",  "a",   "an",
                                        "my",  "is",  "on",  "how",  "i",    "me",  "get", "do",
                                        "at",  "or",  "can", "with", "want", "need"};
    for (size_t i = 0; i < YJ_COUNT(noise); i++)
        if (w->n == strlen(noise[i]) && begins(w, &(struct word){noise[i], w->n}, w->n))
            return true;
    return w->n < MIN_LETTERS;
}

static void read_query(struct looking *l, const char *query)
{
    struct word w;
    const char *at = next_word(query, &w);
    for (; w.n && l->n < MAX_WORDS; at = next_word(at, &w)) {
        if (!is_noise(&w))
            l->word[l->n++] = w;
        l->is_open = !*at && l->n && l->word[l->n - 1].at == w.at && w.n >= MIN_BEGINNING;
    }
}

static void look(struct looking *l, const char *text, float weight)
{
    const char *said = catalogue_translate(l->c, l->language, text);
    struct word w;
    if (!text || said == text)
        return;
    for (const char *at = next_word(said, &w); w.n; at = next_word(at, &w))
        for (size_t i = 0; i < l->n; i++) {
            const struct word *typed = &l->word[i];
            bool is_whole = stem(typed) == stem(&w) && begins(&w, typed, stem(typed));
            bool may_go_on = l->is_open && i + 1 == l->n && begins(&w, typed, typed->n);
            float worth = is_whole ? weight : may_go_on ? weight * BEGINNING : 0;
            if (worth > l->met[i])
                l->met[i] = worth;
        }
}

/* @return how well a matter fits, 0: not at all */
static float score(struct looking *l, const struct matter *m)
{
    float sum = 0;
    size_t n_met = 0;
    memset(l->met, 0, sizeof l->met);
    look(l, m->name, NAME);
    look(l, m->summary, SUMMARY);
    for (size_t i = 0; i < m->n_aliases; i++)
        look(l, m->alias[i], ALIAS);
    for (size_t i = 0; i < m->n_tasks; i++) {
        look(l, m->task[i].name, TASK);
        look(l, m->task[i].result, MATERIAL);
    }
    for (size_t i = 0; i < m->n_vars; i++)
        if (m->var[i].is_question)
            look(l, m->var[i].label, QUESTION);
    for (size_t i = 0; i < m->n_materials; i++)
        look(l, m->material[i].name, MATERIAL);
    for (size_t i = 0; i < m->n_notes; i++)
        look(l, m->note[i], NOTE);
    for (size_t i = 0; i < l->n; i++) {
        sum += l->met[i];
        n_met += l->met[i] > 0;
    }
    return (float)n_met < WORTH * (float)l->n ? 0 : sum / (float)l->n;
}

static bool is_before(const struct catalogue *c, struct search_hit a, struct search_hit b)
{
    const struct matter *x = matter_set_at(c->matters, (size_t)a.matter);
    const struct matter *y = matter_set_at(c->matters, (size_t)b.matter);
    if (a.score != b.score)
        return a.score > b.score;
    return x->status != y->status ? x->status < y->status : strcmp(x->code, y->code) < 0;
}

size_t search_find_translated(const struct catalogue *c, const char *language, const char *query,
                              int day, struct search_hit ret[SEARCH_MAX_HITS])
{
    struct looking l = {.c = c, .language = language};
    size_t n = 0, n_matters = matter_set_count(c->matters);
    read_query(&l, query);
    for (size_t i = 0; l.n && i < n_matters; i++) {
        const struct matter *m = matter_set_at(c->matters, i);
        if (day && !matter_is_valid_on(m, day))
            continue;
        struct search_hit hit = {.matter = (int)i, .score = (int)(score(&l, m) * SCORE_UNIT)};
        size_t at = n;
        while (at > 0 && is_before(c, hit, ret[at - 1]))
            at--;
        if (!hit.score || at == SEARCH_MAX_HITS)
            continue;
        size_t moved = (n < SEARCH_MAX_HITS ? n : SEARCH_MAX_HITS - 1) - at;
        memmove(ret + at + 1, ret + at, moved * sizeof *ret);
        ret[at] = hit;
        n += n < SEARCH_MAX_HITS;
    }
    while (n > 0 && (float)ret[n - 1].score < (float)ret[0].score * MIN_OF_BEST)
        n--;
    return n;
}

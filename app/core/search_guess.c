/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody may have meant who typed letters: whole syllables cut from either side, a word
 * spelled with a mistake or two, the initials of a word or of two words. No I/O; any thread. */
#include "core/search_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
    MAX_SYLLABLES = 32,
    MAX_RUNS = 8,      /* of letters that are looked at; nobody types more */
    MIN_LETTERS_1 = 5, /* so many letters for one mistake */
    MIN_LETTERS_2 = 9, /* and for two */
    MIN_CHARS = 4,     /* so many characters for one that is wrong */
    MAX_NEAR = 5,
    MAX_EXACT_INITIALS = 6,
    MAX_PREFIX_INITIALS = 4,
    MAX_INNER_INITIALS = 4,
};

static const float DISTANCE_FACTOR[] = {1.0f, 0.85f, 0.7f};
static const float INITIALS_FACTOR[] = {1.0f, 0.97f, 0.87f, 0.75f}; /* by rank */
static const float PREFIX_FACTOR = 0.85f, INNER_FACTOR = 0.8f, TWO_WORDS_FACTOR = 0.75f,
                   WRONG_CHARACTER_FACTOR = 0.45f;

struct guessing {
    const struct search *s;
    struct guess *ret;
    size_t n;
};

/* Letters that run into each other but for blanks become one run. @return false: nothing to do. */
static bool join_runs(const struct marks *typed, struct marks *ret)
{
    *ret = *typed;
    ret->n = ret->n_runs = 0;
    bool is_joined = false;
    size_t next = 0;
    for (size_t i = 0; i < typed->n; i++) {
        bool is_run = next < typed->n_runs && typed->run[next].mark == i;
        const struct run *run = is_run ? &typed->run[next++] : NULL;
        struct run *last = ret->n_runs ? &ret->run[ret->n_runs - 1] : NULL;
        if (run && last && run->is_alpha && last->is_alpha && last->mark + 1 == ret->n) {
            last->n += run->n; /* letters of all runs stand one after the other */
            is_joined = true;
            continue;
        }
        if (run) {
            ret->run[ret->n_runs] = *run;
            ret->run[ret->n_runs++].mark = ret->n;
        }
        ret->mark[ret->n++] = typed->mark[i];
    }
    return is_joined;
}

/* Add marks for a run: its syllables, or the run itself. @return whether it could be cut */
static bool put_run(const struct search *s, const struct marks *t, const struct run *run,
                    bool from_left, struct guess *g)
{
    uint16_t syllable[MAX_SYLLABLES];
    size_t n = 0;
    if (run->is_alpha)
        n = sounds_cut(s->sounds, t->letters + run->at, run->n, from_left, syllable, MAX_SYLLABLES);
    if (n > 0 && g->n + n <= MARKS_MAX)
        for (size_t i = 0; i < n; i++)
            g->mark[g->n++] = (struct mark){.syllable = (uint16_t)(syllable[i] + 1)};
    else if (g->n < MARKS_MAX)
        g->mark[g->n++] = t->mark[run->mark];
    return n > 0;
}

static bool is_known(const struct guessing *g, const struct guess *one)
{
    for (size_t i = 0; i < g->n; i++)
        if (g->ret[i].n == one->n && !memcmp(g->ret[i].mark, one->mark, one->n * sizeof *one->mark))
            return true;
    return false;
}

/**
 * Add a guess in which one run is replaced by characters and the others are cut.
 * @param which  number of the run; n_runs: none is replaced
 */
static void add_guess(struct guessing *g, const struct marks *t, size_t which,
                      const struct mark *with, size_t n_with, bool from_left, float factor)
{
    if (g->n == GUESSES_MAX)
        return;
    struct guess *one = &g->ret[g->n];
    one->n = 0;
    one->factor = factor;
    bool is_new = which < t->n_runs;
    size_t next = 0;
    for (size_t i = 0; i < t->n && one->n < MARKS_MAX; i++) {
        bool is_run = next < t->n_runs && t->run[next].mark == i;
        if (!is_run) {
            one->mark[one->n++] = t->mark[i];
        } else if (next == which) {
            for (size_t k = 0; k < n_with && one->n < MARKS_MAX; k++)
                one->mark[one->n++] = with[k];
        } else {
            is_new = put_run(g->s, t, &t->run[next], from_left, one) || is_new;
        }
        next += is_run;
    }
    if (is_new && !is_known(g, one))
        g->n++;
}

static size_t put_text(const struct search *s, const struct spelling *sp, struct mark *ret)
{
    for (size_t i = 0; i < sp->n; i++)
        ret[i] = (struct mark){.ch = s->pool[sp->text + i]};
    return sp->n;
}

/* Restricted Damerau-Levenshtein distance, or most + 1 when it is larger. */
static int distance(const char *a, size_t n_a, const char *b, size_t n_b, int most)
{
    int row[3][ENTRY_MAX_LETTERS + 1];
    for (size_t j = 0; j <= n_b; j++)
        row[0][j] = (int)j;
    for (size_t i = 1; i <= n_a; i++) {
        int *now = row[i % 3], *last = row[(i + 2) % 3], *before = row[(i + 1) % 3];
        int least = now[0] = (int)i;
        for (size_t j = 1; j <= n_b; j++) {
            int d = last[j - 1] + (a[i - 1] != b[j - 1]);
            d = last[j] + 1 < d ? last[j] + 1 : d;
            d = now[j - 1] + 1 < d ? now[j - 1] + 1 : d;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                before[j - 2] + 1 < d)
                d = before[j - 2] + 1;
            now[j] = d;
            least = d < least ? d : least;
        }
        if (least > most)
            return most + 1;
    }
    return row[n_a % 3][n_b];
}

struct near {
    uint32_t spelling;
    int distance;
};

/* Nearer first, then by rank, then as in the index; one of each text. */
static size_t put_near(const struct search *s, struct near *near, size_t n, struct near one)
{
    const struct spelling *sp = &s->spelling[one.spelling];
    for (size_t i = 0; i < n; i++)
        if (s->spelling[near[i].spelling].text == sp->text)
            return n;
    size_t at = n;
    while (at > 0 && (near[at - 1].distance > one.distance ||
                      (near[at - 1].distance == one.distance &&
                       s->spelling[near[at - 1].spelling].rank > sp->rank)))
        at--;
    if (at == MAX_NEAR)
        return n;
    size_t moved = n < MAX_NEAR ? n - at : MAX_NEAR - 1 - at;
    memmove(near + at + 1, near + at, moved * sizeof *near);
    near[at] = one;
    return n < MAX_NEAR ? n + 1 : n;
}

static int count_bits(uint32_t bits)
{
    int n = 0;
    for (; bits; bits &= bits - 1)
        n++;
    return n;
}

static size_t find_near(const struct search *s, const char *letters, size_t n,
                        struct near ret[MAX_NEAR])
{
    int most = n >= MIN_LETTERS_2 ? 2 : n >= MIN_LETTERS_1 ? 1 : 0;
    if (n < 3 || n > ENTRY_MAX_LETTERS - 2)
        return 0;
    uint32_t mask = 0;
    for (size_t i = 0; i < n; i++)
        mask |= 1u << (letters[i] - 'a');
    size_t n_near = 0;
    for (uint32_t i = s->by_letters[n - (size_t)most]; i < s->by_letters[n + (size_t)most + 1];
         i++) {
        const struct spelling *sp = &s->spelling[i];
        if (count_bits(mask ^ sp->mask) > 2 * most)
            continue;
        int d = distance(letters, n, s->spelled + sp->letters, sp->n_letters, most);
        if (d <= most)
            n_near = put_near(s, ret, n_near, (struct near){i, d});
    }
    return n_near;
}

/* @return first place in by_initials that is not before the letters. */
static size_t initials_from(const struct search *s, const char *letters, size_t n)
{
    size_t low = 0, high = s->n_spellings;
    while (low < high) {
        size_t mid = (low + high) / 2;
        const char *initials = s->spelled + s->spelling[s->by_initials[mid]].initials;
        if (strncmp(initials, letters, n) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* @return whether place i of by_initials begins with the letters; is_whole: and ends there. */
static bool initials_are(const struct search *s, size_t i, const char *letters, size_t n,
                         bool *ret_is_whole)
{
    if (i >= s->n_spellings)
        return false;
    const char *initials = s->spelled + s->spelling[s->by_initials[i]].initials;
    *ret_is_whole = strlen(initials) == n;
    return !strncmp(initials, letters, n);
}

/* Initials from the middle of a name or an alias: ylj of 领养老金. */
static void guess_inner_initials(struct guessing *g, const struct marks *t, size_t which)
{
    const struct search *s = g->s;
    char letters[WORD_MAX_CHARS + 1] = "";
    struct mark mark[WORD_MAX_CHARS];
    size_t n = t->run[which].n, n_found = 0;
    memcpy(letters, t->letters + t->run[which].at, n);
    for (size_t i = 0; i < s->n_spellings && n_found < MAX_INNER_INITIALS; i++) {
        const struct spelling *sp = &s->spelling[i];
        const char *initials = s->spelled + sp->initials;
        const char *at = sp->rank <= 1 && sp->n > n ? strstr(initials, letters) : NULL;
        if (!at)
            continue;
        (void)put_text(s, sp, mark);
        add_guess(g, t, which, mark + (at - initials), n, true, INNER_FACTOR);
        n_found++;
    }
}

static void guess_initials(struct guessing *g, const struct marks *t, size_t which)
{
    const struct search *s = g->s;
    const char *letters = t->letters + t->run[which].at;
    size_t n = t->run[which].n, n_exact = 0, n_prefix = 0;
    struct mark mark[2 * WORD_MAX_CHARS];
    bool is_whole = false;
    if (n < 2 || n > WORD_MAX_CHARS)
        return;
    for (size_t i = initials_from(s, letters, n); initials_are(s, i, letters, n, &is_whole); i++) {
        if (is_whole ? n_exact++ >= MAX_EXACT_INITIALS : n < 3 || n_prefix++ >= MAX_PREFIX_INITIALS)
            continue;
        const struct spelling *sp = &s->spelling[s->by_initials[i]];
        size_t n_marks = put_text(s, sp, mark);
        add_guess(g, t, which, mark, n < n_marks ? n : n_marks, true,
                  is_whole ? INITIALS_FACTOR[sp->rank] : PREFIX_FACTOR);
    }
    if (n_exact == 0 && n_prefix == 0 && n >= 3)
        guess_inner_initials(g, t, which);
    for (size_t k = 2; n_exact == 0 && k + 2 <= n; k++) {
        bool is_second = false;
        size_t a = initials_from(s, letters, k), b = initials_from(s, letters + k, n - k);
        if (!initials_are(s, a, letters, k, &is_whole) || !is_whole ||
            !initials_are(s, b, letters + k, n - k, &is_second) || !is_second)
            continue;
        size_t n_marks = put_text(s, &s->spelling[s->by_initials[a]], mark);
        n_marks += put_text(s, &s->spelling[s->by_initials[b]], mark + n_marks);
        add_guess(g, t, which, mark, n_marks, true, TWO_WORDS_FACTOR);
    }
}

static void guess_letters(struct guessing *g, const struct marks *t)
{
    struct near near[MAX_NEAR];
    struct mark mark[WORD_MAX_CHARS];
    add_guess(g, t, t->n_runs, NULL, 0, true, 1);
    add_guess(g, t, t->n_runs, NULL, 0, false, 1);
    for (size_t r = 0; r < t->n_runs && r < MAX_RUNS; r++) {
        const struct run *run = &t->run[r];
        if (!run->is_alpha)
            continue;
        size_t n = find_near(g->s, t->letters + run->at, run->n, near);
        for (size_t i = 0; i < n; i++)
            add_guess(g, t, r, mark, put_text(g->s, &g->s->spelling[near[i].spelling], mark), true,
                      DISTANCE_FACTOR[near[i].distance]);
        guess_initials(g, t, r);
    }
}

/* One wrong character in something with a name of MIN_CHARS or more. */
static void guess_characters(struct guessing *g, const struct marks *t)
{
    const struct search *s = g->s;
    struct mark mark[WORD_MAX_CHARS];
    if (t->n < MIN_CHARS || t->n > WORD_MAX_CHARS)
        return;
    for (size_t i = 0; i < s->n_spellings && g->n < GUESSES_MAX; i++) {
        const struct spelling *sp = &s->spelling[i];
        size_t n_wrong = 0;
        for (size_t k = 0; sp->n == t->n && k < t->n && n_wrong < 2; k++)
            n_wrong += s->pool[sp->text + k] != t->mark[k].ch;
        if (sp->n != t->n || n_wrong != 1)
            continue;
        struct guess *one = &g->ret[g->n];
        one->n = put_text(s, sp, mark);
        one->factor = WRONG_CHARACTER_FACTOR;
        memcpy(one->mark, mark, one->n * sizeof *mark);
        g->n += !is_known(g, one);
    }
}

size_t search_guess(const struct search *s, const struct marks *typed,
                    struct guess ret[GUESSES_MAX])
{
    struct guessing g = {.s = s, .ret = ret, .n = 1};
    memcpy(ret[0].mark, typed->mark, typed->n * sizeof *typed->mark);
    ret[0].n = typed->n;
    ret[0].factor = 1;
    bool has_letters = false;
    for (size_t i = 0; i < typed->n_runs; i++)
        has_letters = has_letters || typed->run[i].is_alpha;
    if (!has_letters) {
        guess_characters(&g, typed);
        return g.n;
    }
    YJ_CLEANUP(cleanup_free) struct marks *joined = mem_zalloc(1, sizeof *joined);
    if (join_runs(typed, joined))
        guess_letters(&g, joined);
    guess_letters(&g, typed);
    return g.n;
}

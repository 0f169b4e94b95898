/* SPDX-License-Identifier: Apache-2.0 */
/* What a query gives each matter (docs/search.md). A guess is cut into slots: two characters that
 * stand together, a word of words.json, a run of letters, a character. Each slot gives its weight
 * to the matters in which it stands, times the weight of the best text there; a text that is met as
 * a whole gives its matter more. What is met too little is nothing. No I/O; any thread. */
#include "core/search_priv.h"

#include <string.h>

#include "base/mem.h"

/* How much a slot counts that is met through something else than what was typed. */
static const float SAME_SOUND = 0.7f, /* 育而 for 育儿, when 育而 stands nowhere */
    SAME_SOUND_TOO = 0.25f,           /* when it does */
    ALIKE = 0.75f,                    /* of that: the sound is only alike */
    ONLY_CHARACTER = 4,               /* 死, and nothing else */
    SOUND_WORD = 0.6f;                /* a word of words.json by its sound */
/* What a slot weighs that stands nowhere. */
static const float UNKNOWN = 0.8f;
static const float WHOLE_TEXT = 0.8f; /* share of the best text beside the sum of the slots */
static const float STATUS_FACTOR[] = {
    [MATTER_OPEN] = 1.0f, [MATTER_GUIDE] = 0.97f, [MATTER_LISTED] = 0.93f};
/* Fit for an answer: so much of the query is met, or so much of a name, alias or lead. */
static const float MIN_COVER = 0.46f, MIN_WHOLE = 0.72f, MIN_SUM = 0.3f;

/* What a query gathers. */
struct tally {
    const struct search *s;
    float *unit;                /* by unit: weights of its tokens that are met */
    float *sum, *met;           /* by matter: weights times field; weights alone */
    float *slot_sum, *slot_met; /* by matter: the best of the slot that is looked at */
    uint32_t *slot;             /* by matter: which slot that is */
    uint32_t *touched;          /* units with something in them */
    size_t n_touched;
    uint32_t n_slots;
    float all; /* weights of all slots */
    float slot_best;
    float *best; /* by matter: over all guesses */
};

static void slot_begin(struct tally *t)
{
    t->n_slots++;
    t->slot_best = 0;
}

/* A token that the slot stands for, with a factor below 1 when it is not what was typed. */
static void slot_meet(struct tally *t, uint32_t token, float factor)
{
    const struct search *s = t->s;
    const struct token *tok = &s->token[token];
    float weight = tok->weight * factor;
    if (tok->weight > t->slot_best)
        t->slot_best = tok->weight;
    for (uint32_t i = tok->first; i < tok->first + tok->n; i++) {
        const struct unit *u = &s->unit[s->posting[i]];
        uint32_t m = u->matter;
        if (t->slot[m] != t->n_slots) {
            t->slot[m] = t->n_slots;
            t->slot_sum[m] = t->slot_met[m] = 0;
        }
        if (weight * u->weight > t->slot_sum[m]) {
            t->sum[m] += weight * u->weight - t->slot_sum[m];
            t->slot_sum[m] = weight * u->weight;
        }
        if (weight > t->slot_met[m] && u->field <= FIELD_QUESTION) {
            t->met[m] += weight - t->slot_met[m];
            t->slot_met[m] = weight;
        }
        if (t->unit[s->posting[i]] == 0)
            t->touched[t->n_touched++] = s->posting[i];
        t->unit[s->posting[i]] += weight;
    }
}

static void slot_end(struct tally *t, float unknown, float share)
{
    t->all += share * (t->slot_best > 0 ? t->slot_best : unknown);
}

/* The readings of a mark: of its character, or the one that was typed. */
static const uint16_t *readings_of(const struct search *s, const struct mark *m, uint16_t *syllable,
                                   size_t *ret_n)
{
    if (m->ch)
        return sounds_of(s->sounds, m->ch, ret_n);
    *ret_n = m->syllable ? 1 : 0;
    *syllable = (uint16_t)(m->syllable - 1);
    return syllable;
}

static bool has_reading(const struct search *s, uint16_t ch, const uint16_t *any, size_t n_any)
{
    size_t n = 0;
    const uint16_t *reading = sounds_of(s->sounds, ch, &n);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n_any; k++)
            if (reading[i] == any[k])
                return true;
    return false;
}

/* All pairs that sound like these two marks. */
static void meet_sounds(struct tally *t, const struct mark *m, uint32_t exact, float factor)
{
    const struct search *s = t->s;
    uint16_t syllable[2];
    size_t n_a = 0, n_b = 0;
    const uint16_t *a = readings_of(s, &m[0], &syllable[0], &n_a);
    const uint16_t *b = readings_of(s, &m[1], &syllable[1], &n_b);
    for (size_t i = 0; i < n_a; i++)
        for (size_t j = 0; j < n_b; j++) {
            uint64_t key = 1 + ((uint64_t)s->sounds->alike[a[i]] << 16 | s->sounds->alike[b[j]]);
            for (uint32_t p = map_get(&s->pair_of, key); p != UINT32_MAX; p = s->pair[p].next) {
                const struct pair *pair = &s->pair[p];
                bool is_same =
                    has_reading(s, pair->ch[0], a, n_a) && has_reading(s, pair->ch[1], b, n_b);
                if (pair->token != exact)
                    slot_meet(t, pair->token, is_same ? factor : factor * ALIKE);
            }
        }
}

/* @param share    of its weight that counts, as words.json knows what it says
 * @param unknown  what it weighs when it stands nowhere; 0: inside a word, which is counted already
 */
static void look_at_pair(struct tally *t, const struct mark *m, float share, float unknown)
{
    bool is_typed = m[0].ch && m[1].ch;
    uint32_t exact = UINT32_MAX;
    if (is_typed)
        exact = map_get(&t->s->token_of, search_key(KEY_PAIR, m[0].ch, m[1].ch));
    slot_begin(t);
    if (exact != UINT32_MAX)
        slot_meet(t, exact, share);
    float sound = !is_typed ? 1 : exact == UINT32_MAX ? SAME_SOUND : SAME_SOUND_TOO;
    meet_sounds(t, m, exact, sound * share);
    slot_end(t, unknown, unknown > 0 ? share : 0);
}

static void look_at_one(struct tally *t, enum key_kind kind, uint32_t what, float factor,
                        float unknown)
{
    uint32_t token = map_get(&t->s->token_of, search_key(kind, what, 0));
    slot_begin(t);
    if (token != UINT32_MAX)
        slot_meet(t, token, factor);
    slot_end(t, unknown, 1);
}

static bool has_sound(const struct mark *m)
{
    return m->ch || m->syllable;
}

/* Is one of these pairs of characters not in the index? */
static bool has_unknown_pair(const struct search *s, const struct mark *mark, size_t n)
{
    for (size_t i = 0; i + 1 < n; i++)
        if (!mark[i].ch || !mark[i + 1].ch ||
            map_get(&s->token_of, search_key(KEY_PAIR, mark[i].ch, mark[i + 1].ch)) == UINT32_MAX)
            return true;
    return false;
}

/* A word among the marks of a guess. */
struct said {
    size_t at, n;
    uint32_t group;
    float factor; /* below 1: it only sounds like it */
};

struct listening {
    const struct search *s;
    const struct guess *guess;
    bool is_noise[MARKS_MAX];
    struct said said[MARKS_MAX];
    size_t n_said;
    uint16_t word_end[MARKS_MAX]; /* of the word that the mark belongs to; 0: none */
};

static void put_said(struct listening *l, struct said one)
{
    if (l->n_said == YJ_COUNT(l->said) ||
        map_get(&l->s->token_of, search_key(KEY_GROUP, one.group, 0)) == UINT32_MAX)
        return;
    for (size_t i = 0; i < l->n_said; i++)
        if (l->said[i].group == one.group)
            one.group = UINT32_MAX; /* said already */
    for (size_t k = one.at; k < one.at + one.n; k++)
        if (l->word_end[k] < one.at + one.n)
            l->word_end[k] = (uint16_t)(one.at + one.n);
    if (one.group != UINT32_MAX)
        l->said[l->n_said++] = one;
}

/* Words by their sound, where something is typed as it sounds or stands nowhere as it is. */
static void listen_from(struct listening *l, size_t at)
{
    const struct search *s = l->s;
    const struct mark *mark = l->guess->mark + at;
    uint32_t sound[WORD_MAX_CHARS];
    bool is_typed = true; /* as syllables */
    for (size_t len = 1; len <= WORD_MAX_CHARS && at + len <= l->guess->n; len++) {
        const struct mark *m = &mark[len - 1];
        uint16_t syllable = 0;
        size_t n_readings = 0;
        const uint16_t *reading = readings_of(s, m, &syllable, &n_readings);
        if (!n_readings || l->is_noise[at + len - 1])
            return;
        is_typed = is_typed && m->syllable;
        sound[len - 1] = s->sounds->alike[reading[0]] + 1u;
        uint32_t group = len < 2 ? UINT32_MAX : map_get(&s->sound_of, search_hash(sound, len, 1));
        if (group != UINT32_MAX && has_unknown_pair(s, mark, len))
            put_said(l, (struct said){at, len, group, is_typed ? 1 : SOUND_WORD});
    }
}

static void listen(struct listening *l)
{
    struct found found[MARKS_MAX];
    const struct guess *g = l->guess;
    size_t n = search_find_words(l->s, g->mark, g->n, l->is_noise, found, YJ_COUNT(found));
    for (size_t i = 0; i < n; i++)
        put_said(l, (struct said){found[i].at, found[i].n, found[i].value, 1});
    for (size_t i = 0; i < g->n; i++)
        listen_from(l, i);
}

static void look_at_guess(struct tally *t, const struct guess *g)
{
    struct listening l = {.s = t->s, .guess = g};
    listen(&l);
    size_t n_left = 0;
    for (size_t i = 0; i < g->n; i++)
        n_left += !l.is_noise[i] && (has_sound(&g->mark[i]) || g->mark[i].word);
    for (size_t i = 0; i < g->n; i++) {
        const struct mark *m = &g->mark[i];
        if (l.is_noise[i])
            continue;
        if (m->word)
            look_at_one(t, KEY_RUN, m->word, 1, UNKNOWN);
        if (m->ch)
            look_at_one(t, KEY_CHAR, m->ch, n_left == 1 ? ONLY_CHARACTER : 1, 0);
        if (i + 1 < g->n && has_sound(m) && has_sound(&m[1]) && !l.is_noise[i + 1])
            look_at_pair(t, m, l.word_end[i] || l.word_end[i + 1] ? SEARCH_PAIR_OF_WORD : 1,
                         l.word_end[i] > i + 1 ? 0 : UNKNOWN);
    }
    for (size_t i = 0; i < l.n_said; i++)
        look_at_one(t, KEY_GROUP, l.said[i].group, l.said[i].factor, 0);
}

/* What the guess gives each matter goes into best; the tally is empty again. */
static void settle(struct tally *t, float factor)
{
    const struct search *s = t->s;
    float *whole = t->slot_sum, *text = t->slot_met; /* not needed for slots any more */
    memset(whole, 0, s->n_matters * sizeof *whole);
    memset(text, 0, s->n_matters * sizeof *text);
    for (size_t i = 0; i < t->n_touched; i++) {
        const struct unit *u = &s->unit[t->touched[i]];
        float met = t->unit[t->touched[i]];
        t->unit[t->touched[i]] = 0;
        float part = met < u->total ? met / u->total : 1;
        float score = u->weight * met * (0.4f + 0.6f * part);
        if (score > text[u->matter])
            text[u->matter] = score;
        if (u->field <= FIELD_LEAD && part > whole[u->matter])
            whole[u->matter] = part;
    }
    for (size_t m = 0; m < s->n_matters; m++) {
        float cover = t->all > 0 ? t->met[m] / t->all : 0;
        bool is_fit = t->sum[m] >= MIN_SUM && (cover >= MIN_COVER || whole[m] >= MIN_WHOLE);
        float score = (t->sum[m] + WHOLE_TEXT * text[m]) * factor;
        score *= STATUS_FACTOR[matter_set_at(s->set, m)->status];
        if (is_fit && score > t->best[m])
            t->best[m] = score;
        t->sum[m] = t->met[m] = 0;
    }
    memset(t->slot, 0, s->n_matters * sizeof *t->slot);
    t->n_touched = 0;
    t->n_slots = 0;
    t->all = 0;
}

void search_score(const struct search *s, const struct guess *guess, size_t n_guesses, float *ret)
{
    size_t n = s->n_matters;
    YJ_CLEANUP(cleanup_free) float *numbers = mem_zalloc(n * 4 + s->n_units + 1, sizeof *numbers);
    YJ_CLEANUP(cleanup_free) uint32_t *places = mem_zalloc(n + s->n_units + 1, sizeof *places);
    struct tally t = {.s = s,
                      .sum = numbers,
                      .met = numbers + n,
                      .slot_sum = numbers + n * 2,
                      .slot_met = numbers + n * 3,
                      .unit = numbers + n * 4,
                      .slot = places,
                      .touched = places + n,
                      .best = ret};
    for (size_t i = 0; i < n_guesses; i++) {
        look_at_guess(&t, &guess[i]);
        settle(&t, guess[i].factor);
    }
}

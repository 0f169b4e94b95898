/* SPDX-License-Identifier: Apache-2.0 */
/* The index: which token stands in which text of which matter. Built in one go; no I/O.
 *
 * A text becomes tokens: two characters that stand together, groups of words.json, runs of letters
 * and, in names, aliases and leads, single characters. What says nothing (noise) makes none. */
#include "core/search_priv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* A token in a text, in the order in which they are met. */
struct met {
    uint32_t token, unit;
    float share; /* of the token's weight that belongs to the text's total */
};

struct builder {
    struct search *s;
    struct met *met;
    size_t n_met, cap_met;
    uint32_t *last_unit; /* by token: where it was met last */
    size_t cap_last;
    float boost[8]; /* by key_kind */
    struct marks marks;
};

static const float FIELD_WEIGHT[] = {
    [FIELD_NAME] = 1.0f,      [FIELD_ALIAS] = 1.0f,    [FIELD_LEAD] = 1.05f,
    [FIELD_TASK] = 0.62f,     [FIELD_SUMMARY] = 0.45f, [FIELD_STAGE] = 0.4f,
    [FIELD_QUESTION] = 0.22f, [FIELD_MATERIAL] = 0.2f, [FIELD_NOTE] = 0.18f,
    [FIELD_DEPT] = 0.15f,
};

/* The stages of the format (docs/matters.md) as people call them. */
static const char *const STAGES[][2] = {
    {"person.birth", "出生"},
    {"person.education", "教育"},
    {"person.work", "就业"},
    {"person.life", "生活"},
    {"person.home", "置业 住房"},
    {"person.travel", "出行"},
    {"person.medical", "就医"},
    {"person.relief", "救助"},
    {"person.retirement", "养老"},
    {"person.death", "身后"},
    {"business.entry", "准入准营 开店"},
    {"business.hiring", "招聘用工"},
    {"business.tax", "纳税缴费"},
    {"business.growth", "经营发展"},
    {"business.construction", "工程建设"},
    {"business.exit", "注销退出"},
};

static uint32_t token_new(struct builder *b, enum key_kind kind)
{
    struct search *s = b->s;
    s->token = search_grow(s->token, s->n_tokens, &s->cap_tokens, sizeof *s->token);
    b->last_unit = search_grow(b->last_unit, s->n_tokens, &b->cap_last, sizeof *b->last_unit);
    s->token[s->n_tokens] = (struct token){.weight = b->boost[kind]};
    b->last_unit[s->n_tokens] = UINT32_MAX;
    return (uint32_t)s->n_tokens++;
}

static void pair_new(struct search *s, uint32_t token, uint16_t a, uint16_t b)
{
    size_t n_a = 0, n_b = 0;
    const uint16_t *sound_a = sounds_of(s->sounds, a, &n_a);
    const uint16_t *sound_b = sounds_of(s->sounds, b, &n_b);
    uint64_t done[36];
    size_t n_done = 0;
    for (size_t i = 0; i < n_a; i++)
        for (size_t j = 0; j < n_b && n_done < YJ_COUNT(done); j++) {
            uint64_t key =
                1 + ((uint64_t)s->sounds->alike[sound_a[i]] << 16 | s->sounds->alike[sound_b[j]]);
            size_t k = 0;
            while (k < n_done && done[k] != key)
                k++;
            if (k < n_done)
                continue;
            done[n_done++] = key;
            s->pair = search_grow(s->pair, s->n_pairs, &s->cap_pairs, sizeof *s->pair);
            uint32_t *head = map_put(&s->pair_of, key, UINT32_MAX);
            s->pair[s->n_pairs] = (struct pair){.token = token, .next = *head, .ch = {a, b}};
            *head = (uint32_t)s->n_pairs++;
        }
}

/* @return the token of a key, made when it is new. */
static uint32_t token_put(struct builder *b, enum key_kind kind, uint32_t x, uint32_t y)
{
    uint32_t *value = map_put(&b->s->token_of, search_key(kind, x, y), UINT32_MAX);
    if (*value != UINT32_MAX)
        return *value;
    *value = token_new(b, kind);
    uint32_t token = *value;
    if (kind == KEY_PAIR)
        pair_new(b->s, token, (uint16_t)x, (uint16_t)y);
    return token;
}

static void meet(struct builder *b, uint32_t token, float share)
{
    uint32_t unit = (uint32_t)b->s->n_units - 1;
    if (b->last_unit[token] == unit)
        return;
    b->last_unit[token] = unit;
    b->met = search_grow(b->met, b->n_met, &b->cap_met, sizeof *b->met);
    b->met[b->n_met++] = (struct met){token, unit, share};
}

/* Add a text to the unit that was begun last. */
static void add_text(struct builder *b, const char *text)
{
    if (!text)
        return;
    struct search *s = b->s;
    struct marks *t = &b->marks;
    bool is_noise[MARKS_MAX];
    struct found found[MARKS_MAX];
    marks_read(s->sounds, text, strlen(text), t);
    size_t n_found = search_find_words(s, t->mark, t->n, is_noise, found, YJ_COUNT(found));
    bool is_word[MARKS_MAX] = {false};
    for (size_t i = 0; i < n_found; i++)
        memset(is_word + found[i].at, true, found[i].n * sizeof *is_word);
    bool has_chars = s->unit[s->n_units - 1].field <= FIELD_LEAD;
    for (size_t i = 0; i < t->n; i++) {
        const struct mark *m = &t->mark[i];
        if (is_noise[i])
            continue;
        if (m->word)
            meet(b, token_put(b, KEY_RUN, m->word, 0), 1);
        if (m->ch && has_chars)
            meet(b, token_put(b, KEY_CHAR, m->ch, 0), 1);
        if (m->ch && i + 1 < t->n && m[1].ch && !is_noise[i + 1])
            meet(b, token_put(b, KEY_PAIR, m->ch, m[1].ch),
                 is_word[i] || is_word[i + 1] ? SEARCH_PAIR_OF_WORD : 1);
    }
    for (size_t i = 0; i < n_found; i++)
        meet(b, token_put(b, KEY_GROUP, found[i].value, 0), 1);
}

static void begin_unit(struct builder *b, size_t matter, enum field field, float factor)
{
    struct search *s = b->s;
    s->unit = search_grow(s->unit, s->n_units, &s->cap_units, sizeof *s->unit);
    s->unit[s->n_units++] = (struct unit){
        .matter = (uint32_t)matter, .field = field, .weight = FIELD_WEIGHT[field] * factor};
}

static void add_stage(struct builder *b, const char *id)
{
    for (size_t i = 0; id && i < YJ_COUNT(STAGES); i++)
        if (!strcmp(id, STAGES[i][0]))
            add_text(b, STAGES[i][1]);
}

static void add_lists(struct builder *b, size_t at, const struct matter *m)
{
    begin_unit(b, at, FIELD_STAGE, 1);
    add_stage(b, m->stage);
    for (size_t i = 0; i < m->n_more_stages; i++)
        add_stage(b, m->more_stage[i]);
    begin_unit(b, at, FIELD_QUESTION, 1);
    for (size_t i = 0; i < m->n_vars; i++) {
        const struct matter_var *var = &m->var[i];
        if (!var->is_question)
            continue;
        add_text(b, var->label);
        for (size_t k = 0; k < var->n_options; k++)
            add_text(b, var->option[k].label);
    }
    begin_unit(b, at, FIELD_MATERIAL, 1);
    for (size_t i = 0; i < m->n_materials; i++)
        add_text(b, m->material[i].name);
    for (size_t i = 0; i < m->n_tasks; i++)
        add_text(b, m->task[i].result);
    begin_unit(b, at, FIELD_NOTE, 1);
    for (size_t i = 0; i < m->n_notes; i++)
        add_text(b, m->note[i]);
    for (size_t i = 0; i < m->n_gates; i++)
        add_text(b, m->gate[i].reason);
    begin_unit(b, at, FIELD_DEPT, 1);
    add_text(b, m->lead_dept);
    add_text(b, m->co_depts);
}

static void add_matter(struct builder *b, size_t at, const struct matter *m)
{
    begin_unit(b, at, FIELD_NAME, 1);
    add_text(b, m->name);
    for (size_t i = 0; i < m->n_aliases; i++) {
        begin_unit(b, at, FIELD_ALIAS, 1);
        add_text(b, m->alias[i]);
    }
    begin_unit(b, at, FIELD_SUMMARY, 1);
    add_text(b, m->summary);
    for (size_t i = 0; i < m->n_tasks; i++) {
        begin_unit(b, at, FIELD_TASK, 1);
        add_text(b, m->task[i].name);
    }
    add_lists(b, at, m);
}

static void add_leads(struct builder *b, const struct words *words)
{
    for (size_t i = 0; i < words->n_leads; i++) {
        const struct lead *lead = &words->lead[i];
        for (size_t m = 0; m < lead->n_matters; m++)
            for (size_t k = 0; k < lead->n_say; k++) {
                begin_unit(b, lead->matter[m], FIELD_LEAD, 1.0f / (1.0f + 0.12f * (float)m));
                add_text(b, lead->say[k]);
            }
    }
}

/* Units by token: a counting sort of what was met. */
static void sort_postings(struct builder *b)
{
    struct search *s = b->s;
    for (size_t i = 0; i < b->n_met; i++)
        s->token[b->met[i].token].n++;
    uint32_t at = 0;
    for (size_t i = 0; i < s->n_tokens; i++) {
        s->token[i].first = at;
        at += s->token[i].n;
        s->token[i].n = 0;
    }
    s->posting = mem_zalloc(b->n_met + 1, sizeof *s->posting);
    for (size_t i = 0; i < b->n_met; i++) {
        struct token *t = &s->token[b->met[i].token];
        s->posting[t->first + t->n++] = b->met[i].unit;
    }
}

/* What tokens weigh, the rarer the more, and texts with them. */
static void weigh(struct builder *b)
{
    struct search *s = b->s;
    float all = logf(1.0f + (float)s->n_matters);
    YJ_CLEANUP(cleanup_free) uint32_t *stamp = mem_zalloc(s->n_matters + 1, sizeof *stamp);
    for (uint32_t i = 0; i < s->n_tokens; i++) {
        struct token *t = &s->token[i];
        size_t n = 0;
        for (uint32_t k = t->first; k < t->first + t->n; k++) {
            uint32_t matter = s->unit[s->posting[k]].matter;
            n += stamp[matter] != i + 1;
            stamp[matter] = i + 1;
        }
        t->weight *= logf(1.0f + (float)s->n_matters / (float)n) / all;
    }
    for (size_t i = 0; i < b->n_met; i++)
        s->unit[b->met[i].unit].total += s->token[b->met[i].token].weight * b->met[i].share;
}

static void put_word(struct search *s, struct marks *t, const char *word, uint32_t value)
{
    uint32_t code[WORD_MAX_CHARS], sound[WORD_MAX_CHARS];
    marks_read(s->sounds, word, strlen(word), t);
    if (!t->n || t->n > WORD_MAX_CHARS)
        return;
    bool has_sound = true;
    for (size_t i = 0; i < t->n; i++) {
        size_t n = 0;
        const uint16_t *reading = sounds_of(s->sounds, t->mark[i].ch, &n);
        code[i] = mark_code(&t->mark[i]);
        has_sound = has_sound && n > 0;
        sound[i] = n ? s->sounds->alike[reading[0]] + 1u : 0;
    }
    *map_put(&s->word_of, search_hash(code, t->n, 0), value) = value;
    uint16_t first = t->mark[0].ch;
    if (first >= HAN_FIRST && first <= HAN_LAST && s->longest[first - HAN_FIRST] < t->n)
        s->longest[first - HAN_FIRST] = (uint8_t)t->n;
    if (value == WORD_NOISE || !has_sound || t->n < 2)
        return;
    map_put(&s->sound_of, search_hash(sound, t->n, 1), value);
    for (size_t i = 0; i < t->n; i++) { /* one character read another way */
        size_t n = 0;
        const uint16_t *reading = sounds_of(s->sounds, t->mark[i].ch, &n);
        uint32_t kept = sound[i];
        for (size_t k = 1; k < n; k++) {
            sound[i] = s->sounds->alike[reading[k]] + 1u;
            map_put(&s->sound_of, search_hash(sound, t->n, 1), value);
        }
        sound[i] = kept;
    }
}

void search_index(struct search *s, const struct words *words)
{
    YJ_CLEANUP(cleanup_free) struct builder *b = mem_zalloc(1, sizeof *b);
    *b = (struct builder){
        .s = s, .boost = {[KEY_CHAR] = 0.15f, [KEY_PAIR] = 1, [KEY_GROUP] = 1.4f, [KEY_RUN] = 1}};
    s->longest = mem_zalloc(HAN_LAST - HAN_FIRST + 1, 1);
    for (size_t i = 0; i < words->n_noise; i++)
        put_word(s, &b->marks, words->noise[i], WORD_NOISE);
    for (size_t i = 0; i < words->n_same; i++)
        for (size_t k = 0; k < words->same[i].n_words; k++)
            put_word(s, &b->marks, words->same[i].word[k], (uint32_t)i);
    for (size_t i = 0; i < s->n_matters; i++)
        add_matter(b, i, matter_set_at(s->set, i));
    add_leads(b, words);
    sort_postings(b);
    weigh(b);
    free(b->met);
    free(b->last_unit);
}

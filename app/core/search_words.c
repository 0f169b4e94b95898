/* SPDX-License-Identifier: Apache-2.0 */
/* words.json: ordinary words and what they mean. What is wrong is complained about with its place
 * and left out; the rest is used. No I/O; any thread. */
#include "core/search_priv.h"

#include <stdlib.h>
#include <string.h>

#include "core/catalogue_priv.h"

enum {
    MAX_GROUPS = 512,
    MAX_GROUP_WORDS = 32,
    MAX_LEADS = 512,
    MAX_SAY = 48,
    MAX_SAY_CHARS = 24,
    MAX_NOISE = 512
};

static const char SCHEMA[] = "words/1";
static const uint64_t HASH_START = 0xcbf29ce484222325u, HASH_PRIME = 0x100000001b3u; /* FNV-1a */

/* The texts of an array; wrong ones are left out. */
static const char **read_texts(struct reader *r, const struct spot *array, size_t n, size_t chars,
                               size_t *ret_n)
{
    const char **text = matter_arena_alloc(r->arena, n + 1, sizeof *text);
    for (size_t i = 0; i < n; i++) {
        struct spot spot = read_element(array, i);
        const char *one = read_text(r, &spot, NULL, NEEDED, chars);
        if (one)
            text[(*ret_n)++] = one;
    }
    return text;
}

/* A word that means two things would find neither well. */
static void check_once(struct reader *r, const struct spot *group, const struct same *same,
                       uint32_t number, struct map *seen)
{
    for (size_t i = 0; i < same->n_words; i++) {
        uint64_t hash = HASH_START;
        for (const char *c = same->word[i]; *c; c++)
            hash = (hash ^ (unsigned char)*c) * HASH_PRIME;
        uint32_t first = *map_put(seen, hash ? hash : 1, number);
        if (first != number)
            reader_complain(r, group, NULL, "%s stands in group %u already", same->word[i], first);
    }
}

static void read_same(struct reader *r, const struct spot *root, struct words *w)
{
    size_t n = 0;
    struct map seen = {0};
    struct spot groups = read_array(r, root, "same", OPTIONAL, 0, MAX_GROUPS, &n);
    w->same = matter_arena_alloc(r->arena, n + 1, sizeof *w->same);
    for (size_t i = 0; i < n; i++) {
        struct spot group = read_element(&groups, i);
        size_t n_words = json_array_size(group.json);
        if (!json_is_array(group.json) || n_words < 2 || n_words > MAX_GROUP_WORDS) {
            reader_complain(r, &group, NULL, "an array of 2 to %d words is expected here",
                            MAX_GROUP_WORDS);
            continue;
        }
        struct same *same = &w->same[w->n_same++];
        same->word = read_texts(r, &group, n_words, WORD_MAX_CHARS, &same->n_words);
        check_once(r, &group, same, (uint32_t)i, &seen);
    }
    map_free(&seen);
}

static void read_lead(struct reader *r, const struct matter_set *set, const struct spot *spot,
                      struct words *w)
{
    static const char *const known[] = {"say", "matters"};
    if (!read_object(r, spot, known, YJ_COUNT(known)))
        return;
    struct lead *lead = &w->lead[w->n_leads++];
    size_t n = 0;
    struct spot say = read_array(r, spot, "say", NEEDED, 1, MAX_SAY, &n);
    lead->say = read_texts(r, &say, n, MAX_SAY_CHARS, &lead->n_say);
    struct spot codes = read_array(r, spot, "matters", NEEDED, 1, LEAD_MAX_MATTERS, &n);
    for (size_t i = 0; i < n; i++) {
        struct spot one = read_element(&codes, i);
        const char *code = read_text(r, &one, NULL, NEEDED, MATTER_MAX_ID);
        if (!code)
            continue;
        int matter = matter_set_find(set, code);
        if (matter < 0)
            reader_complain(r, &one, NULL, "there is no matter \"%.40s\"", code);
        else
            lead->matter[lead->n_matters++] = (uint32_t)matter;
    }
}

static void read_root(struct reader *r, const struct matter_set *set, const struct spot *root,
                      struct words *w)
{
    static const char *const known[] = {"$schema", "schema", "same", "lead", "noise"};
    const char *const schema[] = {SCHEMA};
    if (!read_object(r, root, known, YJ_COUNT(known)))
        return;
    (void)read_word(r, root, "schema", schema, 1); /* complains by itself */
    read_same(r, root, w);
    size_t n = 0;
    struct spot leads = read_array(r, root, "lead", OPTIONAL, 0, MAX_LEADS, &n);
    w->lead = matter_arena_alloc(r->arena, n + 1, sizeof *w->lead);
    for (size_t i = 0; i < n; i++) {
        struct spot lead = read_element(&leads, i);
        read_lead(r, set, &lead, w);
    }
    struct spot noise = read_array(r, root, "noise", OPTIONAL, 0, MAX_NOISE, &n);
    w->noise = read_texts(r, &noise, n, WORD_MAX_CHARS, &w->n_noise);
}

int words_read(const struct matter_set *set, const char *text, size_t len, const char *file,
               struct matter_complaint *complaints, size_t cap, size_t *ret_n_complaints,
               struct words *ret)
{
    *ret = (struct words){0};
    struct reader r = {.file = file, .complaint = complaints, .cap = cap, .arena = &ret->arena};
    *ret_n_complaints = 0;
    if (!text)
        return 0;
    json_t *json = reader_json(&r, text, len);
    if (json) {
        const struct spot root = {.json = json};
        read_root(&r, set, &root, ret);
        json_decref(json);
    }
    *ret_n_complaints = r.n_complaints;
    return r.n_complaints ? ERR_MATTER_FILE : 0;
}

void words_free(struct words *w)
{
    matter_arena_free(&w->arena);
    *w = (struct words){0};
}

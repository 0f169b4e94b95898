/* SPDX-License-Identifier: Apache-2.0 */
/* A text as the search sees it, and the map it keeps things in. Any bytes are harmless. No I/O;
 * any thread. */
#include "core/search_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"

static const uint64_t FNV_START = 0xcbf29ce484222325u, FNV_PRIME = 0x100000001b3u;

uint64_t search_hash(const uint32_t *number, size_t n, uint64_t kind)
{
    uint64_t h = FNV_START ^ kind;
    for (size_t i = 0; i < n; i++)
        h = ((h * FNV_PRIME) ^ number[i]) * FNV_PRIME;
    h ^= h >> 29;
    return h ? h : 1;
}

uint32_t mark_code(const struct mark *m)
{
    return m->ch ? m->ch : m->word;
}

/* Full-width letters and digits become the ordinary ones, capitals small. */
static uint32_t narrow(uint32_t cp)
{
    if (cp >= 0xFF01 && cp <= 0xFF5E)
        cp -= 0xFEE0;
    if (cp == 0xFC || cp == 0xDC) /* ü */
        cp = 'v';
    return cp >= 'A' && cp <= 'Z' ? cp + ('a' - 'A') : cp;
}

static bool is_letter(uint32_t cp)
{
    return cp >= 'a' && cp <= 'z';
}

static bool is_digit(uint32_t cp)
{
    return cp >= '0' && cp <= '9';
}

/* Add a letter or digit to the run that is open, or open one. */
static void take_letter(struct marks *t, uint32_t cp, bool *is_open)
{
    if (t->n_letters == YJ_COUNT(t->letters))
        return;
    if (*is_open && t->run[t->n_runs - 1].is_alpha != is_letter(cp))
        *is_open = false;
    if (!*is_open) {
        if (t->n == MARKS_MAX || t->n_runs == YJ_COUNT(t->run))
            return;
        t->run[t->n_runs++] =
            (struct run){.mark = t->n, .at = t->n_letters, .is_alpha = is_letter(cp)};
        t->mark[t->n++] = (struct mark){.word = (uint32_t)FNV_START};
        *is_open = true;
    }
    struct run *run = &t->run[t->n_runs - 1];
    t->letters[t->n_letters++] = (char)cp;
    run->n++;
    uint32_t *word = &t->mark[run->mark].word;
    *word = (*word ^ cp) * 16777619u;
    *word |= 1u << 31; /* never that of a character */
}

void marks_read(const struct sounds *s, const char *text, size_t len, struct marks *ret)
{
    ret->n = ret->n_letters = ret->n_runs = 0;
    bool is_open = false; /* a run of letters */
    for (size_t i = 0; i < len && ret->n < MARKS_MAX;) {
        uint32_t cp = 0;
        size_t used = bytes_utf8_next(text + i, len - i, &cp);
        i += used ? used : 1;
        cp = used ? narrow(cp) : 0;
        if (is_letter(cp) || is_digit(cp)) {
            take_letter(ret, cp, &is_open);
            continue;
        }
        is_open = false;
        if (cp >= HAN_FIRST && cp <= HAN_LAST)
            ret->mark[ret->n++] = (struct mark){.ch = sounds_simplify(s, (uint16_t)cp)};
        else if (cp != ' ' && cp != 0x3000 && ret->n > 0)
            ret->mark[ret->n++] = (struct mark){0};
    }
}

static size_t map_slot(const struct map *m, uint64_t key)
{
    size_t i = (size_t)((key * 0x9E3779B97F4A7C15u) >> 20) & (m->cap - 1);
    while (m->key[i] && m->key[i] != key)
        i = (i + 1) & (m->cap - 1);
    return i;
}

static void map_enlarge(struct map *m)
{
    struct map old = *m;
    m->cap = old.cap ? old.cap * 2 : 256;
    m->key = mem_zalloc(m->cap, sizeof *m->key);
    m->value = mem_zalloc(m->cap, sizeof *m->value);
    for (size_t i = 0; i < old.cap; i++)
        if (old.key[i]) {
            size_t slot = map_slot(m, old.key[i]);
            m->key[slot] = old.key[i];
            m->value[slot] = old.value[i];
        }
    map_free(&old);
}

uint32_t *map_put(struct map *m, uint64_t key, uint32_t fresh)
{
    if ((m->n + 1) * 4 > m->cap * 3)
        map_enlarge(m);
    size_t slot = map_slot(m, key);
    if (!m->key[slot]) {
        m->key[slot] = key;
        m->value[slot] = fresh;
        m->n++;
    }
    return &m->value[slot];
}

uint32_t map_get(const struct map *m, uint64_t key)
{
    if (!m->cap)
        return UINT32_MAX;
    size_t slot = map_slot(m, key);
    return m->key[slot] ? m->value[slot] : UINT32_MAX;
}

void map_free(struct map *m)
{
    free(m->key);
    free(m->value);
    *m = (struct map){0};
}

void *search_grow(void *p, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return p;
    size_t more = *cap ? *cap * 2 : 64;
    void *bigger = mem_zalloc(more, size);
    if (p)
        memcpy(bigger, p, n * size);
    free(p);
    *cap = more;
    return bigger;
}

static size_t longest_word(const struct search *s, const struct mark *m)
{
    if (m->ch)
        return m->ch >= HAN_FIRST && m->ch <= HAN_LAST ? s->longest[m->ch - HAN_FIRST] : 0;
    return m->word ? WORD_MAX_CHARS : 0;
}

/* All words that begin here. @return the length of the longest one that is not noise. */
static size_t words_at(const struct search *s, const struct mark *mark, size_t at, size_t n,
                       size_t *ret_noise, struct found *ret, size_t *n_found, size_t cap)
{
    uint32_t code[WORD_MAX_CHARS];
    size_t most = longest_word(s, &mark[at]), known = 0;
    *ret_noise = 0;
    for (size_t len = 1; len <= most && at + len <= n; len++) {
        code[len - 1] = mark_code(&mark[at + len - 1]);
        if (!code[len - 1])
            break;
        uint32_t value = map_get(&s->word_of, search_hash(code, len, 0));
        if (value == WORD_NOISE)
            *ret_noise = len;
        if (value >= WORD_NOISE)
            continue;
        known = len;
        if (*n_found < cap)
            ret[(*n_found)++] = (struct found){.at = at, .n = len, .value = value};
    }
    return known;
}

size_t search_find_words(const struct search *s, const struct mark *mark, size_t n,
                         bool ret_noise[MARKS_MAX], struct found *ret, size_t cap)
{
    size_t n_found = 0, noise_until = 0, known_until = 0;
    for (size_t i = 0; i < n; i++) {
        size_t noise = 0;
        size_t known = i < noise_until ? 0 : words_at(s, mark, i, n, &noise, ret, &n_found, cap);
        if (i + known > known_until)
            known_until = i + known;
        if (i >= noise_until && i >= known_until && noise > known)
            noise_until = i + noise;
        ret_noise[i] = i < noise_until;
    }
    return n_found;
}

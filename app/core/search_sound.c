/* SPDX-License-Identifier: Apache-2.0 */
/* How characters sound: the table assets/search/pinyin.tsv in memory. No I/O; any thread. */
#include "core/search_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"

enum { N_HAN = HAN_LAST - HAN_FIRST + 1, MAX_TABLE_BYTES = 1 << 20 };

/* One line: syllable, tab, characters, tab, characters. */
struct row {
    const char *name;
    size_t n_name;
    const char *part[2];
    size_t n_part[2];
};

static bool is_han(uint32_t cp)
{
    return cp >= HAN_FIRST && cp <= HAN_LAST;
}

/* @return false at the end of the text. */
static bool next_row(const char **at, const char *end, struct row *ret)
{
    while (*at < end) {
        const char *line = *at;
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        stop = stop ? stop : end;
        *at = stop < end ? stop + 1 : end;
        const char *tab = memchr(line, '\t', (size_t)(stop - line));
        if (*line == '#' || !tab || tab == line)
            continue;
        *ret = (struct row){.name = line, .n_name = (size_t)(tab - line)};
        const char *second = memchr(tab + 1, '\t', (size_t)(stop - tab - 1));
        ret->part[0] = tab + 1;
        ret->n_part[0] = (size_t)((second ? second : stop) - tab - 1);
        ret->part[1] = second ? second + 1 : stop;
        ret->n_part[1] = (size_t)(stop - ret->part[1]);
        return true;
    }
    return false;
}

static bool is_syllable(const struct row *row)
{
    for (size_t i = 0; i < row->n_name; i++)
        if (row->name[i] < 'a' || row->name[i] > 'z')
            return false;
    return row->n_name < SOUND_MAX_LETTERS;
}

/* What is left of a syllable when nobody minds the difference that many speakers do not make:
 * n l r, z zh, c ch, s sh, an ang, en eng, in ing. */
static void blur(const char *syllable, char out[SOUND_MAX_LETTERS])
{
    size_t n = 0;
    const char *p = syllable;
    char first = *p++;
    out[n++] = first == 'l' || first == 'r' ? 'n' : first;
    if (strchr("zcs", first) && *p == 'h')
        p++;
    for (; *p && n + 1 < SOUND_MAX_LETTERS; p++)
        out[n++] = *p == 'v' ? 'u' : *p;
    if (n > 2 && out[n - 1] == 'g' && out[n - 2] == 'n' && strchr("aei", out[n - 3]))
        n--;
    out[n] = '\0';
}

static void find_alike(struct sounds *s)
{
    char all[SOUND_MAX_SYLLABLES][SOUND_MAX_LETTERS];
    for (size_t i = 0; i < s->n_syllables; i++) {
        blur(s->syllable[i], all[i]);
        size_t j = 0;
        while (strcmp(all[j], all[i]) != 0)
            j++;
        s->alike[i] = (uint16_t)j;
    }
}

/* Call for every character of a part. */
static void each_char(const char *part, size_t n, void (*take)(void *ctx, uint32_t cp), void *ctx)
{
    for (size_t i = 0; i < n;) {
        uint32_t cp = 0;
        size_t used = bytes_utf8_next(part + i, n - i, &cp);
        i += used ? used : 1;
        if (used && is_han(cp))
            take(ctx, cp);
    }
}

struct filling {
    struct sounds *s;
    uint32_t *used; /* readings of a character that are filled in */
    uint16_t syllable;
    uint32_t before; /* of a pair */
};

static void count_reading(void *ctx, uint32_t cp)
{
    struct filling *f = ctx;
    f->s->first[cp - HAN_FIRST + 1]++;
}

static void fill_reading(void *ctx, uint32_t cp)
{
    struct filling *f = ctx;
    size_t i = cp - HAN_FIRST;
    f->s->reading[f->s->first[i] + f->used[i]++] = f->syllable;
}

static void fill_simple(void *ctx, uint32_t cp)
{
    struct filling *f = ctx;
    if (!f->before) {
        f->before = cp;
        return;
    }
    uint16_t *pair = f->s->simple[f->s->n_simple++];
    pair[0] = (uint16_t)f->before;
    pair[1] = (uint16_t)cp;
    f->before = 0;
}

static int compare_simple(const void *a, const void *b)
{
    return *(const uint16_t *)a - *(const uint16_t *)b;
}

static void read_syllables(struct sounds *s, const char *text, const char *end)
{
    struct filling f = {.s = s};
    struct row row;
    for (const char *at = text; next_row(&at, end, &row);) {
        if (row.n_name == 1 && row.name[0] == '=') {
            free(s->simple);
            s->simple = mem_zalloc(row.n_part[0] / 6 + 1, sizeof *s->simple);
            s->n_simple = 0;
            f.before = 0;
            each_char(row.part[0], row.n_part[0], fill_simple, &f);
        } else if (is_syllable(&row) && s->n_syllables < SOUND_MAX_SYLLABLES) {
            memcpy(s->syllable[s->n_syllables++], row.name, row.n_name);
            each_char(row.part[0], row.n_part[0], count_reading, &f);
            each_char(row.part[1], row.n_part[1], count_reading, &f);
        }
    }
    if (s->simple)
        qsort(s->simple, s->n_simple, sizeof *s->simple, compare_simple);
}

static void read_readings(struct sounds *s, const char *text, const char *end)
{
    YJ_CLEANUP(cleanup_free) uint32_t *used = mem_zalloc(N_HAN, sizeof *used);
    for (int part = 0; part < 2; part++) { /* the first readings of all, then the others */
        struct filling f = {.s = s, .used = used};
        size_t syllable = 0;
        struct row row;
        for (const char *at = text; next_row(&at, end, &row);)
            if (is_syllable(&row) && syllable < s->n_syllables) {
                f.syllable = (uint16_t)syllable++;
                each_char(row.part[part], row.n_part[part], fill_reading, &f);
            }
    }
}

struct sounds *sounds_new(const char *text, size_t len)
{
    struct sounds *s = mem_zalloc(1, sizeof *s);
    s->first = mem_zalloc(N_HAN + 1, sizeof *s->first);
    if (!text || len > MAX_TABLE_BYTES)
        len = 0;
    const char *end = text ? text + len : NULL;
    if (len > 0)
        read_syllables(s, text, end);
    for (size_t i = 0; i < N_HAN; i++)
        s->first[i + 1] += s->first[i];
    s->reading = mem_zalloc(s->first[N_HAN] + 1, sizeof *s->reading);
    if (len > 0)
        read_readings(s, text, end);
    find_alike(s);
    return s;
}

void sounds_free(struct sounds *s)
{
    if (!s)
        return;
    free(s->first);
    free(s->reading);
    free(s->simple);
    free(s);
}

const uint16_t *sounds_of(const struct sounds *s, uint32_t ch, size_t *ret_n)
{
    *ret_n = 0;
    if (!is_han(ch))
        return s->reading;
    size_t i = ch - HAN_FIRST;
    *ret_n = s->first[i + 1] - s->first[i];
    return s->reading + s->first[i];
}

uint16_t sounds_simplify(const struct sounds *s, uint16_t ch)
{
    if (!s->simple)
        return ch;
    const uint16_t *pair = bsearch(&ch, s->simple, s->n_simple, sizeof *s->simple, compare_simple);
    return pair ? pair[1] : ch;
}

/* @return number of the syllable, or -1. */
static int find_syllable(const struct sounds *s, const char *letters, size_t n)
{
    size_t low = 0, high = s->n_syllables; /* the table is in order */
    while (low < high) {
        size_t mid = (low + high) / 2;
        int order = strncmp(s->syllable[mid], letters, n);
        if (!order && !s->syllable[mid][n])
            return (int)mid;
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return -1;
}

size_t sounds_cut(const struct sounds *s, const char *letters, size_t n, bool from_left,
                  uint16_t *ret, size_t cap)
{
    enum { MOST = 64 };
    uint8_t step[MOST + 1] = {0}; /* letters of the syllable that a best cut takes at i, 0: none */
    uint8_t count[MOST + 1] = {0};
    if (!n || n > MOST)
        return 0;
    /* From the left: best[i] cuts letters[i..n). From the right: letters[0..n - i). Of equally
     * short cuts the longest syllable wins. */
    for (size_t done = 1; done <= n; done++) {
        size_t i = n - done;
        for (size_t take = 1; take < SOUND_MAX_LETTERS && take <= done; take++) {
            const char *at = from_left ? letters + i : letters + done - take;
            size_t rest = done - take;
            if ((rest && !step[rest]) || find_syllable(s, at, take) < 0)
                continue;
            if (!step[done] || count[rest] + 1 <= count[done]) {
                step[done] = (uint8_t)take;
                count[done] = (uint8_t)(count[rest] + 1);
            }
        }
    }
    if (!step[n] || count[n] > cap)
        return 0;
    size_t total = count[n];
    for (size_t done = n, k = 0; done > 0; done -= step[done], k++) {
        const char *at = from_left ? letters + n - done : letters + done - step[done];
        ret[from_left ? k : total - 1 - k] = (uint16_t)find_syllable(s, at, step[done]);
    }
    return total;
}

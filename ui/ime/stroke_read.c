/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the stroke dictionary: lines of a character, a tab, and its strokes as letters h s p n z.
 * Whatever else a line says, it is passed over. Thread: main. */
#include "ui/ime/stroke_priv.h"

#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "ui/ime/char_code.h"

enum {
    MAX_FILE_BYTES = 16 << 20,
    MAX_ENTRIES = 400000,
    GB_FIRST = 0x4E00, /* all characters of GB 2312 are in this block */
    GB_LAST = 0x9FFF,
    GB_LEVEL_1_LAST_ROW = 55,
    GB_LAST_ROW = 87,
};

/* '1'..'5' of a letter, 0: none */
static char key_of(char letter)
{
    static const char letters[] = "hspnz";
    const char *at = letter ? strchr(letters, letter) : NULL;
    return at ? (char)('1' + (at - letters)) : 0;
}

static struct stroke_entry *new_entry(struct stroke_table *t)
{
    if (t->n_entries == t->cap_entries) {
        size_t cap = t->cap_entries ? t->cap_entries * 2 : 1024;
        struct stroke_entry *more = mem_zalloc(cap, sizeof *more);
        if (t->n_entries)
            memcpy(more, t->entry, t->n_entries * sizeof *more);
        free(t->entry);
        t->entry = more;
        t->cap_entries = cap;
    }
    return &t->entry[t->n_entries++];
}

/* One line without its end. keys has room for as many letters as the line. */
static void read_line(struct stroke_table *t, const char *line, size_t n)
{
    uint32_t cp = 0;
    size_t used = n ? bytes_utf8_next(line, n, &cp) : 0, n_keys = 0;
    if (!used || used >= n || line[used] != '\t' || t->n_entries == MAX_ENTRIES)
        return;
    for (size_t i = used + 1; i < n && line[i] != '\t'; i++, n_keys++) {
        char key = key_of(line[i]);
        if (!key || n_keys == STROKE_MAX_KEYS)
            return;
        t->keys[t->n_keys + n_keys] = key;
    }
    if (!n_keys)
        return;
    *new_entry(t) = (struct stroke_entry){
        .cp = cp, .at = (uint32_t)t->n_keys, .n = (uint8_t)n_keys, .rank = STROKE_RANK_RARE};
    t->n_keys += n_keys;
}

void stroke_read_text(struct stroke_table *t, const char *text, size_t n)
{
    free(t->keys);
    t->keys = mem_zalloc(n + 1, 1);
    t->n_keys = t->n_entries = 0;
    for (size_t at = 0; at < n;) {
        const char *end = memchr(text + at, '\n', n - at);
        size_t len = end ? (size_t)(end - text) - at : n - at;
        read_line(t, text + at, len);
        at += len + 1;
    }
}

/* How common a use count makes a character of its level: a step for each doubling. */
static uint8_t rank_of(uint32_t use, uint8_t level)
{
    int steps = 0;
    while (use >> steps && steps < 31)
        steps++;
    return (uint8_t)(level + (use ? 31 - steps : 32));
}

/* Ranks of the characters of GB 2312, whose first level is the 3 755 that everybody writes. */
static void rank_common(const struct stroke_table *t, uint8_t *rank)
{
    iconv_t cd = iconv_open("UTF-8", "GB2312");
    if (cd == (iconv_t)-1)
        return; /* the order is then by strokes alone */
    for (int row = 16; row <= GB_LAST_ROW; row++) {
        for (int cell = 1; cell <= 94; cell++) {
            char raw[2] = {(char)(row + 0xA0), (char)(cell + 0xA0)}, text[8] = "";
            char *in = raw, *to = text;
            size_t left = 2, room = sizeof text - 1;
            uint32_t cp = 0;
            if (iconv(cd, &in, &left, &to, &room) != 0 ||
                !bytes_utf8_next(text, strlen(text), &cp) || cp < GB_FIRST || cp > GB_LAST) {
                (void)iconv(cd, NULL, NULL, NULL, NULL); /* begin again behind a gap */
                continue;
            }
            rank[cp - GB_FIRST] =
                rank_of(t->use ? t->use(t->arg, text) : 0,
                        row <= GB_LEVEL_1_LAST_ROW ? STROKE_RANK_COMMON : STROKE_RANK_LEVEL_2);
        }
    }
    iconv_close(cd);
}

int stroke_read(struct stroke_table *t, struct err *err)
{
    char *text = NULL;
    size_t n = 0;
    struct err why = {0};
    if (mem_read_file(t->path, MAX_FILE_BYTES, &text, &n, &why) < 0)
        return ERR(err, ERR_UI_ASSET, "the stroke dictionary cannot be read: %s", why.msg);
    stroke_read_text(t, text, n);
    free(text);
    if (!t->n_entries)
        return ERR(err, ERR_UI_ASSET, "the stroke dictionary is empty");
    uint8_t *rank = mem_zalloc(GB_LAST - GB_FIRST + 1, 1);
    memset(rank, STROKE_RANK_RARE, GB_LAST - GB_FIRST + 1);
    rank_common(t, rank);
    for (size_t i = 0; i < t->n_entries; i++) {
        uint32_t cp = t->entry[i].cp;
        if (cp >= GB_FIRST && cp <= GB_LAST)
            t->entry[i].rank = rank[cp - GB_FIRST];
    }
    free(rank);
    return 0;
}

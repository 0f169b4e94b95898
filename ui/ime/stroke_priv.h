/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the stroke table: shared by reading, searching and composing. Thread: main. */
#ifndef YJ_UI_IME_STROKE_PRIV_H
#define YJ_UI_IME_STROKE_PRIV_H

#include "ui/ime/stroke_table.h"

struct stroke_entry {
    uint32_t cp;
    uint32_t at;  /* of its strokes in the table's keys */
    uint8_t n;    /* strokes, 1..STROKE_MAX_KEYS */
    uint8_t rank; /* 0 most used .. STROKE_RANK_RARE */
};

enum { STROKE_RANK_COMMON = 0, STROKE_RANK_LEVEL_2 = 64, STROKE_RANK_RARE = 128 };

struct stroke_table {
    char *path;
    stroke_use_fn use;
    void *arg;
    bool is_read;
    struct stroke_entry *entry; /* in the order of the file; a character may have several */
    size_t n_entries, cap_entries;
    char *keys; /* '1'..'5' of all entries, one behind the other */
    size_t n_keys;
};

/* A hit, and what orders it: smaller first. */
struct stroke_hit {
    uint32_t order, cp;
};

struct stroke_hits {
    struct stroke_hit hit[STROKE_MAX_FOUND * 4];
    size_t n;
};

/* stroke_read.c: the dictionary's text into the table. @return 0 or ERR_UI_ASSET */
int stroke_read(struct stroke_table *t, struct err *err);
void stroke_read_text(struct stroke_table *t, const char *text, size_t n);

/* stroke_table.c */
int stroke_table_ready(struct stroke_table *t, struct err *err);
void stroke_hits_add(struct stroke_hits *hits, uint32_t order, uint32_t cp);
size_t stroke_hits_take(struct stroke_hits *hits, uint32_t *ret); /* sorted, each once */

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Searching the stroke table. It is walked from end to end: that takes a millisecond, needs no
 * index, and lets a stroke be unknown at any place. Thread: main. */
#include "ui/ime/stroke_table.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "ui/ime/stroke_priv.h"

enum { ORDER_LONGER = 1 << 20, ORDER_RANK = 1 << 8 };

struct stroke_table *stroke_table_new(const char *path, stroke_use_fn use, void *arg)
{
    struct stroke_table *t = mem_zalloc(1, sizeof *t);
    t->path = mem_strdup(path ? path : YJ_STROKE_DICTIONARY);
    t->use = use;
    t->arg = arg;
    return t;
}

void stroke_table_free(struct stroke_table *t)
{
    if (!t)
        return;
    free(t->entry);
    free(t->keys);
    free(t->path);
    free(t);
}

bool stroke_table_is_there(const struct stroke_table *t)
{
    return access(t->path, R_OK) == 0;
}

size_t stroke_table_size(const struct stroke_table *t)
{
    return t->n_entries;
}

int stroke_table_ready(struct stroke_table *t, struct err *err)
{
    if (t->is_read)
        return 0;
    int rc = stroke_read(t, err);
    t->is_read = rc == 0;
    return rc;
}

static int hit_order(const void *a, const void *b)
{
    const struct stroke_hit *x = a, *y = b;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    return (x->cp > y->cp) - (x->cp < y->cp);
}

/* A full list keeps its better half. */
void stroke_hits_add(struct stroke_hits *hits, uint32_t order, uint32_t cp)
{
    if (hits->n == YJ_COUNT(hits->hit)) {
        qsort(hits->hit, hits->n, sizeof hits->hit[0], hit_order);
        hits->n /= 2;
    }
    hits->hit[hits->n++] = (struct stroke_hit){order, cp};
}

size_t stroke_hits_take(struct stroke_hits *hits, uint32_t *ret)
{
    size_t n = 0;
    qsort(hits->hit, hits->n, sizeof hits->hit[0], hit_order);
    for (size_t i = 0; i < hits->n && n < STROKE_MAX_FOUND; i++) {
        size_t k = 0;
        while (k < n && ret[k] != hits->hit[i].cp)
            k++;
        if (k == n)
            ret[n++] = hits->hit[i].cp;
    }
    bytes_wipe(hits, sizeof *hits);
    return n;
}

static bool begins_with(const char *strokes, const char *keys, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (keys[i] != '0' && keys[i] != strokes[i])
            return false;
    return true;
}

int stroke_table_find(struct stroke_table *t, const char *keys, uint32_t *ret, size_t *ret_n,
                      struct err *err)
{
    size_t n = strlen(keys);
    if (n > STROKE_MAX_KEYS || strspn(keys, "012345") != n)
        return ERR(err, ERR_INVALID, "strokes are 1 to 5, and 0 for any");
    int rc = stroke_table_ready(t, err);
    if (rc)
        return rc;
    struct stroke_hits *hits = mem_zalloc(1, sizeof *hits);
    for (size_t i = 0; n > 0 && i < t->n_entries; i++) {
        const struct stroke_entry *e = &t->entry[i];
        if (e->n < n || !begins_with(t->keys + e->at, keys, n))
            continue;
        uint32_t order = (uint32_t)e->rank * ORDER_RANK + e->n;
        stroke_hits_add(hits, order + (e->n > n ? ORDER_LONGER : 0), e->cp);
    }
    *ret_n = stroke_hits_take(hits, ret);
    free(hits);
    return 0;
}

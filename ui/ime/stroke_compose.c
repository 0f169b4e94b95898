/* SPDX-License-Identifier: Apache-2.0 */
/* Characters by their parts. Of two parts, one may stand inside the other (国: 玉 within 囗, 裹: 果
 * within 衣); of more, each follows the one before, in any order. Thread: main. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "ui/ime/stroke_priv.h"

enum { MAX_FORMS = 6, ORDER_INSIDE = 1 << 22, ORDER_SWAPPED = 1 << 20, ORDER_RANK = 1 << 8 };

/* Parts as they are written where there is little room. */
static const struct {
    const char *part, *keys;
} squeezed[] = {
    {"水", "441"},  {"人", "32"},       {"手", "121"},   {"心", "442"},    {"犬", "353"},
    {"狗", "353"},  {"玉", "1121"},     {"王", "1121"},  {"草", "122"},    {"艸", "122"},
    {"言", "45"},   {"金", "31115"},    {"食", "355"},   {"糸", "551"},    {"丝", "551"},
    {"火", "4444"}, {"刀", "22"},       {"刀", "35"},    {"示", "4524"},   {"衣", "45234"},
    {"阜", "52"},   {"耳", "52"},       {"邑", "52"},    {"竹", "314314"}, {"足", "2512121"},
    {"牛", "3121"}, {"雨", "14524444"}, {"网", "25221"}, {"肉", "3511"},   {"月", "3511"},
    {"爪", "3443"}, {"老", "1213"},     {"车", "1521"},  {"走", "454"},    {"长", "1354"},
    {"宝", "445"},  {"病", "41341"},    {"厂", "13"},    {"广", "413"},    {"羊", "431113"},
};

struct form {
    const char *keys;
    size_t n;
};

struct part_forms {
    struct form form[MAX_FORMS];
    size_t n;
};

static void add_form(struct part_forms *p, const char *keys, size_t n)
{
    if (p->n < MAX_FORMS)
        p->form[p->n++] = (struct form){keys, n};
}

/* Every way in which a part may be written. */
static void forms_of(const struct stroke_table *t, uint32_t cp, struct part_forms *ret)
{
    for (size_t i = 0; i < t->n_entries; i++)
        if (t->entry[i].cp == cp && ret->n < MAX_FORMS / 2)
            add_form(ret, t->keys + t->entry[i].at, t->entry[i].n);
    for (size_t i = 0; i < YJ_COUNT(squeezed); i++) {
        uint32_t part = 0;
        (void)bytes_utf8_next(squeezed[i].part, strlen(squeezed[i].part), &part);
        if (part == cp)
            add_form(ret, squeezed[i].keys, strlen(squeezed[i].keys));
    }
}

/* @return true when keys are outer with inner put in at one place, its end included */
static bool is_inside(const char *keys, const struct form *outer, const struct form *inner,
                      bool *ret_is_behind)
{
    size_t same = 0;
    while (same < outer->n && keys[same] == outer->keys[same])
        same++;
    for (size_t k = same + 1; k-- > 0;) {
        if (memcmp(keys + k, inner->keys, inner->n) == 0 &&
            memcmp(keys + k + inner->n, outer->keys + k, outer->n - k) == 0) {
            *ret_is_behind = k == outer->n;
            return true;
        }
    }
    return false;
}

static void compose_two(const struct stroke_table *t, const struct form *a, const struct form *b,
                        struct stroke_hits *hits)
{
    for (size_t i = 0; i < t->n_entries; i++) {
        const struct stroke_entry *e = &t->entry[i];
        const char *keys = t->keys + e->at;
        bool is_behind = false;
        if (e->n != a->n + b->n)
            continue;
        uint32_t order = (uint32_t)e->rank * ORDER_RANK + e->n;
        if (is_inside(keys, a, b, &is_behind))
            stroke_hits_add(hits, order + (is_behind ? 0 : ORDER_INSIDE), e->cp);
        else if (is_inside(keys, b, a, &is_behind))
            stroke_hits_add(hits, order + ORDER_SWAPPED + (is_behind ? 0 : ORDER_INSIDE), e->cp);
    }
}

struct row {
    const struct stroke_table *t;
    const struct part_forms *part;
    size_t n_parts;
    char keys[STROKE_MAX_KEYS];
    size_t n;
    unsigned used; /* bit by part */
    struct stroke_hits *hits;
};

static void match_row(const struct row *r)
{
    for (size_t i = 0; i < r->t->n_entries; i++) {
        const struct stroke_entry *e = &r->t->entry[i];
        if (e->n == r->n && memcmp(r->t->keys + e->at, r->keys, r->n) == 0)
            stroke_hits_add(r->hits, (uint32_t)e->rank * ORDER_RANK, e->cp);
    }
}

/* Put the parts behind each other in every order and every form; at most four deep. */
static void compose_row(struct row *r)
{
    if (r->used == (1U << r->n_parts) - 1) {
        match_row(r);
        return;
    }
    for (size_t p = 0; p < r->n_parts; p++) {
        for (size_t f = 0; f < r->part[p].n && !(r->used >> p & 1); f++) {
            const struct form *form = &r->part[p].form[f];
            if (r->n + form->n > STROKE_MAX_KEYS)
                continue;
            memcpy(r->keys + r->n, form->keys, form->n);
            r->n += form->n;
            r->used |= 1U << p;
            compose_row(r);
            r->n -= form->n;
            r->used &= ~(1U << p);
        }
    }
}

/* With the same part three times every order is the same: once is enough. */
static bool are_same(const uint32_t *part, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (part[i] != part[0])
            return false;
    return true;
}

static void compose_same(struct row *r)
{
    for (size_t f = 0; f < r->part[0].n; f++) {
        const struct form *form = &r->part[0].form[f];
        r->n = 0;
        for (size_t p = 0; p < r->n_parts && r->n + form->n <= STROKE_MAX_KEYS; p++) {
            memcpy(r->keys + r->n, form->keys, form->n);
            r->n += form->n;
        }
        match_row(r);
    }
}

int stroke_table_compose(struct stroke_table *t, const uint32_t *part, size_t n_parts,
                         uint32_t *ret, size_t *ret_n, struct err *err)
{
    struct part_forms forms[STROKE_MAX_PARTS] = {0};
    if (n_parts < 2 || n_parts > STROKE_MAX_PARTS)
        return ERR(err, ERR_INVALID, "two to %d parts", STROKE_MAX_PARTS);
    int rc = stroke_table_ready(t, err);
    if (rc)
        return rc;
    struct stroke_hits *hits = mem_zalloc(1, sizeof *hits);
    for (size_t i = 0; i < n_parts; i++)
        forms_of(t, part[i], &forms[i]);
    struct row row = {.t = t, .part = forms, .n_parts = n_parts, .hits = hits};
    for (size_t a = 0; n_parts == 2 && a < forms[0].n; a++)
        for (size_t b = 0; b < forms[1].n; b++)
            compose_two(t, &forms[0].form[a], &forms[1].form[b], hits);
    if (n_parts > 2 && are_same(part, n_parts))
        compose_same(&row);
    else if (n_parts > 2)
        compose_row(&row);
    *ret_n = stroke_hits_take(hits, ret);
    bytes_wipe(&row, sizeof row);
    free(hits);
    return 0;
}

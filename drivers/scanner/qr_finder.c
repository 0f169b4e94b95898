/* SPDX-License-Identifier: Apache-2.0 */
/* Finder patterns: runs along each row, checked in the column through their middle, then joined
 * with those of the rows above. */
#include "drivers/scanner/qr_finder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- runs ---- */

/* Do five runs (dark, light, dark, light, dark) have the proportions 1:1:3:1:1? */
static bool runs_fit(const int run[5], float *ret_module)
{
    int total = run[0] + run[1] + run[2] + run[3] + run[4];
    if (total < 7)
        return false;
    float m = (float)total / 7.0F, off = m * 0.6F + 0.5F;
    for (int i = 0; i < 5; i++) {
        float want = i == 2 ? 3 * m : m;
        if (fabsf((float)run[i] - want) > (i == 2 ? 1.6F * off : off))
            return false;
    }
    *ret_module = m;
    return true;
}

/* Length of the run of one colour from (x, y) on, in steps of dy. */
static int run_down(const struct qr_image *m, int x, int *y, int dy, uint8_t colour, int most)
{
    int n = 0;
    while (*y >= 0 && *y < m->height && n <= most &&
           m->px[(size_t)*y * (size_t)m->width + (size_t)x] == colour) {
        *y += dy;
        n++;
    }
    return n;
}

/* The same proportions in the column. @return the middle's row, or -1 */
static float column_check(const struct qr_image *m, int x, int y, float module, float *ret_module)
{
    int most = (int)(module * 6) + 2, run[5], up = y, down = y + 1;
    run[2] = run_down(m, x, &up, -1, 0, most);
    run[1] = run_down(m, x, &up, -1, 255, most);
    run[0] = run_down(m, x, &up, -1, 0, most);
    int half = run_down(m, x, &down, 1, 0, most), end = down;
    run[2] += half;
    run[3] = run_down(m, x, &down, 1, 255, most);
    run[4] = run_down(m, x, &down, 1, 0, most);
    if (!runs_fit(run, ret_module) || *ret_module > 2 * module || *ret_module * 2 < module)
        return -1;
    return (float)end - (float)run[2] / 2.0F;
}

/* ---- joining ---- */

/* A core is three modules high, less when it is turned: what was seen in half of that or in next
 * to no rows is noise. */
static bool finder_is_speck(const struct qr_finder *f)
{
    return f->n_rows < 3 || (float)f->n_rows < 1.4F * f->module;
}

/* Let specks go that lie above row y and so cannot grow any more. */
static void specks_drop(struct qr_finders *list, float y)
{
    size_t n = 0;
    for (size_t i = 0; i < list->n; i++)
        if (!finder_is_speck(&list->at[i]) || list->at[i].y + 2 * list->at[i].module >= y)
            list->at[n++] = list->at[i];
    list->n = n;
}

static void finder_add(struct qr_finders *list, float x, float y, float module)
{
    for (size_t i = list->n; i-- > 0;) { /* the latest are the nearest */
        struct qr_finder *f = &list->at[i];
        if (fabsf(f->x - x) > 2 * f->module || fabsf(f->y - y) > 2 * f->module ||
            module > 1.7F * f->module || f->module > 1.7F * module)
            continue;
        float n = (float)f->n_rows;
        f->x = (f->x * n + x) / (n + 1);
        f->y = (f->y * n + y) / (n + 1);
        f->module = (f->module * n + module) / (n + 1);
        f->n_rows++;
        return;
    }
    if (list->n == QR_FINDERS_MAX)
        specks_drop(list, y);
    if (list->n == QR_FINDERS_MAX)
        list->is_full = true;
    else
        list->at[list->n++] = (struct qr_finder){x, y, module, 1};
}

static void row_scan(const struct qr_image *m, int y, struct qr_finders *ret)
{
    const uint8_t *row = m->px + (size_t)y * (size_t)m->width;
    int run[5] = {0}, n_runs = 0, x = 0;
    while (x < m->width && row[x] != 0)
        x++;
    while (x < m->width) {
        int start = x;
        uint8_t colour = row[x];
        while (x < m->width && row[x] == colour)
            x++;
        memmove(run, run + 1, 4 * sizeof run[0]);
        run[4] = x - start;
        n_runs++;
        float across, along;
        if (colour != 0 || n_runs < 5 || !runs_fit(run, &across))
            continue;
        float middle = (float)(x - run[4] - run[3]) - (float)run[2] / 2.0F;
        float at = column_check(m, (int)middle, y, across, &along);
        if (at >= 0)
            finder_add(ret, middle, at, (across + along) / 2);
    }
}

void qr_finders_scan(const struct qr_image *m, struct qr_finders *ret)
{
    ret->n = 0;
    ret->is_full = false;
    for (int y = 0; y < m->height && !ret->is_full; y++)
        row_scan(m, y, ret);
    specks_drop(ret, INFINITY);
}

/* ---- places ---- */

static float distance(const struct qr_finder *a, const struct qr_finder *b)
{
    return hypotf(a->x - b->x, a->y - b->y);
}

static bool place_of_three(const struct qr_finder *a, const struct qr_finder *b,
                           const struct qr_finder *c, struct qr_place *ret)
{
    float ab = distance(a, b), bc = distance(b, c), ca = distance(c, a);
    float longest = fmaxf(ab, fmaxf(bc, ca)), shortest = fminf(ab, fminf(bc, ca));
    float middle = ab + bc + ca - longest - shortest;
    float module = (a->module + b->module + c->module) / 3;
    float low = fminf(a->module, fminf(b->module, c->module));
    float high = fmaxf(a->module, fmaxf(b->module, c->module));
    /* middles lie 14 modules apart in version 1 and 170 in version 40 */
    if (shortest < 8 * module || longest > 300 * module || high > 1.9F * low)
        return false;
    float right =
        fabsf(longest * longest - middle * middle - shortest * shortest) / (longest * longest);
    float even = middle / shortest - 1;
    ret->badness = right + even + (high / low - 1);
    if (right > 0.45F || even > 1.2F)
        return false;
    /* the far corner lies opposite the right angle: the longest side is the diagonal */
    const struct qr_finder *p = longest == ab ? a : longest == bc ? b : c;
    const struct qr_finder *q = longest == ab ? b : longest == bc ? c : a;
    ret->x = (p->x + q->x) / 2;
    ret->y = (p->y + q->y) / 2;
    ret->reach = longest / 2 + 5 * module;
    ret->module = module;
    return true;
}

static size_t place_insert(struct qr_place *places, size_t n, size_t n_max,
                           const struct qr_place *p)
{
    size_t i = n < n_max ? n : n_max;
    if (i == n_max && places[n_max - 1].badness <= p->badness)
        return n;
    if (i == n_max)
        i--;
    while (i > 0 && places[i - 1].badness > p->badness) {
        places[i] = places[i - 1];
        i--;
    }
    places[i] = *p;
    return n < n_max ? n + 1 : n;
}

size_t qr_finders_places(const struct qr_finders *list, struct qr_place *places, size_t n_max)
{
    size_t n = 0;
    struct qr_place p;
    /* many finders are the mark of a picture that means harm: look at the first ones only */
    size_t n_list = list->n < 24 ? list->n : 24;
    for (size_t i = 0; i < n_list; i++)
        for (size_t j = i + 1; j < n_list; j++)
            for (size_t k = j + 1; k < n_list; k++)
                if (place_of_three(&list->at[i], &list->at[j], &list->at[k], &p))
                    n = place_insert(places, n, n_max, &p);
    for (size_t i = 0; i < n_list && n == 0; i++) {
        const struct qr_finder *f = &list->at[i];
        p = (struct qr_place){f->x, f->y, 45 * f->module, f->module, 1.0F / (float)f->n_rows};
        n = place_insert(places, n, n_max, &p);
    }
    return n;
}

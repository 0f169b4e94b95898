/* SPDX-License-Identifier: Apache-2.0 */
/* The access rules over a plain list of what a panel shows. */
#include "access.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define EPSILON 0.001

static void found(struct access_report *r, enum access_rule rule, const struct access_item *i,
                  const char *what, double value)
{
    static const char *const names[] = {"target", "gap",     "bezel", "cap",   "ink",  "ground",
                                        "cut",    "overlap", "focus", "order", "said", "reach"};
    r->n[rule]++;
    if (!r->first[0])
        snprintf(r->first, sizeof r->first, "%s: %s %.60s: %s %.1f", names[rule], i->id,
                 i->text ? i->text : "", what, value);
}

/* Distance of two things along the axis that separates them; negative: they overlap. */
static double gap(const struct access_item *a, const struct access_item *b)
{
    double dx = fmax(a->x, b->x) - fmin(a->x + a->w, b->x + b->w);
    double dy = fmax(a->y, b->y) - fmin(a->y + a->h, b->y + b->h);
    return fmax(dx, dy);
}

static void check_target(const struct access_panel *p, const struct access_item *i,
                         struct access_report *ret)
{
    double least = p->is_large ? ACCESS_TARGET_LARGE_MM : ACCESS_TARGET_MM, side = fmin(i->w, i->h);
    if (side < least - EPSILON)
        found(ret, ACCESS_TARGET, i, "mm", side);
    double rim = fmin(fmin(i->x, i->y), fmin(p->w - i->x - i->w, p->h - i->y - i->h));
    if (rim < ACCESS_BEZEL_MM - EPSILON)
        found(ret, ACCESS_BEZEL, i, "mm", rim);
    if (i->y < p->reach - ACCESS_GAP_MM)
        found(ret, ACCESS_REACH, i, "line", i->y);
}

static void check_text(const struct access_panel *p, const struct access_item *i,
                       struct access_report *ret)
{
    double cap = p->is_large ? ACCESS_CAP_LARGE_MM : ACCESS_CAP_MM;
    double contrast = p->is_high_contrast ? ACCESS_CONTRAST_HIGH : ACCESS_CONTRAST;
    if (i->cap > 0 && i->cap < cap - EPSILON)
        found(ret, ACCESS_CAP, i, "mm", i->cap);
    if (i->contrast > 0 && i->contrast < contrast - EPSILON)
        found(ret, ACCESS_INK, i, "to 1,", i->contrast);
    if (i->is_ground_wrong)
        found(ret, ACCESS_GROUND, i, "line", i->y);
    bool is_outside = i->x < -EPSILON || i->y < -EPSILON || i->x + i->w > p->w + EPSILON ||
                      i->y + i->h > p->h + EPSILON;
    if (i->is_cut || is_outside)
        found(ret, ACCESS_CUT, i, "line", i->y);
}

/* Does b stand before a for somebody who reads? Above it in the same column, or on the same line
 * nearer to its beginning. */
static bool is_before(const struct access_panel *p, const struct access_item *b,
                      const struct access_item *a)
{
    double across = fmin(a->x + a->w, b->x + b->w) - fmax(a->x, b->x);
    double down = fmin(a->y + a->h, b->y + b->h) - fmax(a->y, b->y);
    if (across > 0 && down <= EPSILON)
        return b->y < a->y;
    if (down > fmin(a->h, b->h) / 2 && across <= EPSILON)
        return p->is_rtl ? b->x > a->x : b->x < a->x;
    return false;
}

/* Places 1..n, each once, and nobody is led back. */
static void check_focus(const struct access_panel *p, const struct access_item *item, int n,
                        struct access_report *ret)
{
    int n_focus = 0;
    for (int i = 0; i < n; i++)
        n_focus += item[i].is_touch && item[i].is_enabled && item[i].focus >= 0;
    for (int i = 0; i < n; i++) {
        const struct access_item *a = &item[i];
        bool can = a->is_touch && a->is_enabled;
        if (a->focus < 0)
            continue;
        if (can != (a->focus > 0) || a->focus > n_focus)
            found(ret, ACCESS_FOCUS, a, "place", a->focus);
        for (int k = i + 1; k < n && a->focus > 0; k++) {
            const struct access_item *b = &item[k];
            if (b->focus <= 0)
                continue;
            if (b->focus == a->focus)
                found(ret, ACCESS_FOCUS, b, "place", b->focus);
            else if (b->focus > a->focus ? is_before(p, b, a) : is_before(p, a, b))
                found(ret, ACCESS_ORDER, b, "place", b->focus);
        }
    }
}

void access_lint(const struct access_panel *panel, const struct access_item *item, int n,
                 struct access_report *ret)
{
    memset(ret, 0, sizeof *ret);
    for (int i = 0; i < n; i++) {
        const struct access_item *a = &item[i];
        if (a->is_touch)
            check_target(panel, a, ret);
        if (a->is_text)
            check_text(panel, a, ret);
        bool has_words = (a->text && a->text[0]) || (a->said && a->said[0]);
        if ((a->is_touch || a->is_text) && (a->is_silent || !has_words))
            found(ret, ACCESS_SAID, a, "line", a->y);
        for (int k = i + 1; k < n; k++) {
            const struct access_item *b = &item[k];
            double mm = gap(a, b);
            if (a->is_touch && b->is_touch && mm < ACCESS_GAP_MM - EPSILON)
                found(ret, ACCESS_GAP, a, "mm", mm);
            if (a->is_text && b->is_text && mm < -EPSILON)
                found(ret, ACCESS_OVERLAP, a, "line", a->y);
        }
    }
    check_focus(panel, item, n, ret);
}

int access_total(const struct access_report *r)
{
    int sum = 0;
    for (int i = 0; i < ACCESS_N_RULES; i++)
        sum += r->n[i];
    return sum;
}

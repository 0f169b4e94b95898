/* SPDX-License-Identifier: Apache-2.0 */
/* Measuring a finished panel against the access rules. */
#include "access.h"

#include <stdio.h>
#include <string.h>

enum { MOST = 512, COLOURS = 64 };

struct list_of {
    struct widget *target[MOST], *text[MOST];
    int n_targets, n_texts;
};

static void take(void *arg, struct widget *w, int depth, bool is_visible)
{
    struct list_of *l = arg;
    (void)depth;
    if (!is_visible)
        return;
    if (w->action.act != ACT_NONE && l->n_targets < MOST)
        l->target[l->n_targets++] = w;
    if (w->ink && w->text && w->text[0] && l->n_texts < MOST)
        l->text[l->n_texts++] = w;
}

static void found(struct access_report *r, enum access_rule rule, const struct widget *w,
                  const char *what, double value)
{
    static const char *const names[] = {"target", "gap",    "bezel", "cap",
                                        "ink",    "ground", "cut",   "overlap"};
    r->n[rule]++;
    if (!r->first[0])
        snprintf(r->first, sizeof r->first, "%s: %s%s%.60s: %s %.1f", names[rule],
                 w->id ? w->id : "", w->id ? " " : "", w->text ? w->text : "", what, value);
}

static double gap_px(struct rect a, struct rect b)
{
    int dx = a.x > b.x ? a.x - (b.x + b.w) : b.x - (a.x + a.w);
    int dy = a.y > b.y ? a.y - (b.y + b.h) : b.y - (a.y + a.h);
    return dx > dy ? dx : dy;
}

static void check_targets(const struct list_of *l, const struct tokens *tok,
                          const struct surface *panel, struct access_report *ret)
{
    double mm = tok->px_per_mm, least = tok->is_elder ? ACCESS_TARGET_ELDER_MM : ACCESS_TARGET_MM;
    for (int i = 0; i < l->n_targets; i++) {
        struct rect r = l->target[i]->rect;
        int side = r.w < r.h ? r.w : r.h;
        if (side < least * mm)
            found(ret, ACCESS_TARGET, l->target[i], "mm", side / mm);
        int left = r.x < r.y ? r.x : r.y, right = panel->w - r.x - r.w;
        int below = panel->h - r.y - r.h, rim = left < right ? left : right;
        rim = rim < below ? rim : below;
        if (rim < ACCESS_BEZEL_MM * mm)
            found(ret, ACCESS_BEZEL, l->target[i], "mm", rim / mm);
        for (int k = i + 1; k < l->n_targets; k++)
            if (gap_px(r, l->target[k]->rect) < ACCESS_GAP_MM * mm)
                found(ret, ACCESS_GAP, l->target[i], "mm", gap_px(r, l->target[k]->rect) / mm);
    }
}

/* The colour that fills most of a rectangle. */
static colour_t most_common(const struct surface *s, struct rect r)
{
    colour_t seen[COLOURS] = {0};
    int count[COLOURS] = {0}, best = 0, at = 0;
    r = rect_intersect(r, rect_of(0, 0, s->w, s->h));
    for (int y = r.y; y < r.y + r.h; y++) {
        for (int x = r.x; x < r.x + r.w; x++) {
            colour_t c = s->px[(size_t)y * (size_t)s->stride + (size_t)x];
            if (!count[at] || seen[at] != c) /* mostly the colour beside it */
                for (at = 0; at < COLOURS - 1 && count[at] && seen[at] != c; at++)
                    ;
            if (count[at] && seen[at] != c)
                continue; /* too many colours */
            seen[at] = c;
            best = ++count[at] > count[best] ? at : best;
        }
    }
    return seen[best];
}

static bool is_within(const struct widget *w, const struct surface *panel)
{
    struct rect r = w->rect;
    struct rect in = rect_intersect(r, rect_of(0, 0, panel->w, panel->h));
    for (const struct widget *p = w->parent; p; p = p->parent)
        in = rect_intersect(in, p->rect);
    return in.w == r.w && in.h == r.h;
}

static void check_texts(const struct list_of *l, const struct tokens *tok,
                        const struct surface *panel, struct access_report *ret)
{
    double least = tok->is_elder ? ACCESS_CAP_ELDER_MM : ACCESS_CAP_MM;
    for (int i = 0; i < l->n_texts; i++) {
        const struct widget *w = l->text[i];
        double cap = w->cap_px / tok->px_per_mm, ink = theme_contrast(w->ink, w->ground);
        if (cap < least - 0.001)
            found(ret, ACCESS_CAP, w, "mm", cap);
        if (ink < ACCESS_CONTRAST)
            found(ret, ACCESS_INK, w, "to 1,", ink);
        if (most_common(panel, w->rect) != w->ground)
            found(ret, ACCESS_GROUND, w, "line", w->rect.y);
        if (w->is_text_cut || !is_within(w, panel))
            found(ret, ACCESS_CUT, w, "line", w->rect.y);
        for (int k = i + 1; k < l->n_texts; k++)
            if (!rect_is_empty(rect_intersect(w->rect, l->text[k]->rect)))
                found(ret, ACCESS_OVERLAP, w, "line", w->rect.y);
    }
}

void access_check(struct widget *root, const struct tokens *tok, const struct surface *panel,
                  struct access_report *ret)
{
    static struct list_of l;
    memset(ret, 0, sizeof *ret);
    memset(&l, 0, sizeof l);
    widget_visit(root, take, &l);
    check_targets(&l, tok, panel, ret);
    check_texts(&l, tok, panel, ret);
}

/* ---- keyboard: its keys are no widgets, so they are put into some ---- */

struct keys {
    struct widget key[MOST];
    char id[MOST][32];
    char text[MOST][64];
    int n;
};

static void take_key(void *arg, const struct keyboard_item *item)
{
    struct keys *k = arg;
    if (!strncmp(item->id, "keyboard.", 9) || k->n == MOST)
        return; /* the editor's own texts share one line */
    snprintf(k->id[k->n], sizeof k->id[0], "%s", item->id);
    snprintf(k->text[k->n], sizeof k->text[0], "%s", item->text);
    k->key[k->n] = (struct widget){.id = k->id[k->n],
                                   .text = k->text[k->n],
                                   .rect = item->rect,
                                   .ink = item->is_enabled ? item->ink : 0,
                                   .ground = item->ground,
                                   .cap_px = item->cap_px,
                                   .is_text_cut = item->is_cut};
    k->key[k->n].action.act = strcmp(item->role, "text") != 0 ? ACT_INTENT : ACT_NONE;
    k->n++;
}

void access_check_keyboard(const struct keyboard *kb, const struct tokens *tok,
                           const struct surface *panel, struct access_report *ret)
{
    static struct list_of l;
    static struct keys keys;
    memset(ret, 0, sizeof *ret);
    memset(&l, 0, sizeof l);
    memset(&keys, 0, sizeof keys);
    keyboard_each_item(kb, take_key, &keys);
    for (int i = 0; i < keys.n; i++)
        take(&l, &keys.key[i], 0, true);
    check_targets(&l, tok, panel, ret);
    check_texts(&l, tok, panel, ret);
}

int access_total(const struct access_report *r)
{
    int sum = 0;
    for (int i = 0; i < ACCESS_N_RULES; i++)
        sum += r->n[i];
    return sum;
}

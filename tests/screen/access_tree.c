/* SPDX-License-Identifier: Apache-2.0 */
/* What a tree of widgets or the open keyboard shows, as the list that the access rules take. */
#include <stdio.h>
#include <string.h>

#include "access.h"

enum {
    MOST = 512,
    COLOURS = 64,
    REACH_MM = 370, /* 1120 mm above the floor, on a panel that begins at 750 mm */
};

struct taker {
    const struct access_scene *scene;
    struct access_item item[MOST];
    char text[MOST][64]; /* of keys */
    int n;
};

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

static bool is_within(const struct widget *w)
{
    struct rect r = w->rect, in = r;
    for (const struct widget *p = w->parent; p; p = p->parent)
        in = rect_intersect(in, p->rect);
    return in.w == r.w && in.h == r.h;
}

static struct access_item *add(struct taker *t, const char *id, const char *role, const char *text,
                               struct rect r)
{
    double mm = t->scene->tok->px_per_mm;
    if (t->n == MOST)
        return NULL;
    struct access_item *i = &t->item[t->n++];
    *i = (struct access_item){.role = role,
                              .text = text,
                              .x = r.x / mm,
                              .y = r.y / mm,
                              .w = r.w / mm,
                              .h = r.h / mm,
                              .focus = -1};
    snprintf(i->id, sizeof i->id, "%s", id ? id : "");
    return i;
}

static void take_words(const struct taker *t, struct access_item *i, colour_t ink, colour_t ground,
                       double cap_px, struct rect r)
{
    i->is_text = true;
    i->cap = cap_px / t->scene->tok->px_per_mm;
    i->contrast = theme_contrast(ink, ground);
    i->is_ground_wrong = t->scene->surface && most_common(t->scene->surface, r) != ground;
}

/* The first words inside something that has none of its own. */
static const char *words_in(const struct widget *w)
{
    for (const struct widget *c = w->first; c; c = c->next) {
        const char *in = c->text && c->text[0] ? c->text : words_in(c);
        if (in)
            return in;
    }
    return NULL;
}

static bool is_silent(const struct access_scene *scene, const struct widget *w)
{
    char words[8192]; /* a consent is long */
    return scene->ctx && widget_say(w, scene->ctx, words, sizeof words) == 0;
}

static void take(void *arg, struct widget *w, int depth, bool is_visible)
{
    struct taker *t = arg;
    (void)depth;
    bool is_touch = w->action.act != ACT_NONE, is_text = w->ink && w->text && w->text[0];
    if (!is_visible || (!is_touch && !is_text))
        return;
    struct access_item *i = add(t, w->id, widget_role(w), w->text, w->rect);
    if (!i)
        return;
    i->is_touch = is_touch;
    i->is_enabled = !w->is_disabled;
    i->focus = w->focus;
    i->said = is_touch ? words_in(w) : NULL;
    i->is_silent = is_silent(t->scene, w);
    if (!is_text)
        return;
    take_words(t, i, w->ink, w->ground, w->cap_px, w->rect);
    i->is_cut = w->is_text_cut || !is_within(w);
}

static void lint(const struct taker *t, double reach, struct access_report *ret)
{
    const struct access_scene *s = t->scene;
    struct access_panel panel = {.w = s->panel_w / s->tok->px_per_mm,
                                 .h = s->panel_h / s->tok->px_per_mm,
                                 .is_large = s->tok->is_large,
                                 .is_high_contrast = s->tok->contrast != CONTRAST_DEFAULT,
                                 .is_rtl = s->tok->is_rtl,
                                 .reach = reach};
    access_lint(&panel, t->item, t->n, ret);
}

void access_check_scene(struct widget *root, const struct access_scene *scene,
                        struct access_report *ret)
{
    static struct taker t;
    t.scene = scene;
    t.n = 0;
    widget_visit(root, take, &t);
    lint(&t, scene->is_low ? scene->panel_h / scene->tok->px_per_mm / 2 : 0, ret);
}

void access_check(struct widget *root, const struct tokens *tok, const struct surface *panel,
                  struct access_report *ret)
{
    struct access_scene scene = {
        .tok = tok, .panel_w = panel->w, .panel_h = panel->h, .surface = panel};
    access_check_scene(root, &scene, ret);
}

/* ---- keyboard ---- */

static void take_key(void *arg, const struct keyboard_item *item)
{
    struct taker *t = arg;
    if (!strncmp(item->id, "keyboard.", 9))
        return; /* the editor's own texts share one line */
    struct access_item *i = add(t, item->id, item->role, NULL, item->rect);
    if (!i)
        return;
    snprintf(t->text[t->n - 1], sizeof t->text[0], "%s", item->text);
    i->text = t->text[t->n - 1];
    i->role = "key";
    i->is_touch = strcmp(item->role, "text") != 0;
    i->is_enabled = item->is_enabled;
    i->said = item->id;
    if (!item->is_enabled || !item->text[0])
        return;
    take_words(t, i, item->ink, item->ground, item->cap_px, item->rect);
    i->is_cut = item->is_cut;
}

void access_check_keys(const struct keyboard *kb, const struct access_scene *scene,
                       struct access_report *ret)
{
    static struct taker t;
    t.scene = scene;
    t.n = 0;
    keyboard_each_item(kb, take_key, &t);
    /* a keyboard needs more than half of a small panel, but not more than a hand reaches */
    lint(&t, scene->is_low ? scene->panel_h / scene->tok->px_per_mm - REACH_MM : 0, ret);
}

void access_check_keyboard(const struct keyboard *kb, const struct tokens *tok,
                           const struct surface *panel, struct access_report *ret)
{
    struct access_scene scene = {
        .tok = tok, .panel_w = panel->w, .panel_h = panel->h, .surface = panel};
    access_check_keys(kb, &scene, ret);
}

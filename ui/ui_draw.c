/* SPDX-License-Identifier: Apache-2.0 */
/* Drawing only what changed: every widget's state is hashed with its place; a tree is compared
 * with what the panel shows, and only the rectangles that differ are drawn. Main thread. */
#include <string.h>

#include "ui/ui_priv.h"

void ui_mark_dirty(struct ui *ui, struct rect r)
{
    const struct surface *s = display_surface(ui->display);
    r = rect_intersect(r, rect_of(0, 0, s->w, s->h));
    if (rect_is_empty(r))
        return;
    for (int i = 0; i < ui->n_dirty;) {
        if (rect_is_empty(rect_intersect(r, ui->dirty[i]))) {
            i++;
            continue;
        }
        r = rect_union(r, ui->dirty[i]);
        ui->dirty[i] = ui->dirty[--ui->n_dirty];
        i = 0; /* the larger one may touch those before */
    }
    if (ui->n_dirty == UI_MAX_DIRTY) {
        struct rect last = ui->dirty[--ui->n_dirty];
        ui_mark_dirty(ui, rect_union(r, last));
        return;
    }
    ui->dirty[ui->n_dirty++] = r;
}

static void collect(struct ui *ui, const struct widget *w, int *n)
{
    if (w->is_hidden || *n == UI_MAX_MARKS)
        return;
    int ring = w->is_focused ? widget_ring_px(&ui->ctx.tok) : 0;
    ui->fresh[(*n)++] = (struct ui_mark){widget_state(w), rect_grow(w->rect, w->bleed + ring)};
    for (const struct widget *c = w->first; c; c = c->next)
        collect(ui, c, n);
}

static bool has_state(const struct ui_mark *marks, int n, uint64_t state, int near)
{
    /* the same widget mostly stands at the same place of the list */
    if (near < n && marks[near].state == state)
        return true;
    for (int i = 0; i < n; i++)
        if (marks[i].state == state)
            return true;
    return false;
}

void ui_mark_changes(struct ui *ui)
{
    int n = 0;
    if (ui->now.root)
        collect(ui, ui->now.root, &n);
    for (int i = 0; i < n; i++)
        if (!has_state(ui->marks, ui->n_marks, ui->fresh[i].state, i))
            ui_mark_dirty(ui, ui->fresh[i].area);
    for (int i = 0; i < ui->n_marks; i++)
        if (!has_state(ui->fresh, n, ui->marks[i].state, i))
            ui_mark_dirty(ui, ui->marks[i].area);
    memcpy(ui->marks, ui->fresh, (size_t)n * sizeof ui->marks[0]);
    ui->n_marks = n;
}

/* What a press holds on to while trees come and go. */
struct hold {
    bool is_set;
    char id[96];
    int index;
    struct widget_action action;
    struct widget *found;
};

static void hold_take(struct hold *h, const struct widget *w)
{
    h->is_set = w && w->id && strlen(w->id) < sizeof h->id;
    if (!h->is_set)
        return;
    memcpy(h->id, w->id, strlen(w->id) + 1);
    h->index = w->index;
    h->action = w->action;
}

static void hold_find(void *arg, struct widget *w, int depth, bool is_visible)
{
    struct hold *h = arg;
    (void)depth;
    if (is_visible && widget_can_tap(w) && w->id && strcmp(w->id, h->id) == 0 &&
        w->index == h->index && w->action.act == h->action.act &&
        w->action.intent == h->action.intent && w->action.item == h->action.item)
        h->found = w;
}

void ui_build(struct ui *ui)
{
    struct hold hold = {0};
    struct surface *s = display_surface(ui->display);
    hold_take(&hold, ui->pressed);
    ui->pressed = NULL;
    ui->must_build = false;
    arena_reset(ui->ctx.arena);
    memset(&ui->now, 0, sizeof ui->now);
    if (!ui->has_view)
        return;
    /* beside its keys a search has a standing page */
    bool is_search = ui_search_shown(ui), is_wide = ui->ctx.tok.is_wide;
    bool is_beside = is_search && keyboard_is_beside(ui->keyboard);
    struct rect keys = keyboard_rect(ui->keyboard);
    ui->ctx.tok.is_wide = is_wide && !is_beside;
    ui->now = (struct screen_build){.ctx = &ui->ctx,
                                    .view = &ui->view,
                                    .state = &ui->state,
                                    .keys_h = is_beside   ? ui->ctx.tok.margin
                                              : is_search ? keys.h
                                                          : 0,
                                    .panel_w = is_beside ? s->w - keys.w : s->w,
                                    .panel_h = s->h,
                                    .hall = ui->hall_name,
                                    .product = ui_product_name(ui),
                                    .samples = &ui->samples};
    screen_build(&ui->now);
    ui->ctx.tok.is_wide = is_wide;
    if (hold.is_set)
        widget_visit(ui->now.root, hold_find, &hold);
    ui->pressed = hold.found;
    if (ui->pressed)
        ui->pressed->is_pressed = true;
    ui_focus_follow(ui);
    ui_mark_changes(ui);
    ui_say_update(ui);
}

bool ui_keyboard_shown(const struct ui *ui)
{
    return keyboard_is_open(ui->keyboard) && !ui->view.ask.id && !ui->view.ask.lit;
}

static void draw_part(struct ui *ui, struct surface *s, struct rect r)
{
    surface_clip(s, r);
    if (ui->now.root)
        widget_draw(ui->now.root, &ui->ctx, s);
    else
        surface_fill(s, r, ui->ctx.tok.ground);
    if (!ui_keyboard_shown(ui))
        return;
    if (!ui_search_shown(ui))
        surface_fill(s, r, (ui->ctx.tok.scrim & 0xFFFFFF) | 0xA8000000);
    keyboard_draw(ui->keyboard, s);
    ui_focus_draw(ui, s);
}

/* Bring the surface up to date. @return true when something was drawn */
static bool draw_due(struct ui *ui)
{
    struct surface *s = display_surface(ui->display);
    if (ui->must_build)
        ui_build(ui);
    bool is_shown = ui_keyboard_shown(ui);
    if (is_shown != ui->was_keyboard_shown)
        ui_mark_dirty(ui, rect_of(0, 0, s->w, s->h));
    ui->was_keyboard_shown = is_shown;
    struct rect keys = keyboard_take_dirty(ui->keyboard);
    if (is_shown)
        ui_mark_dirty(ui, keys);
    for (int i = 0; i < ui->n_dirty; i++)
        draw_part(ui, s, ui->dirty[i]);
    surface_clip_all(s);
    return ui->n_dirty > 0;
}

/* What was drawn has reached the panel. */
static void shown(struct ui *ui)
{
    ui->n_dirty = 0;
    ui->n_frames++;
    if (ui->touched_ms) {
        ui->tap_to_frame_ms = ui_now_ms(ui) - ui->touched_ms;
        ui->touched_ms = 0;
    }
}

bool ui_draw(struct ui *ui)
{
    bool was_drawn = draw_due(ui);
    ui_motion_end(ui);
    if (!was_drawn)
        return false;
    display_present(ui->display, ui->dirty, ui->n_dirty);
    shown(ui);
    return true;
}

void ui_draw_moving(struct ui *ui)
{
    ui_anim_step(ui);
    if (ui->motion.phase == MOTION_STILL) {
        (void)ui_draw(ui); /* whether something was drawn does not matter here */
        return;
    }
    bool was_drawn = draw_due(ui);
    ui_motion_begin(ui);
    (void)ui_motion_step(ui); /* not yet due: the panel keeps the last picture */
    if (was_drawn)
        shown(ui);
}

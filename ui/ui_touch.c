/* SPDX-License-Identifier: Apache-2.0 */
/* Fingers and keys: what was touched, and what that means. Main thread.
 *
 *   idle --down on a button--> PRESSED --up inside--> act --> idle
 *                                      --up outside or target gone--> idle
 *   idle --down on the signing area--> INKING --move--> INKING --up--> idle                      */
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "ui/ui_priv.h"

static void press(struct ui *ui, struct widget *w)
{
    if (ui->pressed)
        ui->pressed->is_pressed = false;
    ui->pressed = w;
    if (w)
        w->is_pressed = true;
    ui_mark_changes(ui);
}

void ui_activity(struct ui *ui, int64_t now_ms)
{
    if (now_ms - ui->last_activity_ms < UI_ACTIVITY_MS)
        return;
    ui->last_activity_ms = now_ms;
    ui_push_intent(ui, &(struct intent){.kind = INTENT_ACTIVITY});
}

void ui_edit_item(struct ui *ui, int item)
{
    if (item < 0 || (size_t)item >= ui->view.n_items)
        return;
    const struct view_item *v = &ui->view.item[item];
    if (v->kind == VIEW_SEARCH) {
        ui_search_open(ui, item, false);
        return;
    }
    struct clock_civil today = clock_civil_of(clock_wall_ms() + ui->clock_offset_ms);
    bool is_number = v->input == INPUT_MOBILE || v->input == INPUT_DIGITS;
    struct keyboard_job job = {.input = v->input,
                               .is_secret = is_number && v->value.lit && v->edit &&
                                            strcmp(v->value.lit, v->edit) != 0,
                               .label = widget_text(&ui->ctx, &v->label),
                               .text = v->edit,
                               .max_chars = v->max_chars,
                               .year = today.year,
                               .month = today.month,
                               .day = today.day};
    const struct surface *s = display_surface(ui->display);
    ui->edit_item = item;
    keyboard_open(ui->keyboard, &job, &ui->ctx.tok, s->w, s->h);
}

void ui_keyboard_done(void *arg, const char *text)
{
    struct ui *ui = arg;
    int item = ui->edit_item;
    ui->edit_item = -1;
    if (item >= 0 && item == ui_search_item(ui))
        ui_search_done(ui, text);
    if (!text || item < 0 || item == ui_search_item(ui))
        return;
    struct intent intent = {.kind = INTENT_SET_TEXT, .item = item};
    size_t n = strlen(text);
    n = n < sizeof intent.text ? n : sizeof intent.text - 1;
    memcpy(intent.text, text, n);
    ui_push_intent(ui, &intent);
    bytes_wipe(&intent, sizeof intent);
}

static void hand_over_ink(struct ui *ui)
{
    const struct widget *pad = ui->now.pad ? &ui->now.pad->w : NULL;
    ui->signature = ui->state.ink;
    if (pad) {
        ui->signature.width = (int16_t)(pad->rect.w / ui->px_per_mm * 10);
        ui->signature.height = (int16_t)(pad->rect.h / ui->px_per_mm * 10);
    }
    ui_push_intent(ui, &(struct intent){.kind = INTENT_SIGN, .strokes = &ui->signature});
}

static void turn_page(struct ui *ui, int by)
{
    if (ui->state.is_settings)
        ui->state.settings_page += by;
    else if (ui->state.sheet_item >= 0)
        ui->state.sheet_page += by;
    else
        ui->state.page += by;
    ui->must_build = true;
}

/* The review names its lines like the items they stand for, with a prefix. */
static void note_tap(struct ui *ui, const struct widget_action *a)
{
    static const char prefix[] = "review.";
    const char *id = NULL;
    ui->tapped = a->intent;
    if (a->intent == INTENT_NEXT)
        ui->read_screens |= 1U << ui->view.screen;
    if (a->intent != INTENT_EDIT || a->item < 0 || (size_t)a->item >= ui->view.n_items)
        return;
    id = ui->view.item[a->item].id;
    if (!id || strncmp(id, prefix, sizeof prefix - 1) != 0)
        return;
    ui->review_page = ui->state.page;
    size_t n = strlen(id += sizeof prefix - 1);
    n = n < sizeof ui->wanted_id ? n : 0;
    memcpy(ui->wanted_id, id, n);
    ui->wanted_id[n] = '\0';
}

/* A sheet of several options or of steps stays open while they are chosen. */
static bool keeps_sheet(const struct ui *ui, const struct widget_action *a)
{
    bool is_choice = a->intent == INTENT_CHOOSE && a->item == ui->state.sheet_item &&
                     a->item >= 0 && (size_t)a->item < ui->view.n_items;
    enum view_input input = is_choice ? ui->view.item[a->item].input : INPUT_NONE;
    return input == INPUT_SET || input == INPUT_STEPS;
}

static void act(struct ui *ui, const struct widget_action *a)
{
    switch (a->act) {
    case ACT_INTENT:
        if (!keeps_sheet(ui, a))
            ui->state.sheet_item = -1;
        ui->must_build = true;
        note_tap(ui, a);
        ui_push_intent(ui,
                       &(struct intent){.kind = a->intent, .item = a->item, .option = a->option});
        break;
    case ACT_PAGE_UP:
        turn_page(ui, -1);
        break;
    case ACT_PAGE_DOWN:
        turn_page(ui, 1);
        break;
    case ACT_EDIT:
        ui_edit_item(ui, a->item);
        break;
    case ACT_EMPTY:
        ui_search_changed(ui, "");
        ui_search_open(ui, a->item, true);
        break;
    case ACT_SHEET:
        ui->state.sheet_item = a->item;
        ui->state.sheet_page = 0;
        ui->must_build = true;
        break;
    case ACT_SHEET_DONE:
        ui->state.sheet_item = -1;
        ui->must_build = true;
        break;
    case ACT_SETTINGS:
    case ACT_SETTINGS_DONE:
        ui->state.is_settings = a->act == ACT_SETTINGS;
        ui->state.settings_page = 0;
        ui->must_build = true;
        break;
    case ACT_INK_CLEAR:
        bytes_wipe(&ui->state.ink, sizeof ui->state.ink);
        ui->must_build = true;
        break;
    case ACT_INK_DONE:
        hand_over_ink(ui);
        break;
    case ACT_NONE:
        break;
    }
}

void ui_tap(struct ui *ui, const struct widget *w, int64_t now_ms)
{
    if (now_ms - ui->last_tap_ms < UI_REPEAT_GUARD_MS)
        return;
    ui->last_tap_ms = now_ms;
    struct widget_action action = w->action; /* the tree may go away */
    ui_say_tapped(ui);
    act(ui, &action);
}

/* ---- ink ---- */

static void ink_add(struct ui *ui, int x, int y, int64_t now_ms, bool is_new)
{
    struct strokes *ink = &ui->state.ink;
    struct pad *pad = ui->now.pad;
    if (!pad || ink->n_points == STROKES_MAX_POINTS)
        return;
    struct rect r = pad->w.rect;
    x = x < r.x ? r.x : x > r.x + r.w ? r.x + r.w : x;
    y = y < r.y ? r.y : y > r.y + r.h ? r.y + r.h : y;
    struct stroke_point p = pad_point(pad, &ui->ctx.tok, x, y);
    const struct stroke_point *last = ink->n_points ? &ink->point[ink->n_points - 1] : NULL;
    if (!last)
        ui->ink_start_ms = now_ms;
    if (last && !is_new && last->x == p.x && last->y == p.y)
        return;
    int64_t t = now_ms - ui->ink_start_ms;
    p.t_ms = (uint16_t)(t > UINT16_MAX ? UINT16_MAX : t);
    p.stroke = (uint16_t)(last ? last->stroke + is_new : 0);
    ink->point[ink->n_points++] = p;
    /* only the new piece is drawn; the marks are brought up to date without a full redraw */
    struct rect kept[UI_MAX_DIRTY];
    int n_kept = ui->n_dirty;
    memcpy(kept, ui->dirty, sizeof kept);
    ui_mark_changes(ui);
    memcpy(ui->dirty, kept, sizeof kept);
    ui->n_dirty = n_kept;
    ui_mark_dirty(ui, pad_fresh_area(pad, &ui->ctx.tok));
}

/* ---- events ---- */

static bool has_question(const struct ui *ui)
{
    return ui->view.ask.id || ui->view.ask.lit;
}

static void touch_down(struct ui *ui, int x, int y, int64_t now_ms)
{
    if (!ui->now.root)
        return;
    ui->touched_ms = now_ms;
    bool is_covered = has_question(ui) || ui->state.is_settings;
    if (ui->now.pad && !is_covered && rect_has(ui->now.pad->w.rect, x, y)) {
        ui->is_inking = true;
        ink_add(ui, x, y, now_ms, true);
        return;
    }
    struct widget *w = widget_at(ui->now.root, x, y);
    if (w)
        press(ui, w);
    else
        ui->touched_ms = 0;
}

static void touch_move(struct ui *ui, int x, int y, int64_t now_ms)
{
    if (ui->is_inking) {
        ink_add(ui, x, y, now_ms, false);
        return;
    }
    struct widget *w = ui->pressed;
    if (w && w->is_pressed != rect_has(w->rect, x, y)) {
        w->is_pressed = !w->is_pressed;
        ui_mark_changes(ui);
    }
}

static void touch_up(struct ui *ui, int x, int y, int64_t now_ms)
{
    if (ui->is_inking) {
        ink_add(ui, x, y, now_ms, false);
        ui->is_inking = false;
        return;
    }
    struct widget *w = ui->pressed;
    if (!w)
        return;
    press(ui, NULL);
    if (rect_has(w->rect, x, y))
        ui_tap(ui, w, now_ms);
}

/* A search leaves the page above its keys alive. */
static bool is_for_page(const struct ui *ui, const struct display_event *e)
{
    if (!ui_search_shown(ui) || e->kind == DISPLAY_KEY)
        return false;
    return e->kind == DISPLAY_DOWN ? !rect_has(keyboard_rect(ui->keyboard), e->x, e->y)
                                   : ui->pressed != NULL;
}

void ui_handle(struct ui *ui, const struct display_event *e, int64_t now_ms)
{
    if (e->kind == DISPLAY_EXPOSE) {
        const struct surface *s = display_surface(ui->display);
        struct rect all = {0, 0, s->w, s->h};
        display_present(ui->display, &all, 1);
        return;
    }
    ui_motion_end(ui);
    if (ui->must_build) /* a touch means what the panel will show, not what it showed */
        ui_build(ui);
    if (e->kind == DISPLAY_DOWN)
        ui_focus_hide(ui);
    bool is_keys = ui_keyboard_shown(ui) && !is_for_page(ui, e);
    if (e->kind == DISPLAY_DOWN || e->kind == DISPLAY_KEY)
        ui_activity(ui, now_ms);
    if (e->kind == DISPLAY_DOWN && is_keys) {
        ui->touched_ms = now_ms;
        keyboard_touch_down(ui->keyboard, e->x, e->y);
    } else if (e->kind == DISPLAY_MOVE && is_keys) {
        keyboard_touch_move(ui->keyboard, e->x, e->y);
    } else if (e->kind == DISPLAY_UP && is_keys) {
        if (keyboard_touch_up(ui->keyboard, e->x, e->y)) {
            ui_say_tapped(ui);
            ui_say_typed(ui);
        }
    } else if (e->kind == DISPLAY_KEY && ui_focus_key_name(ui, e->key)) {
        return;
    } else if (e->kind == DISPLAY_KEY && is_keys) {
        (void)keyboard_press(ui->keyboard, e->key); /* keys it does not know do nothing */
        ui_say_typed(ui);
    } else if (e->kind == DISPLAY_DOWN) {
        touch_down(ui, e->x, e->y, now_ms);
    } else if (e->kind == DISPLAY_MOVE) {
        touch_move(ui, e->x, e->y, now_ms);
    } else if (e->kind == DISPLAY_UP) {
        touch_up(ui, e->x, e->y, now_ms);
    }
}

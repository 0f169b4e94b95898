/* SPDX-License-Identifier: Apache-2.0 */
/* The screens' front door: start, show a view, sleep, hand out intents. Main thread, except
 * ui_wake. */
#include "ui/ui.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "ui/draw/slip.h"
#include "ui/ui_priv.h"
#ifdef YIJIAN_INSPECTOR
#include "ui/inspect/inspect.h"
#endif

static const struct view empty_view = {.ask_countdown_s = -1, .prefs = {.text = TEXT_NORMAL}};

int64_t ui_now_ms(const struct ui *ui)
{
    return clock_mono_ms() + ui->clock_offset_ms;
}

static int load_assets(struct ui *ui, const struct ui_cfg *cfg, struct err *err)
{
    int r = ui_load_theme(ui, cfg, err);
    if (r == 0)
        r = text_set_new(cfg->assets_dir, cfg->languages, cfg->n_languages, &ui->texts, err);
    if (r == 0)
        r = font_set_new(cfg->assets_dir, &ui->fonts, err);
    struct err why = {0};
    if (r == 0 && anim_set_new(cfg->assets_dir, &ui->anims, &why) < 0)
        log_line(LOG_WARN, "ui", "pictures stand still: %s", why.msg);
    if (r == 0)
        ui_leave_out_unwritable(ui);
    return r;
}

static int open_display(struct ui *ui, const struct ui_cfg *cfg, struct err *err)
{
    struct display_cfg display = {.backend = cfg->display,
                                  .width_px = cfg->width_px,
                                  .height_px = cfg->height_px,
                                  .rotation_deg = cfg->rotation_deg,
                                  .window_scale = cfg->window_scale,
                                  .is_fullscreen = cfg->is_fullscreen};
    if (!(cfg->width_mm >= 50 && cfg->width_mm <= 3000))
        return ERR(err, ERR_UI_DISPLAY, "a panel %.0f mm wide is not supported", cfg->width_mm);
    ui->px_per_mm = cfg->width_px / cfg->width_mm;
    return display_new(&display, &ui->display, err);
}

static int start_inspector(struct ui *ui, const struct ui_cfg *cfg, struct err *err)
{
#ifdef YIJIAN_INSPECTOR
    struct inspect_cfg inspect = {.socket_path = cfg->inspect_socket,
                                  .hooks = &ui_inspect_hooks,
                                  .ui = ui,
                                  .wake = (void (*)(void *))ui_wake,
                                  .wake_arg = ui};
    return cfg->inspect_socket ? inspect_start(&inspect, &ui->inspect, err) : 0;
#else
    (void)ui; /* product builds have no inspector */
    (void)cfg;
    (void)err;
    return 0;
#endif
}

static void state_reset(struct ui *ui)
{
    bytes_wipe(&ui->state, sizeof ui->state);
    ui->state.sheet_item = ui->state.seek_item = -1;
}

/* Another page: what was opened on the old one is gone, the sheet of wishes stays above. */
static void state_turn(struct ui *ui)
{
    bool is_settings = ui->state.is_settings;
    int page = ui->state.settings_page;
    state_reset(ui);
    ui->state.is_settings = is_settings;
    ui->state.settings_page = page;
}

void ui_use_prefs(struct ui *ui, const struct prefs *prefs)
{
    ui_use_theme(ui, prefs);
    (void)text_set_select(ui->texts, prefs->language); /* one left out: the first is used */
    ui->ctx.tok.is_rtl = text_set_is_rtl(ui->texts);
    font_set_direction(ui->fonts, ui->ctx.tok.is_rtl);
}

int ui_new(const struct ui_cfg *cfg, struct ui **ret, struct err *err)
{
    struct ui *ui = mem_zalloc(1, sizeof *ui);
    ui->ctx.arena = arena_new();
    ui->images = image_set_new(cfg->assets_dir);
    ui->hall_name = mem_strdup(cfg->hall_name);
    ui->view = empty_view;
    ui->focus = mem_zalloc(1, sizeof *ui->focus);
    ui_focus_reset(ui);
    state_reset(ui);
    ui->edit_item = ui->review_page = -1;
    ui->tap_to_frame_ms = -1;
    ui->last_tap_ms = ui->last_activity_ms = INT64_MIN / 2;
    int r = load_assets(ui, cfg, err);
    if (r == 0)
        r = open_display(ui, cfg, err);
    if (r == 0)
        r = ui_say_new(ui, cfg, err);
    if (r == 0)
        r = start_inspector(ui, cfg, err);
    if (r < 0) {
        ui_free(ui);
        return r;
    }
    ui->ctx.fonts = ui->fonts;
    ui->ctx.images = ui->images;
    ui->ctx.anims = ui->anims;
    ui->ctx.texts = ui->texts;
    ui_use_prefs(ui, &empty_view.prefs);
    struct keyboard_cfg keyboard = {.fonts = ui->fonts,
                                    .texts = ui->texts,
                                    .done = ui_keyboard_done,
                                    .changed = ui_search_changed,
                                    .regions = cfg->regions,
                                    .arg = ui};
    ui->keyboard = keyboard_new(&keyboard);
    *ret = ui;
    return 0;
}

void ui_free(struct ui *ui)
{
    if (!ui)
        return;
#ifdef YIJIAN_INSPECTOR
    inspect_stop(ui->inspect);
#endif
    if (ui->keyboard)
        keyboard_free(ui->keyboard);
    ui_motion_free(ui);
    ui_say_free(ui);
    free(ui->focus);
    display_free(ui->display);
    arena_free(ui->ctx.arena);
    font_set_free(ui->fonts);
    image_set_free(ui->images);
    anim_set_free(ui->anims);
    text_set_free(ui->texts);
    theme_free(ui->theme);
    free(ui->hall_name);
    bytes_wipe(ui, sizeof *ui);
    free(ui);
}

/* ---- views ---- */

/* A pointer into the view that was given becomes one into our copy; others are left alone. */
static const void *moved(const void *p, const struct view *from, struct view *to)
{
    uintptr_t at = (uintptr_t)p, base = (uintptr_t)from;
    if (!p || at < base || at >= base + sizeof *from)
        return p;
    return (const char *)to + (at - base);
}

static void move_text(struct view_text *t, const struct view *from, struct view *to)
{
    t->id = moved(t->id, from, to);
    t->lit = moved(t->lit, from, to);
    t->arg[0] = moved(t->arg[0], from, to);
    t->arg[1] = moved(t->arg[1], from, to);
    t->arg[2] = moved(t->arg[2], from, to);
}

static void view_copy(struct view *to, const struct view *from)
{
    memcpy(to, from, sizeof *to);
    struct view_text *texts[] = {&to->title,         &to->subtitle,     &to->illustration,
                                 &to->banner,        &to->alert,        &to->ask,
                                 &to->ask_yes.label, &to->ask_no.label, &to->back.label,
                                 &to->home.label,    &to->next.label,   &to->extra.label};
    for (size_t i = 0; i < YJ_COUNT(texts); i++)
        move_text(texts[i], from, to);
    for (size_t i = 0; i < to->n_items; i++) {
        struct view_item *v = &to->item[i];
        v->id = moved(v->id, from, to);
        v->icon = moved(v->icon, from, to);
        v->edit = moved(v->edit, from, to);
        v->option = moved(v->option, from, to);
        move_text(&v->label, from, to);
        move_text(&v->value, from, to);
        move_text(&v->value2, from, to);
        move_text(&v->note, from, to);
    }
    for (size_t i = 0; i < to->n_options; i++)
        move_text(&to->option[i].label, from, to);
}

static bool same_words(const struct view_text *a, const struct view_text *b)
{
    const char *x = a->id ? a->id : a->lit, *y = b->id ? b->id : b->lit;
    return x == y || (x && y && strcmp(x, y) == 0);
}

/* Same page of the visit, with other values at most: pages, sheets and ink stay. */
static bool is_same_page(const struct view *a, const struct view *b)
{
    const char *x = a->n_items ? a->item[0].id : NULL, *y = b->n_items ? b->item[0].id : NULL;
    return a->screen == b->screen && a->step == b->step && a->prefs.is_elder == b->prefs.is_elder &&
           same_words(&a->title, &b->title) && (x == y || (x && y && strcmp(x, y) == 0));
}

/* Does the person have to do something about it before the visit goes on? */
static bool is_wanting(const struct view_item *v)
{
    return v->has_error ||
           (v->kind == VIEW_MATERIAL && v->n_options > 0 && v->is_required && v->tone != TONE_OK);
}

/* Turn to what the last tap was about: the answer somebody wants to change, the first thing that
 * keeps the visit from going on, the page of the review one came from. */
static void follow_tap(struct ui *ui, bool is_same)
{
    const struct view *v = &ui->view;
    bool is_refused = ui->tapped == INTENT_NEXT && (v->alert.id || v->alert.lit);
    for (size_t i = 0; i < v->n_items && ui->state.seek_item < 0; i++) {
        bool is_asked =
            ui->tapped == INTENT_EDIT && v->item[i].id && strcmp(v->item[i].id, ui->wanted_id) == 0;
        if (is_asked || (is_refused && is_wanting(&v->item[i])))
            ui->state.seek_item = (int)i;
    }
    if (ui->state.seek_item >= 0 || (ui->read_screens >> v->screen & 1))
        ui->state.seen_page = INT_MAX; /* the list was read before */
    if (!is_same && v->screen == SCREEN_REVIEW && ui->review_page >= 0) {
        ui->state.page = ui->review_page;
        ui->review_page = -1;
    }
    ui->tapped = INTENT_NONE;
}

/* The sheet stays with its item, wherever that stands in the new view; it closes when the item is
 * gone or its last step is taken. */
static void follow_sheet(struct ui *ui, const struct view *from)
{
    struct screen_state *state = &ui->state;
    if (state->sheet_item < 0 || (size_t)state->sheet_item >= ui->view.n_items)
        return;
    const char *id = ui->view.item[state->sheet_item].id;
    int found = id ? -1 : state->sheet_item;
    for (size_t i = 0; i < from->n_items && found < 0; i++)
        if (from->item[i].id && strcmp(from->item[i].id, id) == 0)
            found = (int)i;
    if (found >= 0 && from->item[found].input == INPUT_STEPS && ui->tapped == INTENT_CHOOSE) {
        state->sheet_page = 0;
        found = from->item[found].is_whole ? -1 : found;
    }
    state->sheet_item = found;
}

/* A search begins with the keys: nobody should have to ask for them. */
static bool begins_search(const struct ui *ui, bool was_finding)
{
    int item = was_finding ? -1 : ui_search_item(ui);
    return item >= 0 && !(ui->view.item[item].edit && ui->view.item[item].edit[0]);
}

/* A card or code was read: the page went on without anybody touching it. */
static bool has_worked(const struct ui *ui, const struct view *next)
{
    static const bool is_on[SCREEN_N_SCREENS] = {
        [SCREEN_NOTICE] = true,    [SCREEN_QUESTIONS] = true, [SCREEN_FORM] = true,
        [SCREEN_MATERIALS] = true, [SCREEN_REVIEW] = true,    [SCREEN_SIGN] = true};
    return ui->has_view && ui->view.screen == SCREEN_IDENTIFY && ui->tapped == INTENT_NONE &&
           is_on[next->screen];
}

void ui_show(struct ui *ui, const struct view *view)
{
    if (ui->has_view && ui->view.revision == view->revision && ui->view.screen == view->screen)
        return;
    bool is_same = ui->has_view && is_same_page(&ui->view, view);
    bool was_finding = ui->has_view && ui->view.screen == SCREEN_FIND;
    if (ui->has_view && !is_same && !ui->state.is_settings)
        ui_motion_want(ui, ui->tapped == INTENT_BACK || ui->tapped == INTENT_HOME);
    if (!ui->has_view || memcmp(&ui->view.prefs, &view->prefs, sizeof view->prefs) != 0)
        ui_use_prefs(ui, &view->prefs);
    if (!is_same) {
        state_turn(ui);
        keyboard_close(ui->keyboard);
        ui->edit_item = -1;
        ui_focus_restart(ui);
        ui_say_new_page(ui, has_worked(ui, view));
        ui->is_inking = false;
    } else {
        follow_sheet(ui, view);
    }
    view_copy(&ui->view, view);
    ui->has_view = true;
    follow_tap(ui, is_same);
    ui_note_missing(ui);
    if (begins_search(ui, was_finding))
        ui_search_open(ui, ui_search_item(ui), true);
    ui->must_build = true;
}

void ui_wipe(struct ui *ui)
{
    keyboard_wipe(ui->keyboard);
    bytes_wipe(&ui->view, sizeof ui->view);
    ui->view = empty_view;
    ui->has_view = false;
    state_reset(ui);
    bytes_wipe(&ui->signature, sizeof ui->signature);
    bytes_wipe(ui->intents, sizeof ui->intents);
    ui->n_intents = 0;
    ui->edit_item = ui->review_page = -1;
    ui->tapped = INTENT_NONE;
    ui->read_screens = 0;
    bytes_wipe(ui->wanted_id, sizeof ui->wanted_id);
    ui_focus_reset(ui);
    ui_say_wipe(ui);
    ui->is_inking = false;
    ui->pressed = NULL;
    memset(&ui->now, 0, sizeof ui->now);
    arena_reset(ui->ctx.arena);
    font_set_wipe(ui->fonts);
    ui_motion_wipe(ui);
    ui->n_marks = 0;
    struct surface *s = display_surface(ui->display);
    surface_clip_all(s);
    surface_fill(s, rect_of(0, 0, s->w, s->h), ui->ctx.tok.ground);
    ui->n_dirty = 0;
    ui_mark_dirty(ui, rect_of(0, 0, s->w, s->h));
    ui->must_build = true;
}

/* ---- intents ---- */

void ui_push_intent(struct ui *ui, const struct intent *intent)
{
    if (ui->n_intents == UI_MAX_INTENTS) {
        log_line(LOG_WARN, "ui", "an intent was dropped: nobody takes them");
        return;
    }
    ui->intents[(ui->first_intent + ui->n_intents++) % UI_MAX_INTENTS] = *intent;
}

bool ui_next_intent(struct ui *ui, struct intent *ret)
{
    if (!ui->n_intents)
        return false;
    struct intent *at = &ui->intents[ui->first_intent];
    *ret = *at;
    bytes_wipe(at, sizeof *at);
    ui->first_intent = (ui->first_intent + 1) % UI_MAX_INTENTS;
    ui->n_intents--;
    return true;
}

/* ---- the loop ---- */

/* @return milliseconds until the inspector must be served again, -1: no limit */
static int serve_inspector(struct ui *ui)
{
#ifdef YIJIAN_INSPECTOR
    if (ui->inspect)
        return inspect_serve(ui->inspect, clock_mono_ms());
#else
    (void)ui;
#endif
    return -1;
}

static int shorter(int a, int b)
{
    return a < 0 ? b : b < 0 ? a : a < b ? a : b;
}

bool ui_wait(struct ui *ui, int timeout_ms)
{
    int64_t deadline = timeout_ms < 0 ? INT64_MAX : clock_mono_ms() + timeout_ms;
    for (;;) {
        int serve_ms = serve_inspector(ui);
        ui_draw_moving(ui);
        if (ui->n_intents)
            return true;
        int64_t left = timeout_ms < 0 ? -1 : deadline - clock_mono_ms();
        if (timeout_ms >= 0 && left < 0)
            left = 0;
        struct display_event e;
        int due_ms = shorter(shorter(ui_motion_due_ms(ui), ui_anim_due_ms(ui)), ui_say_due(ui));
        bool came = display_wait(ui->display, shorter(shorter((int)left, serve_ms), due_ms), &e);
        if (came && e.kind == DISPLAY_QUIT)
            return false;
        if (came && e.kind == DISPLAY_WAKE) {
            (void)serve_inspector(ui); /* the next turn asks for its time-out */
            ui_draw_moving(ui);
            return true;
        }
        if (came)
            ui_handle(ui, &e, ui_now_ms(ui));
        else if (timeout_ms >= 0 && clock_mono_ms() >= deadline)
            return true;
    }
}

void ui_wake(struct ui *ui)
{
    display_wake(ui->display);
}

int64_t ui_clock_offset_ms(const struct ui *ui)
{
    return ui->clock_offset_ms;
}

int ui_render_slip(struct ui *ui, const struct slip *slip, uint32_t width_dots, double dots_per_mm,
                   struct bitmap **ret, struct err *err)
{
    return slip_render(ui->fonts, slip, width_dots, dots_per_mm, ret, err);
}

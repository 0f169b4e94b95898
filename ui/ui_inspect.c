/* SPDX-License-Identifier: Apache-2.0 */
/* What the inspector may ask of the screens. Development builds only. Main thread. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "ui/inspect/inspect_hooks.h"
#include "ui/ui_priv.h"

enum { ID_BYTES = 128 };

static void get_scene(void *arg, struct inspect_scene *ret)
{
    struct ui *ui = arg;
    (void)ui_draw(ui); /* what is asked about is what the panel shows */
    const struct surface *s = display_surface(ui->display);
    *ret = (struct inspect_scene){
        .screen = screen_of(ui->view.screen)->name,
        .revision = ui->view.revision,
        .width_px = s->w,
        .height_px = s->h,
        .px_per_mm = ui->px_per_mm,
        .is_elder = ui->view.prefs.is_elder,
        .is_large = ui->ctx.tok.is_large,
        .is_rtl = ui->ctx.tok.is_rtl,
        .has_keyboard = ui_keyboard_shown(ui),
        .has_question = ui->view.ask.id || ui->view.ask.lit,
    };
}

struct walk {
    struct ui *ui;
    inspect_item_fn fn;
    void *arg;
};

static void full_id(const struct widget *w, char *out)
{
    if (w->index >= 0)
        snprintf(out, ID_BYTES, "%s#%d", w->id ? w->id : "", w->index);
    else
        snprintf(out, ID_BYTES, "%s", w->id ? w->id : "");
}

static void tell(void *arg, struct widget *w, int depth, bool is_visible)
{
    struct walk *walk = arg;
    char id[ID_BYTES];
    (void)depth;
    if (!w->id && !(w->text && w->text[0]))
        return;
    full_id(w, id);
    struct inspect_item item = {
        .id = id,
        .role = widget_role(w),
        .text = w->text ? w->text : "",
        .x = w->rect.x,
        .y = w->rect.y,
        .w = w->rect.w,
        .h = w->rect.h,
        .is_enabled = !w->is_disabled,
        .is_selected = w->is_selected,
        .has_focus = w->is_focused,
        .is_visible = is_visible && (!ui_keyboard_shown(walk->ui) || ui_search_shown(walk->ui)),
        .contrast = w->ink ? theme_contrast(w->ink, w->ground) : 0,
        .cap_px = w->cap_px,
        .is_touch = w->action.act != ACT_NONE,
        .is_cut = w->is_text_cut,
        .order = w->focus,
    };
    walk->fn(walk->arg, &item);
    bytes_wipe(id, sizeof id);
}

static void tell_key(void *arg, const struct keyboard_item *key)
{
    struct walk *walk = arg;
    struct inspect_item item = {
        .id = key->id,
        .role = key->role,
        .text = key->text,
        .x = key->rect.x,
        .y = key->rect.y,
        .w = key->rect.w,
        .h = key->rect.h,
        .is_enabled = key->is_enabled,
        .is_selected = key->is_selected,
        .is_visible = true,
        .contrast = key->text && key->text[0] ? theme_contrast(key->ink, key->ground) : 0,
        .cap_px = key->cap_px,
        .is_touch = strcmp(key->role, "text") != 0,
        .is_cut = key->is_cut,
        .order = -1,
    };
    walk->fn(walk->arg, &item);
}

static void each_item(void *arg, inspect_item_fn fn, void *fn_arg)
{
    struct ui *ui = arg;
    struct walk walk = {ui, fn, fn_arg};
    (void)ui_draw(ui);
    if (ui->now.root)
        widget_visit(ui->now.root, tell, &walk);
    if (ui_keyboard_shown(ui))
        keyboard_each_item(ui->keyboard, tell_key, &walk);
}

struct seek {
    const char *id;
    struct widget *found;
};

static void seek(void *arg, struct widget *w, int depth, bool is_visible)
{
    struct seek *s = arg;
    char id[ID_BYTES];
    (void)depth;
    (void)is_visible;
    full_id(w, id);
    if (!s->found && id[0] && strcmp(id, s->id) == 0)
        s->found = w;
}

/* Turn the page of every list the item is in. */
static bool reveal(void *arg, const char *id)
{
    struct ui *ui = arg;
    struct seek s = {.id = id};
    (void)ui_draw(ui);
    if (!ui->now.root)
        return false;
    widget_visit(ui->now.root, seek, &s);
    for (struct widget *w = s.found; w; w = w->parent) {
        if (!w->parent || w->parent->cls != &widget_list_class)
            continue;
        struct list *list = (struct list *)w->parent;
        if (w != list->pager)
            *list->page = list_page_of(list, &ui->ctx, w);
    }
    ui->must_build = true;
    return s.found != NULL;
}

static void touch(void *arg, enum inspect_touch kind, int x, int y, int64_t t_ms)
{
    struct ui *ui = arg;
    static const enum display_event_kind kinds[] = {
        [INSPECT_DOWN] = DISPLAY_DOWN, [INSPECT_MOVE] = DISPLAY_MOVE, [INSPECT_UP] = DISPLAY_UP};
    /* handled at once: a long stroke would not fit the queue and would lose its times */
    struct display_event e = {.kind = kinds[kind], .x = x, .y = y};
    ui_handle(ui, &e, ui_now_ms(ui) + t_ms);
}

static int key(void *arg, const char *name, struct err *err)
{
    struct ui *ui = arg;
    struct display_event e = {.kind = DISPLAY_KEY};
    if (strlen(name) >= sizeof e.key)
        return ERR(err, ERR_NOT_FOUND, "no key has so long a name");
    memcpy(e.key, name, strlen(name) + 1);
    display_inject(ui->display, &e);
    return 0;
}

static int set_text(void *arg, const char *id, const char *text, struct err *err)
{
    struct ui *ui = arg;
    struct intent intent = {.kind = INTENT_SET_TEXT, .item = -1};
    for (size_t i = 0; i < ui->view.n_items; i++)
        if ((ui->view.item[i].kind == VIEW_FIELD || ui->view.item[i].kind == VIEW_SEARCH) &&
            ui->view.item[i].id && strcmp(ui->view.item[i].id, id) == 0)
            intent.item = (int)i;
    if (intent.item < 0)
        return ERR(err, ERR_NOT_FOUND, "no field of that name on this screen");
    if (!ui->view.item[intent.item].is_enabled || strlen(text) >= sizeof intent.text ||
        !bytes_utf8_valid(text, strlen(text)))
        return ERR(err, ERR_INVALID, "the field does not take this text");
    memcpy(intent.text, text, strlen(text) + 1);
    ui_push_intent(ui, &intent);
    bytes_wipe(&intent, sizeof intent);
    return 0;
}

static int save_png(void *arg, const char *path, struct err *err)
{
    struct ui *ui = arg;
    (void)ui_draw(ui);
    return display_save_png(ui->display, path, err);
}

static void advance_clock(void *arg, int64_t ms)
{
    struct ui *ui = arg;
    ui->clock_offset_ms += ms > 0 ? ms : 0;
    display_wake(ui->display); /* timers of the caller may be due */
}

static void get_stats(void *arg, struct inspect_stats *ret)
{
    struct ui *ui = arg;
    *ret = (struct inspect_stats){.n_frames = ui->n_frames,
                                  .n_pixels = display_presented(ui->display),
                                  .last_tap_to_frame_ms = ui->tap_to_frame_ms};
}

static bool get_utterance(void *arg, uint64_t at, uint64_t *ret_n, struct inspect_utterance *ret)
{
    static const char *const ranks[] = {[SAY_FOCUS] = "focus",
                                        [SAY_PAGE] = "page",
                                        [SAY_PROMPT] = "prompt",
                                        [SAY_QUESTION] = "question"};
    struct ui *ui = arg;
    if (ui->must_build)
        (void)ui_draw(ui); /* what has changed is said with its drawing */
    const struct say_line *line = ui_say_line(ui, at);
    *ret_n = ui->say->n_logged;
    if (line)
        *ret = (struct inspect_utterance){ranks[line->rank], line->language, line->text};
    return line != NULL;
}

const struct inspect_hooks ui_inspect_hooks = {
    .get_scene = get_scene,
    .each_item = each_item,
    .reveal = reveal,
    .touch = touch,
    .key = key,
    .set_text = set_text,
    .save_png = save_png,
    .advance_clock = advance_clock,
    .get_stats = get_stats,
    .get_utterance = get_utterance,
};

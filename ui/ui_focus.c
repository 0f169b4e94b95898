/* SPDX-License-Identifier: Apache-2.0 */
/* The focus of keys: every tree is read once in reading order, other pages of a list included, so
 * that one key leads through everything. A stop is remembered by its name; a new tree is searched
 * for it. Main thread. */
#include "ui/ui_focus.h"

#include <stdlib.h>
#include <string.h>

#include "ui/ui_priv.h"

/* ---- the reading order ---- */

struct walk {
    struct ui *ui;
    struct ui_focus *f;
    bool is_reading; /* texts are stops too */
};

static struct focus_stop *stop_add(struct ui_focus *f, uint64_t name)
{
    if (f->n_stops == FOCUS_MAX_STOPS)
        return NULL;
    struct focus_stop *s = &f->stop[f->n_stops++];
    *s = (struct focus_stop){.name = name};
    for (const struct focus_stop *p = f->stop; p < s; p++)
        s->nth += p->name == name;
    return s;
}

static uint64_t name_of(const struct widget *w)
{
    uint64_t h = hash_text(1469598103934665603ULL, w->id);
    h = hash_bytes(h, &w->index, sizeof w->index);
    return w->id ? h : hash_text(h, w->text);
}

static bool has_role(const struct widget *w, const char *role)
{
    const char *is = widget_role(w);
    return is && strcmp(is, role) == 0;
}

/* Rows of other pages are hidden and count all the same. */
static const struct widget *field_in(const struct widget *w)
{
    if (has_role(w, "field"))
        return w;
    const struct widget *found = NULL;
    for (const struct widget *c = w->first; c && !found; c = c->next)
        found = field_in(c);
    return found;
}

/* The words of a field's card are said with the field. */
static bool is_said_with_field(const struct widget *w)
{
    const struct widget *card = w->parent;
    while (card && !has_role(card, "group"))
        card = card->parent;
    return card && field_in(card);
}

static bool is_pager(const struct widget *w)
{
    const struct widget *p = w->parent;
    return p && p->cls == &widget_list_class && ((const struct list *)p)->pager == w;
}

static void walk_tree(struct walk *k, struct widget *w, struct list *list, int page)
{
    bool is_row = w->parent && w->parent->cls == &widget_list_class;
    if (is_pager(w) || (w->is_hidden && !is_row))
        return; /* pages turn by themselves; rows of other pages count */
    if (is_row) {
        list = (struct list *)w->parent;
        page = list_page_of(list, &k->ui->ctx, w);
    }
    if (w->id && strcmp(w->id, "ask.countdown") == 0)
        return; /* said with the question, and by the clock */
    bool is_whole = widget_is_whole(w), has_words = w->text && w->text[0] && !w->first;
    bool can_press = w->action.act != ACT_NONE && !w->is_disabled;
    if (can_press || (k->is_reading && (is_whole || (has_words && !is_said_with_field(w))))) {
        struct focus_stop *s = stop_add(k->f, name_of(w));
        if (s) {
            s->w = w;
            s->list = list;
            s->page = page;
            s->can_press = can_press;
        }
    }
    for (struct widget *c = w->first; c && !is_whole; c = c->next)
        walk_tree(k, c, list, page);
}

/* The name of the field, and what stands in it; not the names of columns, not counters. */
static bool is_worth_hearing(const struct keyboard_item *key)
{
    return key->text[0] &&
           (strcmp(key->id, "keyboard.label") == 0 || strcmp(key->id, "keyboard.text") == 0 ||
            strcmp(key->id, "keyboard.reading") == 0);
}

static void walk_key(void *arg, const struct keyboard_item *key)
{
    struct walk *k = arg;
    bool is_key = strcmp(key->role, "text") != 0 && strcmp(key->role, "field") != 0;
    if (strlen(key->id) >= sizeof k->f->stop[0].key_id || rect_is_empty(key->rect) ||
        (is_key && !key->is_enabled) || (!is_key && !(k->is_reading && is_worth_hearing(key))))
        return;
    struct focus_stop *s = stop_add(k->f, hash_text(1469598103934665603ULL, key->id));
    if (!s)
        return;
    memcpy(s->key_id, key->id, strlen(key->id) + 1);
    s->rect = key->rect;
    s->can_press = is_key;
    s->is_chosen = key->is_selected;
}

static struct widget *top_overlay(struct widget *w)
{
    struct widget *found = w->is_overlay && !w->is_hidden ? w : NULL;
    for (struct widget *c = w->first; c && !w->is_hidden; c = c->next) {
        struct widget *in = top_overlay(c);
        found = in ? in : found;
    }
    return found;
}

static enum focus_layer layer_of(const struct ui *ui, const struct widget *overlay)
{
    if (ui->view.ask.id || ui->view.ask.lit)
        return FOCUS_QUESTION;
    if (ui_keyboard_shown(ui))
        return FOCUS_KEYS;
    return overlay ? FOCUS_SHEET : FOCUS_PAGE;
}

/* ---- the place in it ---- */

static void mark_here(struct ui_focus *f)
{
    const struct focus_stop *s = &f->stop[f->here];
    f->at[f->layer] =
        (struct focus_mark){.name = s->name, .nth = s->nth, .place = f->here, .is_set = true};
}

static bool is_in_body(const struct ui *ui, const struct focus_stop *s)
{
    return s->list && s->list == ui->now.body && s->page == *s->list->page;
}

/* Keys begin at what is chosen, or at the first that writes. */
static int key_worth(const struct focus_stop *s)
{
    if (s->w || strcmp(s->key_id, "key.clear") == 0 || strcmp(s->key_id, "key.cancel") == 0)
        return 1;
    return s->is_chosen ? 3 : 2;
}

/* A sheet begins at what is chosen, or at its first answer. */
static int sheet_worth(const struct focus_stop *s)
{
    if (!s->w || !s->can_press)
        return 0;
    return s->w->is_selected ? 3 : s->w->index >= 0 ? 2 : 1;
}

/* Where the focus begins: the first thing of the page, the safe answer, what is chosen. */
static int first_place(const struct ui *ui, bool is_reading)
{
    const struct ui_focus *f = ui->focus;
    int best = -1, best_worth = -1;
    for (int i = 0; i < f->n_stops; i++) {
        const struct focus_stop *s = &f->stop[i];
        bool is_main = s->w && s->w->id && ui->view.ask_no.is_main == !strcmp(s->w->id, "ask.no");
        int worth = 0;
        if (f->layer == FOCUS_QUESTION)
            worth = s->can_press ? 1 + is_main : 0;
        else if (f->layer == FOCUS_SHEET)
            worth = sheet_worth(s);
        else if (f->layer == FOCUS_KEYS)
            worth = s->can_press ? key_worth(s) : 0;
        else if (is_in_body(ui, s))
            worth = s->can_press || is_reading ? 3 : 0;
        else
            worth = s->w && s->w->id && strcmp(s->w->id, "next") == 0 && s->can_press ? 2
                    : s->can_press                                                    ? 1
                                                                                      : 0;
        if (worth > best_worth) {
            best = i;
            best_worth = worth;
        }
    }
    return best;
}

static int find_mark(const struct ui_focus *f)
{
    const struct focus_mark *m = &f->at[f->layer];
    if (!m->is_set || !f->n_stops)
        return -1;
    int near = -1;
    for (int i = 0; i < f->n_stops; i++) {
        if (f->stop[i].name != m->name)
            continue;
        if (f->stop[i].nth == m->nth)
            return i;
        near = near < 0 ? i : near;
    }
    if (near >= 0)
        return near;
    return m->place < f->n_stops ? m->place
                                 : f->n_stops - 1; /* its neighbour has taken its place */
}

/* Somebody turned the page with a finger: the focus goes along. */
static int on_shown_page(const struct ui_focus *f, int at)
{
    const struct focus_stop *s = &f->stop[at];
    if (!s->list || s->page == *s->list->page)
        return at;
    for (int i = 0; i < f->n_stops; i++)
        if (f->stop[i].list == s->list && f->stop[i].page == *s->list->page)
            return i;
    return at;
}

static void show_ring(struct ui *ui)
{
    struct ui_focus *f = ui->focus;
    struct rect was = f->ring;
    struct focus_stop *s = f->here >= 0 ? &f->stop[f->here] : NULL;
    f->ring = rect_of(0, 0, 0, 0);
    if (s && s->w)
        s->w->is_focused = f->is_shown;
    else if (s && f->is_shown)
        f->ring = s->rect;
    if (memcmp(&was, &f->ring, sizeof was) == 0)
        return;
    int room = widget_ring_px(&ui->ctx.tok);
    if (!rect_is_empty(was))
        ui_mark_dirty(ui, rect_grow(was, room));
    if (!rect_is_empty(f->ring))
        ui_mark_dirty(ui, rect_grow(f->ring, room));
}

void ui_focus_follow(struct ui *ui)
{
    struct ui_focus *f = ui->focus;
    f->n_stops = 0;
    f->here = -1;
    if (!ui->now.root)
        return;
    struct widget *overlay = top_overlay(ui->now.root);
    struct walk k = {ui, f, ui->view.prefs.speech == SPEECH_ALL};
    f->layer = layer_of(ui, overlay);
    for (int above = (int)f->layer + 1; above < FOCUS_N_LAYERS; above++)
        f->at[above].is_set = false; /* what was closed begins anew */
    if (f->layer == FOCUS_KEYS)
        keyboard_each_item(ui->keyboard, walk_key, &k);
    if (f->layer != FOCUS_KEYS || ui_search_shown(ui))
        walk_tree(&k, overlay ? overlay : ui->now.root, NULL, 0);
    f->here = find_mark(f);
    if (f->here < 0)
        f->here = first_place(ui, k.is_reading);
    if (f->here >= 0) {
        f->here = on_shown_page(f, f->here);
        mark_here(f);
    }
    show_ring(ui);
}

const struct focus_stop *ui_focus_stop(const struct ui *ui)
{
    return ui->focus->here >= 0 ? &ui->focus->stop[ui->focus->here] : NULL;
}

static void stand_at(struct ui *ui, int place)
{
    struct ui_focus *f = ui->focus;
    const struct focus_stop *s = &f->stop[place];
    f->here = place;
    f->must_say = true;
    mark_here(f);
    if (s->list)
        *s->list->page = s->page;
    ui->must_build = true;
}

void ui_focus_move(struct ui *ui, int by)
{
    struct ui_focus *f = ui->focus;
    if (!f->n_stops)
        return;
    int place = f->here + by;
    f->has_turned = place < 0 || place >= f->n_stops;
    stand_at(ui, (place + f->n_stops) % f->n_stops);
}

/* Options of one question, candidates, days of a month: what LEFT and RIGHT stay inside of. */
static bool is_same_group(const struct focus_stop *a, const struct focus_stop *b)
{
    if (!a->w && !b->w) {
        size_t n = strcspn(a->key_id, "#");
        return a->key_id[n] && strncmp(a->key_id, b->key_id, n + 1) == 0;
    }
    return a->w && b->w && a->w->id && b->w->id && a->w->index >= 0 && b->w->index >= 0 &&
           strcmp(a->w->id, b->w->id) == 0;
}

bool ui_focus_move_inside(struct ui *ui, int by)
{
    struct ui_focus *f = ui->focus;
    if (f->here < 0)
        return false;
    int place = f->here + by;
    if (place < 0 || place >= f->n_stops || !is_same_group(&f->stop[f->here], &f->stop[place]))
        return false;
    stand_at(ui, place);
    return true;
}

void ui_focus_restart(struct ui *ui)
{
    memset(ui->focus->at, 0, sizeof ui->focus->at);
    ui->focus->has_turned = ui->focus->must_say = false;
}

void ui_focus_reset(struct ui *ui)
{
    memset(ui->focus, 0, sizeof *ui->focus);
    ui->focus->here = -1;
}

void ui_focus_hide(struct ui *ui)
{
    if (!ui->focus->is_shown)
        return;
    ui->focus->is_shown = false;
    ui->must_build = true;
}

void ui_focus_draw(const struct ui *ui, struct surface *s)
{
    if (!rect_is_empty(ui->focus->ring))
        widget_draw_ring(s, &ui->ctx.tok, ui->focus->ring);
}

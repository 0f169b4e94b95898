/* SPDX-License-Identifier: Apache-2.0 */
/* A visit of the real machine on real screens, measured. Needs _DEFAULT_SOURCE like visit_kit.h. */
#ifndef YJ_TESTS_SCREEN_ACCESS_PLAYER_H
#define YJ_TESTS_SCREEN_ACCESS_PLAYER_H

#include <stdio.h>
#include <string.h>

#include "cunit_main.h"
#include "matrix.h"
#include "unit/core/visit_kit.h"

struct player {
    struct kit *k;
    struct ui *ui;
    bool is_elder;        /* wanted: a visit's end takes it back */
    int n_measured;       /* panels */
    unsigned inputs_seen; /* bit by enum view_input: its keys were measured */
    bool has_seen[SCREEN_N_SCREENS];
};

static inline void measured(struct player *p, const struct access_report *r, const char *what,
                            int page)
{
    p->n_measured++;
    CU_ASSERT_EQUAL(access_total(r), 0);
    if (access_total(r))
        fprintf(stderr, "%s%s %s page %d: %d findings, first %s\n", visit_state_name(p->k->v),
                p->ui->view.prefs.is_elder ? " elder" : "", what, page + 1, access_total(r),
                r->first);
}

static inline void measure_panel(struct player *p, const char *what, int page)
{
    struct access_report r;
    (void)ui_draw(p->ui);
    access_check(p->ui->now.root, &p->ui->ctx.tok, display_surface(p->ui->display), &r);
    measured(p, &r, what, page);
}

static inline void turn_to(struct player *p, int page)
{
    p->ui->state.page = page;
    p->ui->must_build = true;
    (void)ui_draw(p->ui);
}

static inline void measure_sheet(struct player *p, int item)
{
    struct screen_state *state = &p->ui->state;
    state->sheet_item = item;
    for (state->sheet_page = 0; state->sheet_page < 20; state->sheet_page++) {
        int asked = state->sheet_page;
        p->ui->must_build = true;
        (void)ui_draw(p->ui);
        if (state->sheet_page < asked)
            break; /* the last one was there already */
        measure_panel(p, "sheet", asked);
    }
    state->sheet_item = -1;
    p->ui->must_build = true;
}

static inline void measure_keys(struct player *p, const char *what)
{
    struct access_report r;
    (void)ui_draw(p->ui);
    access_check_keyboard(p->ui->keyboard, &p->ui->ctx.tok, display_surface(p->ui->display), &r);
    measured(p, &r, what, 0);
}

static inline void measure_keyboard(struct player *p, int item)
{
    const struct view_item *v = &p->ui->view.item[item];
    bool is_seen = p->inputs_seen >> v->input & 1;
    if (is_seen)
        return; /* the same keys */
    p->inputs_seen |= 1U << v->input;
    ui_edit_item(p->ui, item);
    CU_ASSERT_FATAL(keyboard_is_open(p->ui->keyboard));
    measure_keys(p, v->id);
    if (v->input == INPUT_NAME) {
        (void)keyboard_press(p->ui->keyboard, "z"); /* without pinyin there are no candidates */
        (void)keyboard_press(p->ui->keyboard, "h");
        measure_keys(p, "candidates");
    }
    keyboard_close(p->ui->keyboard);
}

/* The page above the open keys, and the keys. */
static inline void measure_search(struct player *p, const char *what)
{
    ui_edit_item(p->ui, ui_search_item(p->ui));
    if (ui_search_shown(p->ui)) /* else the keys cover it */
        measure_panel(p, what, 0);
    measure_keys(p, what);
    keyboard_close(p->ui->keyboard);
}

/* Everything a person can reach on the present page without telling the machine. */
static inline void measure(struct player *p, const char *what)
{
    const struct view *view = kit_view(p->k);
    ui_show(p->ui, view);
    keyboard_close(p->ui->keyboard); /* a search opens it */
    p->ui->must_build = true;
    (void)ui_draw(p->ui);
    p->has_seen[view->screen] = true;
    for (int page = 0; page < p->ui->now.body->n_pages; page++) {
        turn_to(p, page);
        measure_panel(p, what, page);
    }
    for (size_t i = 0; i < view->n_items && !view->ask.id; i++) {
        const struct view_item *v = &view->item[i];
        if (!row_has_chips(v) && v->n_options)
            measure_sheet(p, (int)i);
        if (v->kind == VIEW_FIELD && v->is_enabled && v->input != INPUT_NONE && !v->n_options)
            measure_keyboard(p, (int)i);
    }
    if (ui_search_item(p->ui) >= 0 && !view->ask.id)
        measure_search(p, what);
    turn_to(p, 0);
}

static inline struct player open_player(const struct matrix_panel *panel, bool is_elder)
{
    struct matrix m;
    matrix_open(&m, panel);
    struct player p = {.k = kit_new(), .ui = m.ui, .is_elder = is_elder};
    if (is_elder)
        kit_tap(p.k, INTENT_TOGGLE_ELDER);
    return p;
}

static inline void close_player(struct player *p)
{
    ui_free(p->ui);
    kit_free(p->k);
}

#endif

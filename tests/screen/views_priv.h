/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of hand-made views share. */
#ifndef YJ_TESTS_SCREEN_VIEWS_PRIV_H
#define YJ_TESTS_SCREEN_VIEWS_PRIV_H

#include <string.h>

#include "views.h"

#define LIT(s) ((struct view_text){.lit = (s)})
#define ID(s)  ((struct view_text){.id = (s)})

static inline struct view_item *add(struct view *v, enum view_item_kind kind, const char *id,
                                    const char *label)
{
    struct view_item *i = &v->item[v->n_items++];
    *i = (struct view_item){.kind = kind, .id = id, .label = LIT(label), .is_enabled = true};
    return i;
}

static inline void option(struct view *v, struct view_item *i, const char *label, bool is_selected)
{
    struct view_option *o = &v->option[v->n_options++];
    o->label = LIT(label);
    o->is_selected = is_selected;
    if (!i->n_options++)
        i->option = o;
}

static inline struct view_action action(const char *id, enum intent_kind intent, bool is_main)
{
    return (struct view_action){
        .label = ID(id), .intent = intent, .is_enabled = true, .is_main = is_main};
}

static inline void page(struct view *v, enum view_screen screen, const char *title,
                        const char *subtitle, int step)
{
    v->screen = screen;
    v->title = ID(title);
    v->subtitle = subtitle ? ID(subtitle) : (struct view_text){0};
    v->step = step;
    v->n_steps = step ? 6 : 0;
    v->back = action("action.back", INTENT_BACK, false);
    v->home = action("action.home", INTENT_HOME, false);
    v->next = action("action.next", INTENT_NEXT, true);
}

static inline void no_buttons(struct view *v)
{
    memset(&v->back, 0, sizeof v->back);
    memset(&v->home, 0, sizeof v->home);
    memset(&v->next, 0, sizeof v->next);
}

static inline struct view_item *field(struct view *v, const char *id, const char *label,
                                      const char *value, enum view_input input)
{
    struct view_item *f = add(v, VIEW_FIELD, id, label);
    f->value = LIT(value);
    f->edit = value;
    f->input = input;
    f->is_required = true;
    f->max_chars = 30;
    return f;
}

/* views_words.c: literals of a view in other words */
void view_reword(struct view *v, enum sample_words words);

/* views_more.c: what seldom happens */
void view_idle(struct view *v);
void view_troubles(struct view *v);
void view_leave(struct view *v);
void view_left_behind(struct view *v);
void view_long(struct view *v);
void view_many(struct view *v);

/* views_find.c: home page with its tree, search, guide, progress, and new rows */
void view_home_tree(struct view *v);
void view_home_business(struct view *v);
void view_find_begin(struct view *v);
void view_find_hits(struct view *v);
void view_find_none(struct view *v);
void view_find_stage(struct view *v);
void view_guide_two(struct view *v);
void view_guide_eight(struct view *v);
void view_progress_ask(struct view *v);
void view_progress_cases(struct view *v);
void view_progress_tasks(struct view *v);
void view_form_members(struct view *v);
void view_form_kinds(struct view *v);
void view_consent(struct view *v);
void view_places(struct view *v);

/* views_manners.c: what the hall says, reasons, signing by key, what works */
void view_home_hall(struct view *v);
void view_rating_reasons(struct view *v);
void view_sign_key(struct view *v);
void view_out_of_service(struct view *v);

#endif

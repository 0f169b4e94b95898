/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the visit machine: lines of a page as the screen gets them, in the visitor's language.
 * Thread: the one that owns the visit. */
#ifndef YJ_CORE_VISIT_VIEW_PRIV_H
#define YJ_CORE_VISIT_VIEW_PRIV_H

#include "core/visit_priv.h"

struct visit_layout;
struct visit_slot;

/* ---- visit_translate.c: the visitor's language ---- */
/** @return a text of the catalogue as the visitor reads it: a pointer into the catalogue, text
 * itself when there is no translation. For texts that are put together; visit_translate does the
 * others. */
const char *visit_say(const struct visit *v, const char *text);
/** As visit_say, of a text that is not the catalogue's: copied into the view when it stays. */
const char *visit_say_copy(const struct visit *v, const char *text, struct view *ret);
/** Add a text to a list, "a、b" or "a, b"; what does not fit is cut off.
 * @param v  NULL: in Chinese
 * @return bytes of the list now, less than cap */
size_t visit_say_add(const struct visit *v, const char *part, char *out, size_t cap);
/** @return the visitor's language when the catalogue has texts in it, NULL: they are shown as they
 * stand. Borrowed. */
const char *visit_language(const struct visit *v);
/** The last step of a view: replace the catalogue's texts. */
void visit_translate(const struct visit *v, struct view *ret);

/* ---- visit_view*.c ---- */
/** A line of the page: one item of the view, now and then several. */
void visit_view_item(const struct visit *v, const struct visit_slot *slot, struct view *ret);
void visit_view_form(const struct visit *v, const struct visit_slot *slot, struct view *ret);
void visit_view_material(const struct visit *v, const struct visit_slot *slot, struct view *ret);
void visit_view_review(const struct visit *v, const struct visit_slot *slot, struct view *ret);
/** The lines of home, FIND, GUIDE and PROGRESS (visit_view_find.c). */
void visit_view_find(const struct visit *v, const struct visit_slot *slot, struct view *ret);
/** Title, subtitle and picture of FIND, GUIDE and PROGRESS. */
void visit_view_find_frame(const struct visit *v, struct view *ret);
/** The question over the page, and how long it waits. */
void visit_view_ask(const struct visit *v, struct view *ret);
/** The buttons of the present page. */
void visit_view_actions(const struct visit *v, const struct visit_layout *layout, struct view *ret);
/** @return a copy in the view's own storage, borrowed while the view stands */
const char *visit_view_copy(struct view *view, const char *text);
const char *visit_view_printf(struct view *view, const char *fmt, ...) YJ_PRINTF(2, 3);
struct view_option *visit_view_option(struct view *view, struct view_item *item);
struct view_item *visit_item_add(struct view *ret, enum view_item_kind kind, const char *id);
void visit_option_add(struct view *ret, struct view_item *item, struct view_text label,
                      bool is_selected);

static inline struct view_text text_id(const char *id)
{
    return (struct view_text){.id = id};
}
/** "{1}{2}. {3}": the device, what is the matter, what to do. */
static inline struct view_text text_device(const char *id, enum device_kind kind,
                                           const struct device_cause *cause)
{
    return (struct view_text){.id = id,
                              .arg = {device_kind_text(kind), cause->text, cause->action_text},
                              .is_arg_id = true};
}
static inline struct view_text text_lit(const char *lit)
{
    return (struct view_text){.lit = lit};
}
static inline struct view_text text_lit_or_none(const char *lit)
{
    return (struct view_text){.lit = lit && lit[0] ? lit : NULL};
}
static inline struct view_text text_arg(const char *id, const char *arg)
{
    return (struct view_text){.id = id, .arg = {arg, NULL}};
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The view in the visitor's language: texts of the catalogue are replaced by what its tables say
 * (docs/matters.md, "Languages"). Records, receipts and paper stay in Chinese. Pure. Thread: the
 * one that owns the visit.
 *
 * What was typed, read from a card or said by the centre is copied into the view's own storage, and
 * so is what is composed; texts of the catalogue are pointed to. So the storage tells them apart:
 * what lies in it is never looked up, and an answer that happens to read like a text of the
 * catalogue stays as it was given. What is composed of such texts is translated before, piece by
 * piece, by visit_say. */
#include "core/visit_answers_priv.h"
#include "core/visit_priv.h"
#include "core/visit_view_priv.h"

#include <string.h>

#include "core/catalogue_texts.h"

const char *visit_language(const struct visit *v)
{
    const char *id =
        v->prefs.language < v->cfg.n_languages ? v->cfg.languages[v->prefs.language] : NULL;
    return id && texts_language(v->cfg.catalogue->texts, id) ? id : NULL;
}

const char *visit_say(const struct visit *v, const char *text)
{
    const char *language = visit_language(v);
    return language ? catalogue_translate(v->cfg.catalogue, language, text) : text;
}

const char *visit_say_copy(const struct visit *v, const char *text, struct view *ret)
{
    const char *said = visit_say(v, text);
    return said == text ? visit_view_copy(ret, text) : said;
}

size_t visit_say_add(const struct visit *v, const char *part, char *out, size_t cap)
{
    static const char between[] = "、";
    const char *said = v ? visit_say(v, between) : between;
    size_t used = strlen(out);
    if (used) {
        visit_copy(out + used, cap - used, said);
        used += strlen(out + used);
        visit_copy(out + used, cap - used, said == between ? "" : " ");
        used += strlen(out + used);
    }
    visit_copy(out + used, cap - used, v ? visit_say(v, part) : part);
    return used + strlen(out + used);
}

static bool is_own(const struct view *view, const char *text)
{
    uintptr_t at = (uintptr_t)text, first = (uintptr_t)view->arena;
    return at >= first && at < first + sizeof view->arena;
}

static const char *replaced(const struct visit *v, const struct view *view, const char *text)
{
    return !text || is_own(view, text) ? text : visit_say(v, text);
}

static void translate_text(const struct visit *v, const struct view *view, struct view_text *text)
{
    text->lit = replaced(v, view, text->lit);
    for (size_t i = 0; !text->is_arg_id && i < YJ_COUNT(text->arg); i++)
        text->arg[i] = replaced(v, view, text->arg[i]);
}

void visit_translate(const struct visit *v, struct view *ret)
{
    if (!visit_language(v))
        return;
    struct view_text *frame[] = {&ret->title, &ret->subtitle, &ret->banner, &ret->alert, &ret->ask};
    for (size_t i = 0; i < YJ_COUNT(frame); i++)
        translate_text(v, ret, frame[i]);
    for (size_t i = 0; i < ret->n_items; i++) {
        struct view_item *item = &ret->item[i];
        struct view_text *text[] = {&item->label, &item->value, &item->value2, &item->note};
        for (size_t k = 0; k < YJ_COUNT(text); k++)
            translate_text(v, ret, text[k]);
    }
    for (size_t i = 0; i < ret->n_options; i++)
        translate_text(v, ret, &ret->option[i].label);
}

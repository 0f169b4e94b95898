/* SPDX-License-Identifier: Apache-2.0 */
/* Chinese words on a page that is shown in another language. What people are called, what they
 * typed, what a department wrote to them and the names of divisions may stay Chinese; nothing else
 * may. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "player.h"

static bool has_chinese(const char *text)
{
    size_t n = text ? strlen(text) : 0;
    uint32_t cp = 0;
    for (size_t i = 0; i < n;) {
        size_t used = bytes_utf8_next(text + i, n - i, &cp);
        i += used ? used : 1;
        if ((cp >= 0x3000 && cp <= 0x9FFF) || (cp >= 0xFF00 && cp <= 0xFFEF))
            return true;
    }
    return false;
}

/* @return true for an answer: as it was given, or masked; and for the way to a division */
static bool is_answer(const struct visit *v, const char *text)
{
    char path[MATTER_VALUE_BYTES];
    if (strchr(text, '*') || !strcmp(text, v->s.finding.query))
        return true;
    for (size_t i = 0; v->s.matter && i < v->s.matter->n_vars; i++) {
        const struct matter_var *var = &v->s.matter->var[i];
        if (!strcmp(text, v->s.value[i]))
            return var->type != TYPE_ENUM && var->type != TYPE_SET;
        if (var->type != TYPE_REGION)
            continue;
        visit_answers_say(v, (int)i, path, sizeof path);
        if (!strcmp(text, path))
            return true;
    }
    return false;
}

static void look(struct leftovers *l, const struct visit *v, const char *where, const char *text)
{
    if (!has_chinese(text) || is_answer(v, text) || json_object_get(l->seen, text))
        return;
    json_object_set_new(l->seen, text, json_true());
    fprintf(stderr, "%s %s: still in Chinese: %s\n", visit_state_name(v), where, text);
    l->n++;
}

static void look_at(struct leftovers *l, const struct visit *v, const char *where,
                    const struct view_text *text)
{
    look(l, v, where, text->lit);
    for (size_t i = 0; !text->is_arg_id && i < YJ_COUNT(text->arg); i++)
        look(l, v, where, text->arg[i]);
}

void leftovers_look(struct leftovers *l, const struct visit *v, const struct view *view)
{
    if (!l->seen)
        l->seen = json_object();
    look_at(l, v, "title", &view->title);
    look_at(l, v, "subtitle", &view->subtitle);
    look_at(l, v, "banner", &view->banner);
    look_at(l, v, "alert", &view->alert);
    look_at(l, v, "ask", &view->ask);
    for (size_t i = 0; i < view->n_items; i++) {
        const struct view_item *item = &view->item[i];
        bool is_division = item->input == INPUT_STEPS;
        bool is_department = !strncmp(item->id, "fix.", 4); /* its own words to the visitor */
        look_at(l, v, item->id, &item->label);
        if (!is_division && !is_department)
            look_at(l, v, item->id, &item->value);
        look_at(l, v, item->id, &item->value2);
        look_at(l, v, item->id, &item->note);
        for (size_t k = 0; !is_division && k < item->n_options; k++)
            look_at(l, v, item->id, &item->option[k].label);
    }
}

void leftovers_end(struct leftovers *l)
{
    json_decref(l->seen);
    l->seen = NULL;
}

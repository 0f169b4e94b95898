/* SPDX-License-Identifier: Apache-2.0 */
/* Checks of conditions and computed values: types, order, and whether they can ever be true. No
 * I/O; any thread. */
#include <stdio.h>
#include <string.h>

#include "core/codes.h"
#include "core/expr_priv.h"
#include "core/matter_priv.h"

/* One condition under inspection. */
struct inspection {
    struct reader *r;
    const char *pointer;
    int before; /* variables from here on must not be used; -1: all may */
};

static bool has_option(const struct matter_var *var, const char *value)
{
    for (size_t i = 0; i < var->n_options; i++)
        if (var->option[i].value && !strcmp(var->option[i].value, value))
            return true;
    return false;
}

static bool is_number(const struct matter_var *var)
{
    return var->type == TYPE_INTEGER || var->type == TYPE_DECIMAL;
}

static void inspect_text(struct inspection *look, const struct matter_var *var, const char *text)
{
    struct reader *r = look->r;
    int64_t number;
    if (var->type == TYPE_BOOL || var->type == TYPE_CONSENT)
        reader_complain_at(r, look->pointer, "%s is of type bool, not a text", var->field);
    else if (var->type == TYPE_SET)
        reader_complain_at(r, look->pointer, "%s is a set: write '%.32s' in %s", var->field, text,
                           var->field);
    else if (var->type == TYPE_ENUM && var->n_options && !has_option(var, text))
        reader_complain_at(r, look->pointer, "%s has no option '%.32s'", var->field, text);
    else if (var->type == TYPE_DATE && !codes_date_parse(text))
        reader_complain_at(r, look->pointer, "%s is a date: '%.32s' is no day (YYYY-MM-DD)",
                           var->field, text);
    else if (is_number(var) && !expr_number_parse(text, strlen(text), &number))
        reader_complain_at(r, look->pointer, "%s is a number, '%.32s' is none", var->field, text);
}

/* May its answers be compared with a number? Codes of digits may. */
static bool has_figures(const struct matter_var *var)
{
    return is_number(var) || var->type == TYPE_ENUM || var->type == TYPE_TEXT ||
           var->type == TYPE_DIGITS || var->type == TYPE_CODE;
}

/* Does the variable fit how it is used? */
static void inspect_type(struct inspection *look, const struct expr_use *use)
{
    struct reader *r = look->r;
    const struct matter_var *var = &r->m->var[use->index];
    switch (use->kind) {
    case USE_BOOL:
        if (var->type != TYPE_BOOL && var->type != TYPE_CONSENT)
            reader_complain_at(r, look->pointer, "%s is not of type bool", var->field);
        break;
    case USE_DATE:
        if (var->type != TYPE_DATE)
            reader_complain_at(r, look->pointer, "%s is not of type date", var->field);
        break;
    case USE_TEXT:
        inspect_text(look, var, use->text);
        break;
    case USE_MEMBER:
        if (var->type != TYPE_SET)
            reader_complain_at(r, look->pointer, "%s is not of type set", var->field);
        else if (var->n_options && !has_option(var, use->text))
            reader_complain_at(r, look->pointer, "%s has no option '%.32s'", var->field, use->text);
        break;
    case USE_FIGURE:
        if (!has_figures(var))
            reader_complain_at(r, look->pointer, "%s is no number", var->field);
        break;
    case USE_SUM:
    case USE_NUMBER:
        if (!is_number(var))
            reader_complain_at(r, look->pointer, "%s is no number", var->field);
        break;
    case USE_IDNO:
        if (var->type != TYPE_IDNO)
            reader_complain_at(r, look->pointer, "%s is not of type idno", var->field);
        break;
    case USE_HAS:
    case USE_OTHER:
    case USE_SEL:
    case USE_COUNT:
        break;
    }
}

static void inspect_use(void *arg, const struct expr_use *use)
{
    struct inspection *look = arg;
    struct reader *r = look->r;
    const struct matter *m = r->m;
    if (use->kind == USE_SEL) {
        enum matter_need need = m->task[use->index].need;
        if (need != NEED_OPTIONAL && need != NEED_CHOICE)
            reader_complain_at(r, look->pointer, "sel(%s): the task is not optional",
                               m->task[use->index].id);
        return;
    }
    /* the last variable that is looked at */
    size_t last = (size_t)use->index;
    if (use->kind == USE_COUNT)
        last = r->first_var[use->index];
    else if (use->kind == USE_SUM)
        last += (size_t)(m->group[use->group].repeat_max - 1) * (size_t)use->step;
    /* how many members there are is known on their own page */
    bool is_known =
        use->kind == USE_COUNT && look->before >= 0 && m->var[look->before].group == use->index;
    if (look->before >= 0 && last >= (size_t)look->before && !is_known)
        reader_complain_at(r, look->pointer, "%s must stand before the field it decides about",
                           use->kind == USE_COUNT ? m->group[use->index].id
                                                  : m->var[use->index].field);
    if (use->kind != USE_COUNT && r->place[use->index].is_read)
        inspect_type(look, use); /* else it has its own complaint */
}

/* ---- can it be true? ---- */

enum {
    MAX_SWITCHES = 8,
    MAX_COMBINATIONS = 4096,
};

/* Something with few values that a condition looks at. */
struct flip {
    enum expr_use_kind kind; /* USE_BOOL: variable, USE_SEL: task, USE_COUNT: group */
    int index;
    bool may_be_empty; /* has() looks at it */
};

struct trial {
    const struct reader *r;
    struct flip flip[MAX_SWITCHES];
    size_t n_flips;
    bool is_open; /* too much freedom to try it all */
};

static bool is_finite(const struct matter_var *var)
{
    return var->type == TYPE_BOOL || var->type == TYPE_CONSENT || var->type == TYPE_ENUM;
}

static void note_use(void *arg, const struct expr_use *use)
{
    struct trial *t = arg;
    enum expr_use_kind kind = use->kind == USE_SEL || use->kind == USE_COUNT ? use->kind : USE_BOOL;
    int index = use->kind == USE_SUM ? use->group : use->index;
    if (use->kind == USE_SUM)
        kind = USE_COUNT; /* an empty group has a sum that is known */
    if (kind == USE_BOOL && !(t->r->place[index].is_read && is_finite(&t->r->m->var[index]))) {
        t->is_open |= use->kind == USE_HAS;
        return; /* stays empty: unknown */
    }
    size_t i = 0;
    while (i < t->n_flips && (t->flip[i].kind != kind || t->flip[i].index != index))
        i++;
    if (i == MAX_SWITCHES) {
        t->is_open = true;
        return;
    }
    if (i == t->n_flips)
        t->flip[t->n_flips++] = (struct flip){.kind = kind, .index = index};
    t->flip[i].may_be_empty |= use->kind == USE_HAS;
}

static unsigned flip_values(const struct matter *m, const struct flip *flip)
{
    if (flip->kind == USE_SEL)
        return 2;
    if (flip->kind == USE_COUNT)
        return (unsigned)(m->group[flip->index].repeat_max - m->group[flip->index].repeat_min + 1);
    const struct matter_var *var = &m->var[flip->index];
    return (var->type == TYPE_ENUM ? (unsigned)var->n_options : 2) + flip->may_be_empty;
}

/* Try one combination, a number in mixed base. */
static enum tri try_one(const struct trial *t, const struct expr *e, unsigned combination,
                        const char **value)
{
    const struct matter *m = t->r->m;
    uint8_t count[MATTER_MAX_GROUPS] = {0};
    struct answers a = {.value = value, .n_values = m->n_vars, .count = count};
    for (size_t i = 0; i < t->n_flips; i++) {
        const struct flip *flip = &t->flip[i];
        unsigned n = flip_values(m, flip), place = combination % n;
        combination /= n;
        const struct matter_var *var = &m->var[flip->index];
        if (flip->kind == USE_SEL)
            a.selected |= (uint32_t)place << flip->index;
        else if (flip->kind == USE_COUNT)
            count[flip->index] = (uint8_t)(m->group[flip->index].repeat_max - (int)place);
        else if (flip->may_be_empty && place == n - 1)
            value[flip->index] = NULL;
        else if (var->type == TYPE_ENUM)
            value[flip->index] = var->option[place].value;
        else
            value[flip->index] = place ? "false" : "true";
    }
    return expr_eval(e, &a);
}

static bool looks_at_today(const struct expr *e)
{
    for (size_t i = 0; i < e->n_nodes; i++)
        if (e->node[i].kind == NODE_COMPARE &&
            (e->node[i].a.kind == OPERAND_TODAY || e->node[i].b.kind == OPERAND_TODAY))
            return true;
    return false;
}

/* Whatever can be answered is tried; what has too many values stays empty, so unknown. */
static bool can_be_true(const struct reader *r, const struct expr *e)
{
    const char *value[MATTER_MAX_VARS] = {NULL};
    struct trial t = {.r = r};
    expr_walk(e, note_use, &t);
    unsigned total = 1;
    for (size_t i = 0; i < t.n_flips && total <= MAX_COMBINATIONS; i++)
        total *= flip_values(r->m, &t.flip[i]);
    if (t.is_open || total > MAX_COMBINATIONS || looks_at_today(e))
        return true;
    for (unsigned i = 0; i < total; i++)
        if (try_one(&t, e, i, value) != TRI_FALSE)
            return true;
    return total == 0; /* an option list that could not be read */
}

/* ---- all conditions ---- */

static void inspect(struct reader *r, const struct expr *e, const char *pointer, int before)
{
    struct inspection look = {.r = r, .pointer = pointer, .before = before};
    if (!e)
        return;
    size_t n = r->n_complaints;
    expr_walk(e, inspect_use, &look);
    if (n == r->n_complaints && r->m->n_vars <= MATTER_MAX_VARS && !can_be_true(r, e))
        reader_complain_at(r, pointer, "this can never be true");
}

/* "/fields/3/show_if"; most variables have no conditions at all. */
static void inspect_var(struct reader *r, size_t i, const struct expr *e, const char *tail,
                        int before)
{
    char pointer[64];
    if (!e)
        return;
    reader_var_pointer(r, i, tail, pointer, sizeof pointer);
    inspect(r, e, pointer, before);
}

static void inspect_result(void *arg, const char *text)
{
    struct inspection *look = arg;
    const struct matter_var *var = &look->r->m->var[look->before];
    if (!has_option(var, text))
        reader_complain_at(look->r, look->pointer, "%s has no option '%.32s'", var->field, text);
}

static void lint_var(struct reader *r, size_t i)
{
    const struct matter_var *var = &r->m->var[i];
    char pointer[64];
    /* one pass in order decides what is shown, so it may look back only */
    inspect_var(r, i, var->show_if, "/show_if", (int)i);
    inspect_var(r, i, var->rule, "/rule/if", -1);
    inspect_var(r, i, var->prefill_if, "/prefill/if", (int)i);
    if (!var->prefill_calc)
        return;
    reader_var_pointer(r, i, "/prefill/calc", pointer, sizeof pointer);
    struct inspection look = {.r = r, .pointer = pointer, .before = (int)i};
    calc_walk_uses(var->prefill_calc, inspect_use, &look);
    /* a value that is no option would stand in a field that nobody can mend */
    if (r->place[i].is_read && var->type == TYPE_ENUM && var->n_options)
        calc_walk_texts(var->prefill_calc, inspect_result, &look);
}

void matter_lint_conditions(struct reader *r)
{
    const struct matter *m = r->m;
    char pointer[64];
    for (size_t i = 0; i < m->n_vars; i++)
        if (!m->var[i].member)
            lint_var(r, i);
    for (size_t i = 0; i < m->n_tasks; i++) {
        snprintf(pointer, sizeof pointer, "/tasks/%zu/if", i);
        inspect(r, m->task[i].cond, pointer, -1);
    }
    for (size_t i = 0; i < m->n_materials; i++) {
        snprintf(pointer, sizeof pointer, "/materials/%zu/if", i);
        inspect(r, m->material[i].cond, pointer, -1);
    }
    for (size_t i = 0; i < m->n_gates; i++) {
        snprintf(pointer, sizeof pointer, "/gates/%zu/if", i);
        inspect(r, m->gate[i].stop_if, pointer, -1);
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions and computed values. Each condition looks at a thing once only, and each of its parts
 * can be true and false: so the whole can, too. One thread. */
#include <stdio.h>
#include <string.h>

#include "matter_maker_priv.h"

/* Things a condition may look at. */
struct subject {
    enum { SUBJECT_VAR, SUBJECT_GROUP, SUBJECT_TASK } kind;
    size_t index;
};

static bool is_type(const struct made_var *var, const char *type)
{
    return !strcmp(var->type, type);
}

static bool is_number(const struct made_var *var)
{
    return is_type(var, "integer") || is_type(var, "decimal");
}

static bool is_in_repeat(const struct maker *k, const struct made_var *var)
{
    return var->group >= 0 && k->group[var->group].max > 0;
}

/* May it be named here? */
static bool is_in_sight(const struct maker *k, const struct made_var *var)
{
    return !is_in_repeat(k, var) || var->group == k->scope;
}

/* Number field of a repeated group, NULL: it has none. */
static const struct made_var *column_of(const struct maker *k, const struct made_group *group)
{
    for (size_t i = 0; i < group->n; i++)
        if (is_number(&k->var[group->first + i]))
            return &k->var[group->first + i];
    return NULL;
}

static bool is_whole_before(const struct made_group *group, size_t before)
{
    return group->n && group->first + group->n <= before;
}

static size_t find_subjects(const struct maker *k, size_t before, struct subject *ret)
{
    size_t n = 0;
    for (size_t i = 0; i < before; i++)
        if (is_in_sight(k, &k->var[i]))
            ret[n++] = (struct subject){SUBJECT_VAR, i};
    for (size_t g = 0; g < k->n_groups; g++) {
        const struct made_group *group = &k->group[g];
        bool is_own = (int)g == k->scope;
        bool has_count = group->max > group->min && (is_own || is_whole_before(group, before));
        if (group->max && (has_count || (is_whole_before(group, before) && column_of(k, group))))
            ret[n++] = (struct subject){SUBJECT_GROUP, g};
    }
    for (size_t i = 0; i < k->n_tasks; i++)
        if (!strcmp(k->task[i].need, "optional") || !strcmp(k->task[i].need, "choice"))
            ret[n++] = (struct subject){SUBJECT_TASK, i};
    return n;
}

static const char *any_of(struct maker *k, const char *const *words, unsigned n)
{
    return words[dice_below(&k->dice, n)];
}

static const char *order(struct maker *k)
{
    static const char *const ops[] = {"<", "<=", ">", ">=", "==", "!="};
    return any_of(k, ops, 6);
}

static void leaf_options(struct maker *k, const struct made_var *var, char *ret, size_t cap)
{
    const char *value = var->value[dice_below(&k->dice, (unsigned)var->n_values)];
    if (is_type(var, "set"))
        snprintf(ret, cap, "'%s' in %s", value, var->id);
    else if (maker_is(k, 30) && var->n_values > 1)
        snprintf(ret, cap, "%s in ['%s', '%s']", var->id, var->value[0], var->value[1]);
    else if (maker_is(k, 20))
        snprintf(ret, cap, "'%s' == %s", value, var->id);
    else
        snprintf(ret, cap, "%s %s '%s'", var->id, maker_is(k, 70) ? "==" : "!=", value);
}

static void leaf_date(struct maker *k, const struct made_var *var, char *ret, size_t cap)
{
    switch (dice_below(&k->dice, 4)) {
    case 0:
        snprintf(ret, cap, "age(%s) %s %d", var->id, order(k), maker_number(k, -1, 70));
        break;
    case 1:
        snprintf(ret, cap, "months(%s)%s%d", var->id, order(k), maker_number(k, 0, 60));
        break;
    case 2:
        snprintf(ret, cap, "%s %s today", var->id, order(k));
        break;
    default:
        snprintf(ret, cap, "%s %s '20%02d-0%d-1%d'", var->id, order(k), maker_number(k, 0, 40),
                 maker_number(k, 1, 9), maker_number(k, 0, 9));
    }
}

static void leaf_var(struct maker *k, const struct made_var *var, char *ret, size_t cap)
{
    static const char *const flags[] = {"%s", "!%s", "%s == true", "%s != false", "%s==false"};
    const char *form = any_of(k, flags, 5), *mark = strstr(form, "%s");
    if (maker_is(k, 12))
        snprintf(ret, cap, "has(%s)", var->id);
    else if (is_type(var, "bool") || is_type(var, "consent"))
        snprintf(ret, cap, "%.*s%s%s", (int)(mark - form), form, var->id, mark + 2);
    else if (var->n_values)
        leaf_options(k, var, ret, cap);
    else if (is_type(var, "date"))
        leaf_date(k, var, ret, cap);
    else if (is_number(var) && maker_is(k, 80))
        snprintf(ret, cap, "%s %s %d%s", var->id, order(k), maker_number(k, -5, 40),
                 maker_is(k, 30) ? ".25" : "");
    else if (is_number(var))
        snprintf(ret, cap, "%s in [1, 2.5, -%d]", var->id, maker_number(k, 0, 9));
    else if (is_type(var, "region"))
        snprintf(ret, cap, "%s in ['430102', '110105']", var->id);
    else
        snprintf(ret, cap, "%s %s '%s'", var->id,
                 maker_is(k, 50) ? "==" : "!=", maker_is(k, 50) ? "x" : "甲");
}

static void leaf_group(struct maker *k, size_t index, size_t before, char *ret, size_t cap)
{
    const struct made_group *group = &k->group[index];
    const struct made_var *column = is_whole_before(group, before) ? column_of(k, group) : NULL;
    static const char *const ops[] = {">=", "<", "==", "!="};
    if (column && (group->max == group->min || maker_is(k, 50)))
        snprintf(ret, cap, "sum(%s) > %d", column->id, maker_number(k, 0, 100));
    else
        snprintf(ret, cap, "count(%s) %s %d", group->id, any_of(k, ops, 4),
                 maker_number(k, group->min + 1, group->max));
}

static void leaf(struct maker *k, const struct subject *s, size_t before, char *ret, size_t cap)
{
    if (s->kind == SUBJECT_TASK)
        snprintf(ret, cap, "%ssel(%s)", maker_is(k, 30) ? "!" : "", k->task[s->index].id);
    else if (s->kind == SUBJECT_GROUP)
        leaf_group(k, s->index, before, ret, cap);
    else
        leaf_var(k, &k->var[s->index], ret, cap);
}

static void condition_of(struct maker *k, size_t before, unsigned max, char *ret, size_t cap)
{
    struct subject subject[MATTER_MAX_VARS + MATTER_MAX_GROUPS + MATTER_MAX_TASKS];
    size_t n = find_subjects(k, before, subject);
    char text[MAKER_TEXT] = "", part[200];
    for (unsigned i = 0; i < max && n > 0; i++) {
        size_t pick = dice_below(&k->dice, (unsigned)n);
        char before_it[MAKER_TEXT];
        leaf(k, &subject[pick], before, part, sizeof part);
        subject[pick] = subject[--n];
        snprintf(before_it, sizeof before_it, "%s", text);
        if (!i)
            snprintf(text, sizeof text, "%s", part);
        else
            snprintf(text, sizeof text, maker_is(k, 25) ? "!(%.700s)%s(%s)" : "(%.700s)%s%s",
                     before_it, maker_is(k, 50) ? " && " : "||", part);
        if (maker_is(k, 55))
            break;
    }
    snprintf(ret, cap, "%s", text[0] ? text : "true");
}

void maker_condition(struct maker *k, size_t before, char *ret, size_t cap)
{
    condition_of(k, before, 4, ret, cap);
}

/* ---- computed values ---- */

enum { CALC_TEXT_BYTES = 160 }; /* of one operand */

/* A field of the type in sight, NULL: none. */
static const struct made_var *field_of(struct maker *k, const char *type, size_t before)
{
    size_t found[MATTER_MAX_VARS], n = 0;
    for (size_t i = 0; i < before; i++)
        if (is_in_sight(k, &k->var[i]) && is_type(&k->var[i], type))
            found[n++] = i;
    return n ? &k->var[found[dice_below(&k->dice, (unsigned)n)]] : NULL;
}

static void calc_of(struct maker *k, char kind, size_t before, int depth, char *ret, size_t cap);

static void calc_if(struct maker *k, char kind, size_t before, char *ret, size_t cap)
{
    char cond[CALC_TEXT_BYTES], a[CALC_TEXT_BYTES], b[CALC_TEXT_BYTES];
    condition_of(k, before, 1, cond, sizeof cond);
    calc_of(k, kind, before, 0, a, sizeof a);
    calc_of(k, kind, before, 0, b, sizeof b);
    snprintf(ret, cap, "if(%s, %s, %s)", cond, a, b);
}

/* A number without anything below it. */
static void calc_atom(struct maker *k, size_t before, char *ret, size_t cap)
{
    const struct made_var *var = field_of(k, maker_is(k, 50) ? "integer" : "decimal", before);
    const struct made_var *born = field_of(k, "date", before);
    if (var && maker_is(k, 60))
        snprintf(ret, cap, "%s", var->id);
    else if (born && maker_is(k, 30))
        snprintf(ret, cap, "age(%s)", born->id);
    else
        snprintf(ret, cap, "%d%s", maker_number(k, 0, 99), maker_is(k, 30) ? ".5" : "");
    for (size_t g = 0; g < k->n_groups && maker_is(k, 20); g++)
        if (k->group[g].max && is_whole_before(&k->group[g], before)) {
            const struct made_var *column = column_of(k, &k->group[g]);
            snprintf(ret, cap, column ? "sum(%s)" : "count(%s)",
                     column ? column->id : k->group[g].id);
        }
}

static void calc_number(struct maker *k, size_t before, int depth, char *ret, size_t cap)
{
    static const char *const two[] = {"%s + %s",     "%s - %s",    "(%s)*(%s)",      "(%s) / (%s)",
                                      "min(%s, %s)", "max(%s,%s)", "floor(%s/(%s))", "-(%s - %s)"};
    char a[CALC_TEXT_BYTES], b[CALC_TEXT_BYTES];
    if (depth <= 0) {
        calc_atom(k, before, ret, cap);
        return;
    }
    bool is_days = maker_is(k, 20);
    calc_of(k, is_days ? 'd' : 'n', before, depth - 1, a, sizeof a);
    calc_of(k, is_days ? 'd' : 'n', before, depth - 1, b, sizeof b);
    if (is_days)
        snprintf(ret, cap, "%s_between(%s, %s)", maker_is(k, 50) ? "days" : "months", a, b);
    else if (maker_is(k, 15))
        snprintf(ret, cap, "round(%s, %d)", a, maker_number(k, 0, 4));
    else {
        const char *form = any_of(k, two, 8), *x = strstr(form, "%s"), *y = strstr(x + 2, "%s");
        snprintf(ret, cap, "%.*s%s%.*s%s%s", (int)(x - form), form, a, (int)(y - x - 2), x + 2, b,
                 y + 2);
    }
}

static void calc_date(struct maker *k, size_t before, int depth, char *ret, size_t cap)
{
    const struct made_var *var = field_of(k, "date", before), *id = field_of(k, "idno", before);
    char a[CALC_TEXT_BYTES];
    if (depth > 0) {
        calc_of(k, 'd', before, depth - 1, a, sizeof a);
        snprintf(ret, cap, "add_%s(%s, %d)", maker_is(k, 50) ? "days" : "months", a,
                 maker_number(k, 0, 999));
    } else if (var && maker_is(k, 50))
        snprintf(ret, cap, "%s", var->id);
    else if (id && maker_is(k, 50))
        snprintf(ret, cap, "birth(%s)", id->id);
    else
        snprintf(ret, cap, "%s", maker_is(k, 50) ? "today" : "date('2026-02-28')");
}

/* An enum takes its own options only. */
static void calc_text(struct maker *k, size_t before, char *ret, size_t cap)
{
    const struct made_var *id = field_of(k, "idno", before), *target = &k->var[before];
    if (target->n_values)
        snprintf(ret, cap, "'%s'", target->value[dice_below(&k->dice, (unsigned)target->n_values)]);
    else if (id && maker_is(k, 50))
        snprintf(ret, cap, "sex(%s)", id->id);
    else
        snprintf(ret, cap, "'%s'", maker_is(k, 50) ? "x" : "甲乙");
}

static void calc_of(struct maker *k, char kind, size_t before, int depth, char *ret, size_t cap)
{
    if (depth > 0 && maker_is(k, 15))
        calc_if(k, kind, before, ret, cap);
    else if (kind == 'n')
        calc_number(k, before, depth, ret, cap);
    else if (kind == 'd')
        calc_date(k, before, depth, ret, cap);
    else
        calc_text(k, before, ret, cap);
}

void maker_calc(struct maker *k, char kind, size_t before, char *ret, size_t cap)
{
    /* a longer operand would be cut in the middle: three levels are never longer */
    calc_of(k, kind, before, maker_number(k, 0, 2), ret, cap);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What holds for every matter, looked at on made-up ones (matter_maker.h): each complaint names the
 * seed, so that --seed N shows the same matter again. --seeds N looks at so many more. One thread.
 *
 * What filling in an answer may do to a verdict: unknown may become true or false, true or false
 * may become unknown (a field that is hidden now has no value), but true never becomes false nor
 * false true. Exceptions, all of them verdicts that are always known: has(x) when x is filled in,
 * or is hidden now; count(g) and sum(g.x) when the number of members changes; sel(t) when the
 * choice changes. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "core/code_table.h"
#include "core/expr_priv.h"
#include "core/matter_priv.h"
#include "cunit_main.h"
#include "matter_maker.h"

enum { CAP = 32, MAX_MISTAKES = 512, FIXED_SEEDS = 120, RANDOM_SEEDS = 40, TODAY = 20261123 };

/* What the command line says, and what every case leans on; set once in main. */
static struct {
    uint64_t first;
    unsigned n_fixed, n_random;
    struct matter_context context;
    unsigned n_made[MAX_MISTAKES]; /* how often each mistake was made */
} run;

/* One made matter. */
struct world {
    uint64_t seed;
    json_t *json;
    struct matter *m; /* NULL: refused */
    struct matter_complaint complaint[CAP];
    size_t n_complaints;
    struct dice dice;
};

/* Answers to it. */
struct reply {
    char text[MATTER_MAX_VARS][MAKER_ANSWER_BYTES];
    const char *value[MATTER_MAX_VARS];
    uint8_t count[MATTER_MAX_GROUPS];
    struct answers a;
};

static void fail(const struct world *w, const char *fmt, ...) YJ_PRINTF(2, 3);

static void fail(const struct world *w, const char *fmt, ...)
{
    va_list args;
    char *text = json_dumps(w->json, JSON_COMPACT);
    printf("\n--seed %llu: ", (unsigned long long)w->seed);
    va_start(args, fmt);
    vprintf(fmt, args);
    va_end(args);
    for (size_t i = 0; i < w->n_complaints && i < CAP; i++)
        printf("\n  %s: %s", w->complaint[i].pointer, w->complaint[i].reason);
    printf("\n  %s\n", text);
    free(text);
    CU_FAIL("a property does not hold");
}

static struct matter *read_json(struct world *w, const json_t *json, size_t flags)
{
    struct matter *m = NULL;
    char *text = json_dumps(json, flags);
    /* a copy of the exact size lets a sanitizer see one byte too far */
    size_t n = strlen(text);
    char *exact = mem_dup(text, n);
    if (matter_parse(&run.context, exact, n, "made.json", w->complaint, CAP, &w->n_complaints, &m))
        m = NULL;
    free(exact);
    free(text);
    return m;
}

/* fn for every seed. @param fn  gets a matter that was read */
static void for_all(void (*fn)(struct world *w))
{
    unsigned failed = CU_get_number_of_failures();
    for (unsigned i = 0; i < run.n_fixed + run.n_random; i++) {
        struct world w = {.seed = i < run.n_fixed ? i : run.first + i};
        w.dice.state = ~w.seed;
        w.json = matter_make(w.seed, MAKER_ANY);
        w.m = read_json(&w, w.json, JSON_COMPACT);
        if (w.m)
            fn(&w);
        else
            fail(&w, "a valid matter was refused");
        matter_free(w.m);
        json_decref(w.json);
        if (CU_get_number_of_failures() > failed + 5)
            return;
    }
}

/* ---- answers ---- */

static void reply_point(struct reply *r, const struct world *w)
{
    for (size_t i = 0; i < w->m->n_vars; i++)
        r->value[i] = r->text[i];
    r->a = (struct answers){.value = r->value,
                            .n_values = w->m->n_vars,
                            .selected = r->a.selected,
                            .today = TODAY,
                            .count = r->count};
}

/* So many of a hundred are answered. */
static void reply_make(struct reply *r, struct world *w, unsigned percent)
{
    const struct matter *m = w->m;
    for (size_t i = 0; i < m->n_vars; i++) {
        r->text[i][0] = '\0';
        if (dice_percent(&w->dice, percent))
            matter_answer(&w->dice, &m->var[i], r->text[i], MAKER_ANSWER_BYTES);
    }
    for (size_t g = 0; g < m->n_groups; g++)
        r->count[g] = (uint8_t)(m->group[g].repeat_min +
                                (int)dice_below(&w->dice, (unsigned)(m->group[g].repeat_max -
                                                                     m->group[g].repeat_min + 1)));
    r->a.selected = dice_below(&w->dice, 1u << 24);
    reply_point(r, w);
}

/* The same with what was empty filled in. */
static void reply_complete(struct reply *r, struct world *w, const struct reply *part,
                           unsigned percent)
{
    *r = *part;
    for (size_t i = 0; i < w->m->n_vars; i++)
        if (!r->text[i][0] && dice_percent(&w->dice, percent))
            matter_answer(&w->dice, &w->m->var[i], r->text[i], MAKER_ANSWER_BYTES);
    reply_point(r, w);
}

static bool is_same_plan(const struct matter_plan *a, const struct matter_plan *b)
{
    return !memcmp(a, b, sizeof *a); /* matter_plan clears the whole of it */
}

/* ---- the cases ---- */

static void nothing_more(struct world *w)
{
    if (w->n_complaints)
        fail(w, "read, but complained about");
}

static void valid_ones_are_read(void)
{
    for_all(nothing_more);
}

static void break_all_ways(struct world *w)
{
    const uint64_t seed = w->seed;
    matter_free(w->m);
    w->m = NULL;
    for (size_t i = seed % 3; i < matter_mistake_count(); i += 3) {
        struct maker_mistake mistake;
        json_t *whole = w->json;
        w->json = json_deep_copy(whole);
        bool is_made = matter_break(i, seed + i, w->json, &mistake);
        run.n_made[i] += is_made;
        if (!is_made && !json_equal(w->json, whole))
            fail(w, "mistake %zu was not made, but the matter changed", i);
        w->m = is_made ? read_json(w, w->json, JSON_COMPACT) : NULL;
        bool is_found = false;
        for (size_t c = 0; is_made && c < w->n_complaints && c < CAP; c++)
            is_found |= !strncmp(w->complaint[c].pointer, mistake.pointer, strlen(mistake.pointer));
        if (is_made && w->m)
            fail(w, "taken in spite of \"%s\" at %s", mistake.name, mistake.pointer);
        else if (is_made && !is_found && w->n_complaints <= CAP)
            fail(w, "no complaint leads to \"%s\" at %s", mistake.name, mistake.pointer);
        matter_free(w->m);
        w->m = NULL;
        json_decref(w->json);
        w->json = whole;
    }
}

static void every_mistake_is_found_in_its_place(void)
{
    for_all(break_all_ways);
    for (size_t i = 0; i < matter_mistake_count() && run.n_fixed; i++)
        if (!run.n_made[i]) {
            printf("\nno matter has room for mistake %zu\n", i);
            CU_FAIL("a mistake was never made");
        }
}

static const char *no_null(const char *text)
{
    return text ? text : "-";
}

/* Everything a matter says, as far as it is no condition. */
static void print_matter(const struct matter *m, FILE *f)
{
    fprintf(f, "%s %s %s %d %d %s %d %d\n", m->code, m->name, no_null(m->summary), m->status,
            m->scope, m->co_depts, m->promise_days, m->legal_days);
    for (size_t i = 0; i < m->n_vars; i++) {
        const struct matter_var *v = &m->var[i];
        fprintf(f, "%s %s %d %s %d %d %d %s %s %zu %lld %lld %d %d %d%d%d%d%d\n", v->id, v->field,
                v->member, v->label, v->type, v->group, v->sensitivity, no_null(v->prefill_from),
                no_null(v->pattern), v->max_chars, (long long)v->min, (long long)v->max,
                v->decimals, v->is_required, v->show_if != NULL, v->rule != NULL,
                v->prefill_calc != NULL, v->prefill_if != NULL, v->is_readonly);
        for (size_t o = 0; o < v->n_options; o++)
            fprintf(f, " %s=%s", v->option[o].value, v->option[o].label);
    }
    for (size_t i = 0; i < m->n_tasks; i++) {
        const struct matter_task *t = &m->task[i];
        fprintf(f, "%s %s %d %d %d %d %x %d %d %s\n", t->id, t->name, t->days, t->legal_days,
                t->need, t->task_group, t->deps, t->deliver_var, t->place, no_null(t->note));
    }
    for (size_t i = 0; i < m->n_materials; i++) {
        const struct matter_material *t = &m->material[i];
        fprintf(f, "%s %s %d %u %d %s %s %s %d\n", t->id, t->name, t->mode, t->actions,
                t->later_days, no_null(t->certificate), no_null(t->share), no_null(t->promise),
                t->copies);
    }
    for (size_t i = 0; i < m->n_windows; i++)
        fprintf(f, "%d %d\n", m->window[i].from, m->window[i].to);
}

static char *text_of(const struct matter *m)
{
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);
    print_matter(m, f);
    (void)fclose(f); /* memory */
    return text;
}

/* Another time, with the keys in another order and with blanks between them. */
static void read_again(struct world *w)
{
    static const size_t flags[] = {JSON_COMPACT, JSON_SORT_KEYS, JSON_INDENT(3)};
    static struct reply r; /* too large for the stack of a sanitizer's build */
    char *text = text_of(w->m);
    for (size_t i = 0; i < YJ_COUNT(flags); i++) {
        struct matter *again = read_json(w, w->json, flags[i]);
        char *other = again ? text_of(again) : NULL;
        if (!other || strcmp(text, other) != 0)
            fail(w, "read in another way it is another matter");
        for (int round = 0; again && round < 4; round++) {
            struct matter_plan a, b;
            reply_make(&r, w, 60);
            matter_plan(w->m, &r.a, &a);
            matter_plan(again, &r.a, &b);
            if (!is_same_plan(&a, &b))
                fail(w, "read in another way it has another plan");
        }
        free(other);
        matter_free(again);
    }
    free(text);
}

static void reading_twice_gives_the_same(void)
{
    for_all(read_again);
}

/* ---- days ---- */

static void check_days(const struct world *w, const struct matter_plan *plan)
{
    int longest = 0;
    for (size_t i = 0; i < w->m->n_tasks; i++) {
        const struct matter_task *task = &w->m->task[i];
        int start = 0, days = task->days > 0 ? task->days : 0;
        for (size_t d = 0; d < w->m->n_tasks; d++)
            if (task->deps >> d & 1 && plan->task[d] != TRI_FALSE && plan->finish_days[d] > start)
                start = plan->finish_days[d];
        int finish = plan->task[i] == TRI_FALSE ? 0 : start + days;
        if (plan->finish_days[i] != finish)
            fail(w, "%s is done after %d days, not %d", task->id, plan->finish_days[i], finish);
        if (finish > longest)
            longest = finish;
    }
    if (longest != plan->longest_days)
        fail(w, "done after %d days, not %d", plan->longest_days, longest);
}

static void tasks_come_to_an_end(struct world *w)
{
    static struct reply r;
    const struct matter *m = w->m;
    uint32_t done = 0, reached = 0, all = (uint32_t)((UINT64_C(1) << m->n_tasks) - 1);
    for (size_t round = 0; round < m->n_tasks; round++)
        for (size_t i = 0; i < m->n_tasks; i++)
            if (!(m->task[i].deps & ~done))
                done |= UINT32_C(1) << i;
    if (done != all)
        fail(w, "tasks that are never done: %x", all & ~done);
    for (int round = 0; round < 2000 && (reached != all || round < 8); round++) {
        struct matter_plan plan;
        reply_make(&r, w, dice_below(&w->dice, 100));
        matter_plan(m, &r.a, &plan);
        check_days(w, &plan);
        for (size_t i = 0; i < m->n_tasks; i++)
            if (plan.task[i] != TRI_FALSE)
                reached |= UINT32_C(1) << i;
    }
    if (reached != all)
        fail(w, "tasks that nobody ever needs: %x", all & ~reached);
}

static void no_circle_and_every_task_can_be_needed(void)
{
    for_all(tasks_come_to_an_end);
}

/* ---- order ---- */

/* Answers given one after the other in any order, with a plan after each. */
static void answer_in_any_order(struct world *w)
{
    static struct reply full, r;
    size_t order[MATTER_MAX_VARS];
    struct matter_plan want, plan;
    reply_make(&full, w, 80);
    matter_plan(w->m, &full.a, &want);
    for (int round = 0; round < 3; round++) {
        memset(&r, 0, sizeof r);
        memcpy(r.count, full.count, sizeof r.count);
        r.a.selected = full.a.selected;
        reply_point(&r, w);
        for (size_t i = 0; i < w->m->n_vars; i++) {
            size_t j = dice_below(&w->dice, (unsigned)i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        matter_plan(w->m, &r.a, &plan);
        for (size_t i = 0; i < w->m->n_vars; i++) {
            memcpy(r.text[order[i]], full.text[order[i]], MAKER_ANSWER_BYTES);
            if (dice_percent(&w->dice, 20))
                matter_plan(w->m, &r.a, &plan);
        }
        matter_plan(w->m, &r.a, &plan);
        if (!is_same_plan(&want, &plan))
            fail(w, "the order of the answers counts");
    }
}

static size_t task_called(const struct matter *m, const char *id)
{
    size_t i = 0;
    while (i < m->n_tasks && strcmp(m->task[i].id, id) != 0)
        i++;
    return i;
}

/* The tasks and materials of the file in another order. */
static void shuffle_file(struct world *w)
{
    static const char *const lists[] = {"tasks", "materials"};
    static struct reply r;
    json_t *other = json_deep_copy(w->json);
    for (size_t k = 0; k < YJ_COUNT(lists); k++) {
        json_t *list = json_object_get(other, lists[k]);
        for (size_t i = json_array_size(list); i > 1; i--) {
            size_t j = dice_below(&w->dice, (unsigned)i);
            json_t *a = json_incref(json_array_get(list, i - 1));
            json_array_set(list, i - 1, json_array_get(list, j));
            json_array_set_new(list, j, a);
        }
    }
    struct matter *m = read_json(w, other, JSON_COMPACT);
    struct matter_plan want, plan;
    reply_make(&r, w, 70);
    matter_plan(w->m, &r.a, &want);
    if (m) {
        uint32_t selected = 0;
        for (size_t i = 0; i < m->n_tasks; i++)
            selected |= (r.a.selected >> task_called(w->m, m->task[i].id) & 1) << i;
        r.a.selected = selected;
        matter_plan(m, &r.a, &plan);
    } else {
        fail(w, "refused with its parts in another order");
    }
    for (size_t i = 0; m && i < m->n_tasks; i++) {
        size_t j = task_called(w->m, m->task[i].id);
        if (plan.task[i] != want.task[j] || plan.finish_days[i] != want.finish_days[j])
            fail(w, "the place of %s in the file counts", m->task[i].id);
    }
    for (size_t i = 0; m && i < m->n_materials; i++)
        for (size_t j = 0; j < m->n_materials; j++)
            if (!strcmp(m->material[i].id, w->m->material[j].id) &&
                plan.material[i] != want.material[j])
                fail(w, "the place of %s in the file counts", m->material[i].id);
    matter_free(m);
    json_decref(other);
}

static void order_does_not_count(void)
{
    for_all(answer_in_any_order);
    for_all(shuffle_file);
}

/* ---- filling in ---- */

/* Two sets of answers, and which of the always known things differ between them. */
struct step {
    struct world *w;
    const struct reply *before, *after;
    const char *value_before[MATTER_MAX_VARS], *value_after[MATTER_MAX_VARS]; /* in force */
    bool is_excepted;                                                         /* of one condition */
};

static void note_exception(void *arg, const struct expr_use *use)
{
    struct step *s = arg;
    const struct answers *a = &s->before->a, *b = &s->after->a;
    int group = use->kind == USE_SUM ? use->group : use->kind == USE_COUNT ? use->index : -1;
    if (use->kind == USE_SEL)
        s->is_excepted |= ((a->selected ^ b->selected) >> use->index & 1) != 0;
    else if (group >= 0)
        s->is_excepted |= a->count[group] != b->count[group];
    else if (use->kind == USE_HAS) {
        const char *x = s->value_before[use->index], *y = s->value_after[use->index];
        s->is_excepted |= (x && x[0]) != (y && y[0]);
    }
}

static bool is_turned(enum tri a, enum tri b)
{
    return (a == TRI_TRUE && b == TRI_FALSE) || (a == TRI_FALSE && b == TRI_TRUE);
}

static void check_step(struct step *s, const struct expr *e, enum tri before, enum tri after,
                       const char *id)
{
    s->is_excepted = false;
    if (!is_turned(before, after))
        return;
    expr_walk(e, note_exception, s);
    if (!s->is_excepted)
        fail(s->w, "%s was %s and is %s by answers that were filled in", id,
             before == TRI_TRUE ? "needed" : "not needed", after == TRI_TRUE ? "needed" : "not");
}

static void check_steps(struct step *s)
{
    const struct matter *m = s->w->m;
    struct matter_plan a, b;
    enum tri shown[MATTER_MAX_VARS];
    matter_plan(m, &s->before->a, &a);
    matter_plan(m, &s->after->a, &b);
    (void)matter_answers_in_force(m, &s->before->a, s->value_before, shown);
    (void)matter_answers_in_force(m, &s->after->a, s->value_after, shown);
    for (size_t i = 0; i < m->n_tasks; i++)
        if (m->task[i].need == NEED_COND)
            check_step(s, m->task[i].cond, a.task[i], b.task[i], m->task[i].id);
    for (size_t i = 0; i < m->n_materials; i++)
        check_step(s, m->material[i].cond, a.material[i], b.material[i], m->material[i].id);
    for (size_t i = 0; i < m->n_vars; i++) {
        bool is_member = m->var[i].group >= 0 && m->group[m->var[i].group].repeat_max;
        if (!is_member || s->before->count[m->var[i].group] == s->after->count[m->var[i].group])
            check_step(s, m->var[i].show_if, a.var_shown[i], b.var_shown[i], m->var[i].id);
    }
}

static void fill_in(struct world *w)
{
    static struct reply part, full;
    static struct step s;
    for (int round = 0; round < 4; round++) {
        reply_make(&part, w, dice_below(&w->dice, 100));
        for (int completion = 0; completion < 6; completion++) {
            reply_complete(&full, w, &part, completion ? 100 : 30);
            if (completion > 4) { /* the exceptions may happen, too */
                full.a.selected ^= 1u << dice_below(&w->dice, 24);
                full.count[0] = part.count[0] ? 0 : full.count[0];
            }
            s = (struct step){.w = w, .before = &part, .after = &full};
            check_steps(&s);
        }
    }
}

static void what_is_needed_is_never_dropped_before(void)
{
    for_all(fill_in);
}

/* ---- hidden fields ---- */

static void change_hidden(struct world *w)
{
    static struct reply r;
    struct matter_plan want, plan;
    for (int round = 0; round < 6; round++) {
        reply_make(&r, w, 85);
        matter_plan(w->m, &r.a, &want);
        for (size_t i = 0; i < w->m->n_vars; i++)
            if (want.var_shown[i] == TRI_FALSE) {
                r.text[i][0] = '\0';
                if (dice_percent(&w->dice, 80))
                    matter_answer(&w->dice, &w->m->var[i], r.text[i], MAKER_ANSWER_BYTES);
            }
        matter_plan(w->m, &r.a, &plan);
        if (!is_same_plan(&want, &plan))
            fail(w, "a hidden answer counts");
    }
}

static void hidden_answers_do_not_count(void)
{
    for_all(change_hidden);
}

/* ---- task groups ---- */

static void choose_too_few(struct world *w)
{
    static struct reply r;
    for (int round = 0; round < 6; round++) {
        struct matter_plan plan;
        reply_make(&r, w, 50);
        matter_plan(w->m, &r.a, &plan);
        for (size_t g = 0; g < w->m->n_task_groups; g++) {
            const struct matter_task_group *group = &w->m->task_group[g];
            int chosen = 0;
            for (size_t i = 0; i < w->m->n_tasks; i++)
                chosen += w->m->task[i].task_group == (int)g && r.a.selected >> i & 1;
            if ((plan.short_groups >> g & 1) != (chosen < group->min))
                fail(w, "%d of %d to %d chosen in %s", chosen, group->min, group->max, group->id);
        }
        if (plan.short_groups >> w->m->n_task_groups)
            fail(w, "a task group is short that is not there");
    }
}

static void short_task_groups_are_seen(void)
{
    for_all(choose_too_few);
}

/* ---- any answers ---- */

static void answer_garbage(struct world *w)
{
    static struct reply r;
    struct matter_plan plan;
    reply_make(&r, w, 0);
    for (size_t i = 0; i < w->m->n_vars; i++)
        matter_garbage(&w->dice, r.text[i], MAKER_ANSWER_BYTES);
    for (size_t g = 0; g < MATTER_MAX_GROUPS; g++) /* no more than there can be */
        r.count[g] = g < w->m->n_groups ? (uint8_t)w->m->group[g].repeat_max : 0;
    matter_plan(w->m, &r.a, &plan);
    check_days(w, &plan);
    for (size_t i = 0; i < w->m->n_vars; i++) {
        const struct matter_var *var = &w->m->var[i];
        const char *id = NULL, *text = NULL;
        char computed[64] = "";
        int rc = matter_check(w->m, i, &r.a, &id, &text);
        if ((rc != 0) != (id || text))
            fail(w, "%s is refused without a reason, or has one and is not", var->id);
        if (var->prefill_calc)
            calc_eval(var->prefill_calc, &r.a, computed,
                      dice_percent(&w->dice, 50) ? sizeof computed : dice_below(&w->dice, 12) + 1);
        (void)expr_eval(var->prefill_if, &r.a);
    }
}

static void any_answers_can_be_checked(void)
{
    for_all(answer_garbage);
}

static CU_TestInfo cases[] = {
    {"valid ones are read", valid_ones_are_read},
    {"every mistake is found in its place", every_mistake_is_found_in_its_place},
    {"reading twice gives the same", reading_twice_gives_the_same},
    {"no circle, and every task can be needed", no_circle_and_every_task_can_be_needed},
    {"the order of answers and parts does not count", order_does_not_count},
    {"what is needed is never dropped before", what_is_needed_is_never_dropped_before},
    {"hidden answers do not count", hidden_answers_do_not_count},
    {"short task groups are seen", short_task_groups_are_seen},
    {"any answers can be checked", any_answers_can_be_checked},
    CU_TEST_INFO_NULL};

/* Which seeds: --seeds N that many more random ones, --seed N this one only. */
static bool read_arguments(int argc, char **argv)
{
    run.first = (uint64_t)time(NULL) << 20;
    run.n_fixed = FIXED_SEEDS;
    run.n_random = RANDOM_SEEDS;
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 == argc)
            return false;
        uint64_t number = strtoull(argv[i + 1], NULL, 10);
        if (!strcmp(argv[i], "--seeds")) {
            run.n_random = (unsigned)number;
        } else if (!strcmp(argv[i], "--seed")) {
            run.first = number;
            run.n_fixed = 0;
            run.n_random = 1;
        } else {
            return false;
        }
    }
    printf("seeds 0 to %u and from %llu on %u more\n", run.n_fixed,
           (unsigned long long)run.first + run.n_fixed, run.n_random);
    return true;
}

int main(int argc, char **argv)
{
    struct code_tables *codes = NULL;
    struct matter_dictionary *dictionary = NULL;
    struct matter_complaint complaint[CAP];
    size_t n = 0;
    if (!read_arguments(argc, argv)) {
        fprintf(stderr, "usage: %s [--seeds N] [--seed N]\n", argv[0]);
        return 2;
    }
    if (code_tables_load(YJ_SOURCE_DIR "/assets/codes", &codes, NULL))
        return 2;
    run.context.codes = codes;
    if (matter_dictionary_parse(&run.context, maker_dictionary, strlen(maker_dictionary),
                                "fields.json", complaint, CAP, &n, &dictionary)) {
        printf("%s: %s\n", complaint[0].pointer, complaint[0].reason);
        return 2;
    }
    run.context.dictionary = dictionary;
    if (matter_mistake_count() > MAX_MISTAKES)
        return 2;
    int rc = cunit_run("core.matter_properties", cases);
    matter_dictionary_free(dictionary);
    code_tables_free(codes);
    return rc;
}

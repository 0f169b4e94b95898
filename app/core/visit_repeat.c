/* SPDX-License-Identifier: Apache-2.0 */
/* Repeated groups: members are added at the end and taken out anywhere; those behind move up, so
 * that the members that are there always stand first. Pure. Thread: the one that owns the visit. */
#include "core/visit_answers_priv.h"
#include "core/visit_flow_priv.h"
#include "core/visit_layout_priv.h"
#include "core/visit_priv.h"

#include <string.h>

#include "base/bytes.h"

int visit_repeat_count(const struct visit *v, int group)
{
    return visit_repeats(v->s.matter, group) ? v->s.count[group] : 1;
}

void visit_repeat_begin(struct visit *v)
{
    const struct matter *m = v->s.matter;
    for (size_t g = 0; g < m->n_groups; g++)
        if (v->s.count[g] < m->group[g].repeat_min)
            v->s.count[g] = (uint8_t)m->group[g].repeat_min;
}

/* Asked of the first member, whether it is there or not: its own fields are unknown then, and what
 * depends on the rest of the form is not. */
static enum tri is_asked(const struct visit *v, int group)
{
    const struct matter *m = v->s.matter;
    struct answers a = visit_answers(v);
    enum tri verdict = TRI_FALSE;
    for (size_t i = 0; i < m->n_vars; i++) {
        if (m->var[i].is_question || m->var[i].group != group || m->var[i].member != 0)
            continue;
        enum tri one = expr_eval(m->var[i].show_if, &a);
        if (one == TRI_TRUE)
            return TRI_TRUE;
        if (one == TRI_UNKNOWN)
            verdict = TRI_UNKNOWN;
    }
    return verdict;
}

bool visit_repeat_is_asked(const struct visit *v, int group)
{
    return is_asked(v, group) == TRI_TRUE;
}

bool visit_repeat_see(struct visit *v)
{
    bool changed = false;
    for (size_t g = 0; g < v->s.matter->n_groups; g++) {
        if (!visit_repeats(v->s.matter, (int)g))
            continue;
        uint8_t now = is_asked(v, (int)g) == TRI_FALSE ? 0 : v->s.count[g];
        changed |= v->s.seen_count[g] != now;
        v->s.seen_count[g] = now;
    }
    return changed;
}

int visit_repeat_actions(const struct visit *v, int group, int member, bool *ret_add,
                         bool *ret_remove)
{
    const struct matter_group *g = &v->s.matter->group[group];
    int count = visit_repeat_count(v, group);
    bool is_fixed = v->s.fixing; /* a correction mends what is there */
    *ret_add = !is_fixed && member + 1 >= count && count < g->repeat_max;
    *ret_remove = !is_fixed && member < count && count > g->repeat_min;
    return *ret_add + *ret_remove;
}

/* @return the variable that asks the same of another member, or -1 */
static int twin(const struct matter *m, size_t var, int member)
{
    for (size_t i = 0; i < m->n_vars; i++)
        if (m->var[i].group == m->var[var].group && m->var[i].member == member &&
            !m->var[i].is_question && !strcmp(m->var[i].field, m->var[var].field))
            return (int)i;
    return -1;
}

bool visit_repeat_is_twice(const struct visit *v, int var, const char *number)
{
    const struct matter *m = v->s.matter;
    const struct matter_var *mv = &m->var[var];
    if (mv->type != TYPE_IDNO || mv->is_question || !visit_repeats(m, mv->group) || !number[0])
        return false;
    for (int member = 0; member < v->s.count[mv->group]; member++) {
        int other = member == mv->member ? -1 : twin(m, (size_t)var, member);
        if (other >= 0 && visit_answers_shown(v, other) && !strcmp(v->s.value[other], number))
            return true;
    }
    return false;
}

static void move_var(struct visit *v, int to, int from)
{
    struct visit_session *s = &v->s;
    bytes_wipe(s->value[to], sizeof s->value[to]);
    s->source[to] = SOURCE_NONE;
    s->error_id[to] = s->error_text[to] = NULL;
    s->consent_at_ms[to] = 0;
    s->is_shared_refused[to] = false;
    s->is_fix_var[to] = false;
    if (from < 0)
        return;
    visit_copy(s->value[to], sizeof s->value[to], s->value[from]);
    s->source[to] = s->source[from];
    s->error_id[to] = s->error_id[from];
    s->error_text[to] = s->error_text[from];
    s->consent_at_ms[to] = s->consent_at_ms[from];
    s->is_shared_refused[to] = s->is_shared_refused[from];
    s->is_fix_var[to] = s->is_fix_var[from];
}

static void take_out(struct visit *v, int group, int member)
{
    const struct matter *m = v->s.matter;
    int count = v->s.count[group];
    for (int at = member; at < count; at++)
        for (size_t i = 0; i < m->n_vars; i++)
            if (!m->var[i].is_question && m->var[i].group == group && m->var[i].member == at)
                move_var(v, (int)i, at + 1 < count ? twin(m, i, at + 1) : -1);
    v->s.count[group]--;
}

/* @return a variable of the member that is asked, or the group itself, as an anchor */
static int anchor_of(const struct visit *v, int group, int member)
{
    const struct matter *m = v->s.matter;
    for (size_t i = 0; i < m->n_vars; i++)
        if (!m->var[i].is_question && m->var[i].group == group && m->var[i].member == member &&
            visit_answers_shown(v, (int)i))
            return (int)i;
    return VISIT_ANCHOR_GROUP + group;
}

static bool is_typed(const struct visit *v, int group, int member)
{
    const struct matter *m = v->s.matter;
    for (size_t i = 0; i < m->n_vars; i++)
        if (!m->var[i].is_question && m->var[i].group == group && m->var[i].member == member &&
            v->s.source[i] == SOURCE_TYPED && v->s.value[i][0])
            return true;
    return false;
}

/* A second tap, while the warning stands on the member's page, takes out what was typed. */
static bool is_warned(struct visit *v, int group, int member)
{
    static const char warning[] = "repeat.remove_sure";
    if (!is_typed(v, group, member) || (v->s.alert.id && !strcmp(v->s.alert.id, warning)))
        return true;
    visit_alert_set(v, warning, TONE_WARN, NULL);
    v->entered_ms = v->now_ms;
    return false;
}

void visit_repeat_choose(struct visit *v, int group, int member, int option)
{
    bool can_add = false, can_remove = false;
    int n = visit_repeat_actions(v, group, member, &can_add, &can_remove);
    if (option < 0 || option >= n || v->now_ms - v->entered_ms < VISIT_DOUBLE_TAP_MS)
        return; /* the second half of a double tap would take out a whole member */
    bool is_add = can_add && option == 0;
    if (is_add) {
        member = v->s.count[group]++;
    } else if (!is_warned(v, group, member)) {
        return;
    } else {
        take_out(v, group, member);
        if (member > 0 && member >= v->s.count[group])
            member = v->s.count[group] - 1;
    }
    visit_answers_update(v);
    v->s.alert.id = NULL;
    int page = visit_layout_page_of(v, v->state, anchor_of(v, group, member));
    visit_flow_set_page(v, page < 0 ? v->s.page : page);
    v->is_restarted = true;
}

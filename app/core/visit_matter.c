/* SPDX-License-Identifier: Apache-2.0 */
/* The page of a matter, told once: days, what is done together, what one must know, materials,
 * where to go. Pure. Thread: the one that owns the visit. */
#include "core/visit_answers_priv.h"
#include "core/visit_flow_priv.h"
#include "core/visit_layout_priv.h"
#include "core/visit_priv.h"
#include "core/visit_view_priv.h"

#include <stdio.h>
#include <string.h>

/* Lines that stand on this page only: ref of SLOT_MATTER_LINE; member says which of several. */
enum line {
    LINE_DAYS,   /* legal and promised, side by side */
    LINE_DUE,    /* the day by which it is done */
    LINE_CLOSED, /* not at this time of the year */
    LINE_HERE,   /* only to read about */
    LINE_NOTES,  /* member: the first of those that stand in one paragraph */
    LINE_CHOOSE, /* member: group of tasks */
    LINE_PLACE,  /* member: place */
    LINE_DEPT,
};

bool visit_matter_can_begin(const struct visit *v)
{
    const struct matter *m = v->s.matter;
    return m->status == MATTER_OPEN && (!v->today || matter_is_open_on(m, v->today, NULL));
}

int visit_matter_due(const struct visit *v, int days, bool *ret_is_certain)
{
    *ret_is_certain = false;
    return v->today ? calendar_add_working_days(v->cfg.catalogue->calendar, v->today, days,
                                                ret_is_certain)
                    : 0;
}

void visit_matter_day(int day, char ret[16])
{
    snprintf(ret, 16, "%04d-%02d-%02d", day / 10000 % 10000, day / 100 % 100, day % 100);
}

/* Of one paragraph of notes. At most 8 notes of 200 characters: even as 8 items they stay below
 * what visit_layout.c counts for a page. */
enum { NOTES_BYTES = 600 };
#define NOTE_MARK "· "

/* ---- what stands there ---- */

static void put_line(struct visit_builder *b, enum line line, int which)
{
    visit_put_slot(
        b, (struct visit_slot){.kind = SLOT_MATTER_LINE, .ref = (int)line, .member = which}, 0);
}

static void put_tasks(struct visit_builder *b)
{
    const struct matter *m = b->v->s.matter;
    if (m->n_tasks)
        visit_put_text(b, VIEW_HEADING, "matter.tasks", TONE_NEUTRAL);
    for (size_t i = 0; i < m->n_tasks; i++)
        if (m->task[i].need != NEED_CHOICE)
            visit_put(b, SLOT_TASK, (int)i);
    for (size_t g = 0; g < m->n_task_groups; g++) {
        put_line(b, LINE_CHOOSE, (int)g);
        for (size_t i = 0; i < m->n_tasks; i++)
            if (m->task[i].need == NEED_CHOICE && m->task[i].task_group == (int)g)
                visit_put(b, SLOT_TASK, (int)i);
    }
}

enum tri visit_matter_material(const struct visit *v, size_t material)
{
    enum tri need = v->s.plan.material[material];
    return v->state == STATE_MATTER && need == TRI_FALSE ? TRI_UNKNOWN : need;
}

static void put_materials(struct visit_builder *b)
{
    const struct matter *m = b->v->s.matter;
    if (!m->n_materials)
        return;
    visit_put_text(b, VIEW_HEADING, "matter.materials", TONE_NEUTRAL);
    visit_put_text(b, VIEW_PARAGRAPH, "matter.tell_once", TONE_NEUTRAL);
    for (size_t i = 0; i < m->n_materials; i++)
        visit_put(b, SLOT_MATERIAL, (int)i);
}

static void put_places(struct visit_builder *b)
{
    const struct matter *m = b->v->s.matter;
    if (m->n_places)
        visit_put_text(b, VIEW_HEADING, "matter.places", TONE_NEUTRAL);
    for (size_t i = 0; i < m->n_places; i++)
        put_line(b, LINE_PLACE, (int)i);
}

/* @return the note behind those that stand in one paragraph with this one: as many as one can take
 * in at a glance */
static size_t notes_end(const struct visit *v, size_t at)
{
    const struct matter *m = v->s.matter;
    size_t used = 0;
    for (; at < m->n_notes; at++) {
        size_t own = strlen(visit_say(v, m->note[at])) + sizeof NOTE_MARK;
        used += own;
        if (used > NOTES_BYTES && used > own)
            break;
    }
    return at;
}

void visit_matter_lay(struct visit_builder *b)
{
    const struct visit *v = b->v;
    const struct matter *m = v->s.matter;
    bool is_open = m->status == MATTER_OPEN;
    if (!is_open)
        put_line(b, LINE_HERE, 0);
    else if (!visit_matter_can_begin(v))
        put_line(b, LINE_CLOSED, 0);
    for (size_t i = 0; i < m->n_metrics; i++)
        visit_put(b, SLOT_METRIC, (int)i);
    if (m->legal_days)
        put_line(b, LINE_DAYS, 0);
    if (m->promise_days)
        visit_put_text(b, VIEW_NOTE, "matter.promise", TONE_OK);
    if (visit_matter_can_begin(v) && v->today && m->promise_days)
        put_line(b, LINE_DUE, 0);
    if (m->n_notes)
        visit_put_text(b, VIEW_HEADING, "matter.notes", TONE_NEUTRAL);
    for (size_t i = 0; i < m->n_notes; i = notes_end(v, i))
        put_line(b, LINE_NOTES, (int)i);
    put_tasks(b);
    put_materials(b);
    put_places(b);
    if (!is_open)
        put_line(b, LINE_DEPT, 0);
    visit_put(b, SLOT_FACTS, 0);
}

/* ---- days ---- */

static void show_days(const struct matter *m, struct view *ret)
{
    struct view_item *item = visit_item_add(ret, VIEW_METRIC, "matter.days");
    item->label = text_id("matter.days");
    item->value = text_arg("matter.days_legal", visit_view_printf(ret, "%d", m->legal_days));
    item->value2 = text_arg("matter.days_promised", visit_view_printf(ret, "%d", m->promise_days));
}

/* The whole by the promised day; a part of it may take longer, one thing waiting for another. */
static void show_due(const struct visit *v, struct view *ret)
{
    const struct matter *m = v->s.matter;
    char day[16];
    bool is_certain = false, is_last_certain = true;
    int due = visit_matter_due(v, m->promise_days, &is_certain), last = 0;
    bool is_longer = v->s.plan.longest_days > m->promise_days;
    if (is_longer)
        last = visit_matter_due(v, v->s.plan.longest_days, &is_last_certain);
    struct view_item *item = visit_item_add(ret, VIEW_NOTE, "matter.due");
    item->tone = TONE_OK;
    if (!due || (is_longer && !last)) { /* further than any calendar */
        item->label = text_id("matter.due_unknown");
        return;
    }
    if (is_certain && is_last_certain)
        item->label = text_id(is_longer ? "matter.due_two" : "matter.due");
    else
        item->label = text_id(is_longer ? "matter.due_two_about" : "matter.due_about");
    visit_matter_day(due, day);
    item->label.arg[0] = visit_view_copy(ret, day);
    if (!is_longer)
        return;
    visit_matter_day(last, day);
    item->label.arg[1] = visit_view_copy(ret, day);
}

/* MMDD of each year, or a day of one year */
static const char *window_day(int day, struct view *ret)
{
    if (day > 9999)
        return visit_view_printf(ret, "%04d-%02d-%02d", day / 10000, day / 100 % 100, day % 100);
    return visit_view_printf(ret, "%02d-%02d", day / 100, day % 100);
}

static void show_closed(const struct visit *v, struct view *ret)
{
    const struct matter_window *w = NULL;
    struct view_item *item = visit_item_add(ret, VIEW_NOTE, "matter.closed");
    item->tone = TONE_WARN;
    (void)matter_is_open_on(v->s.matter, v->today, &w); /* asked for the window only */
    item->label = text_id(w ? "matter.closed" : "matter.not_now");
    if (!w)
        return;
    item->label.arg[0] = window_day(w->from, ret);
    item->label.arg[1] = window_day(w->to, ret);
    item->label.arg[2] = w->note ? w->note : "";
}

/* ---- places ---- */

static bool is_summer(const struct matter_place *p, int today)
{
    int day = today % 10000;
    if (!today || !p->summer_from || !p->summer_to || !p->summer_hours)
        return false;
    return p->summer_from <= p->summer_to ? day >= p->summer_from && day <= p->summer_to
                                          : day >= p->summer_from || day <= p->summer_to;
}

static void show_place(const struct visit *v, int index, struct view *ret)
{
    const struct matter_place *p = &v->s.matter->place[index];
    struct view_item *item =
        visit_item_add(ret, VIEW_PLACE, visit_view_printf(ret, "place.%d", index));
    item->label = text_lit(p->name);
    item->value = text_lit_or_none(p->addr);
    item->value2 = text_lit_or_none(is_summer(p, v->today) ? p->summer_hours : p->hours);
    if (p->tel && p->complaint) {
        item->note = text_arg("place.phones", p->tel);
        item->note.arg[1] = p->complaint;
    } else if (p->tel) {
        item->note = text_arg("place.phone", p->tel);
    } else if (p->complaint) {
        item->note = text_arg("place.complaint", p->complaint);
    }
}

/* ---- tasks ---- */

/* A line each. */
static void show_notes(const struct visit *v, size_t at, struct view *ret)
{
    const struct matter *m = v->s.matter;
    char text[NOTES_BYTES + 256] = "";
    size_t used = 0, end = notes_end(v, at);
    struct view_item *item =
        visit_item_add(ret, VIEW_PARAGRAPH, visit_view_printf(ret, "note.%zu", at));
    if (end == at + 1) {
        item->label = text_lit(m->note[at]);
        return;
    }
    for (size_t i = at; i < end; i++) {
        visit_copy(text + used, sizeof text - used, i > at ? "\n" NOTE_MARK : NOTE_MARK);
        used += strlen(text + used);
        visit_copy(text + used, sizeof text - used, visit_say(v, m->note[i]));
        used += strlen(text + used);
    }
    item->label = text_lit(visit_view_copy(ret, text));
}

static void show_choose(const struct visit *v, int index, struct view *ret)
{
    const struct matter_task_group *g = &v->s.matter->task_group[index];
    struct view_item *item =
        visit_item_add(ret, VIEW_PARAGRAPH, visit_view_printf(ret, "choose.%.48s", g->id));
    bool is_one = g->min == 1 && g->max == 1;
    item->label = text_arg(is_one ? "matter.choose_one" : "matter.choose", g->label);
    if (is_one)
        return;
    item->label.arg[1] = visit_view_printf(ret, "%d", g->min);
    item->label.arg[2] = visit_view_printf(ret, "%d", g->max);
}

/* The review keeps its lines short: what one gets was said on the matter's page. */
static struct view_text dept_of(const struct visit *v, const struct matter_task *task)
{
    if (!task->result || v->state != STATE_MATTER)
        return text_lit_or_none(task->dept);
    struct view_text text = text_arg("task.result", task->dept);
    text.arg[1] = task->result;
    return text;
}

/* @return the first task that must be finished before, -1: none */
static int waits_for(const struct visit *v, const struct matter_task *task)
{
    for (size_t i = 0; i < v->s.matter->n_tasks; i++)
        if ((task->deps >> i & 1) && v->s.plan.task[i] != TRI_FALSE)
            return (int)i;
    return -1;
}

static struct view_text days_of(const struct visit *v, int index, struct view *ret)
{
    const struct matter_task *task = &v->s.matter->task[index];
    const char *days = visit_view_printf(ret, "%d", task->days);
    int before = waits_for(v, task);
    if (v->state == STATE_MATTER && task->need == NEED_OPTIONAL)
        return text_arg("task.optional", days);
    if (v->state == STATE_MATTER && task->need == NEED_CHOICE)
        return text_arg("task.choice", days);
    if (v->state == STATE_MATTER && v->s.plan.task[index] == TRI_UNKNOWN)
        return text_arg("task.maybe", days);
    if (task->days == 0)
        return text_id("task.at_once");
    if (before < 0)
        return text_arg("task.days", days);
    struct view_text text = text_arg("task.after", v->s.matter->task[before].name);
    text.arg[1] = days;
    return text;
}

void visit_matter_task(const struct visit *v, const struct visit_slot *slot, struct view *ret)
{
    int index = slot->ref;
    const struct matter_task *task = &v->s.matter->task[index];
    struct view_item *item =
        visit_item_add(ret, VIEW_TASK, visit_view_printf(ret, "task.%.80s", task->id));
    item->label = text_lit(task->name);
    item->value = dept_of(v, task);
    item->note = days_of(v, index, ret);
    if (task->is_in_person || task->is_query)
        item->value2 = text_id(task->is_in_person ? "task.in_person" : "task.query");
    if (v->state != STATE_MATTER)
        return;
    if (task->need == NEED_OPTIONAL || task->need == NEED_CHOICE)
        item->tone = TONE_NEUTRAL;
    else
        item->tone = v->s.plan.task[index] == TRI_UNKNOWN ? TONE_WAIT : TONE_OK;
}

/* ---- */

/* "公安、人社", each by its name in the visitor's language. */
static const char *say_depts(const struct visit *v, const char *depts, struct view *ret)
{
    static const char between[] = "、";
    char text[480] = "", one[MATTER_VALUE_BYTES];
    if (!visit_language(v))
        return depts;
    for (const char *at = depts, *end = at; end; at = end + sizeof between - 1) {
        end = strstr(at, between);
        snprintf(one, sizeof one, "%.*s", (int)(end ? (size_t)(end - at) : strlen(at)), at);
        (void)visit_say_add(v, one, text, sizeof text);
        if (!end)
            break;
    }
    return visit_view_copy(ret, text);
}

static void show_dept(const struct visit *v, struct view *ret)
{
    const struct matter *m = v->s.matter;
    bool has_others = m->co_depts && m->co_depts[0];
    struct view_item *item = visit_item_add(ret, VIEW_PAIR, "matter.dept");
    item->label = text_id("matter.dept");
    item->value = has_others ? text_arg("matter.depts", m->lead_dept) : text_lit(m->lead_dept);
    if (has_others)
        item->value.arg[1] = say_depts(v, m->co_depts, ret);
}

void visit_matter_line(const struct visit *v, const struct visit_slot *slot, struct view *ret)
{
    const struct matter *m = v->s.matter;
    struct view_item *item = NULL;
    switch ((enum line)slot->ref) {
    case LINE_DAYS:
        show_days(m, ret);
        break;
    case LINE_DUE:
        show_due(v, ret);
        break;
    case LINE_CLOSED:
        show_closed(v, ret);
        break;
    case LINE_HERE:
        item = visit_item_add(ret, VIEW_NOTE, "matter.here");
        item->label = text_arg("matter.here", v->cfg.hall_phone ? v->cfg.hall_phone : "12345");
        item->tone = TONE_WARN;
        break;
    case LINE_NOTES:
        show_notes(v, (size_t)slot->member, ret);
        break;
    case LINE_CHOOSE:
        show_choose(v, slot->member, ret);
        break;
    case LINE_PLACE:
        show_place(v, slot->member, ret);
        break;
    case LINE_DEPT:
        show_dept(v, ret);
        break;
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of the pages before a matter: home, lists of matters, the guide, how applications
 * stand. What the centre said of an application is copied into the view and wiped with it. Pure.
 * Thread: the one that owns the visit. */
#include "core/visit_answers_priv.h"
#include "core/visit_flow_priv.h"
#include "core/visit_layout_priv.h"
#include "core/visit_priv.h"
#include "core/visit_view_priv.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"

/* The longest page, a report: nothing of it outgrows the view's storage. */
enum {
    ID_BYTES = 96,
    FIX_BYTES = sizeof(((struct case_fix *)0)->text) + ID_BYTES,
    TASK_BYTES = sizeof(struct case_task) + ID_BYTES,
    FRAME_BYTES = 2048,
};
static_assert((int)ENQUIRY_MAX_FIXES * (int)FIX_BYTES + (int)ENQUIRY_MAX_TASKS * (int)TASK_BYTES +
                      (int)FRAME_BYTES <=
                  VIEW_ARENA_BYTES,
              "a report fits the view");

/* ---- matters ---- */

/* "06-01", or "2026-06-01" of a window that is not yearly */
static const char *window_day(struct view *ret, int day)
{
    if (day <= 1231)
        return visit_view_printf(ret, "%02d-%02d", day / 100, day % 100);
    return visit_view_printf(ret, "%04d-%02d-%02d", day / 10000, day / 100 % 100, day % 100);
}

/* What can be done about a matter here, then what it is about. */
static void note_status(const struct visit *v, const struct matter *m, struct view_item *item,
                        struct view *ret)
{
    static const char *const with[] = {"find.open", "find.guide", "find.listed"};
    static const char *const alone[] = {"find.open_short", "find.guide_short", "find.listed_short"};
    const struct matter_window *window = NULL;
    bool is_open = !v->today || matter_is_open_on(m, v->today, &window);
    if (m->status == MATTER_OPEN && !is_open && window) {
        item->note = text_arg("find.closed", window_day(ret, window->from));
        item->note.arg[1] = window_day(ret, window->to);
        item->tone = TONE_WAIT;
        return;
    }
    bool has_summary = m->summary && m->summary[0];
    item->note = has_summary ? text_arg(with[m->status], m->summary) : text_id(alone[m->status]);
    item->tone = m->status == MATTER_OPEN ? TONE_OK : TONE_NEUTRAL;
}

static void show_matter(const struct visit *v, int index, struct view *ret)
{
    const struct matter *m = matter_set_at(v->cfg.catalogue->matters, (size_t)index);
    struct view_item *item =
        visit_item_add(ret, VIEW_MATTER, visit_view_printf(ret, "matter.%.80s", m->code));
    item->label = text_lit(m->name);
    item->note = text_lit_or_none(m->summary);
    item->icon = m->icon;
    item->is_enabled = true;
    if (v->state != STATE_HOME)
        note_status(v, m, item, ret);
}

static void show_search(const struct visit *v, struct view *ret)
{
    bool is_home = v->state == STATE_HOME;
    struct view_item *item =
        visit_item_add(ret, VIEW_SEARCH, is_home ? "home.search" : "find.search");
    item->label = text_id("find.search");
    item->note = text_id("find.search_hint");
    item->input = INPUT_TEXT;
    item->max_chars = 30;
    item->is_enabled = true;
    item->edit = visit_view_copy(ret, is_home ? "" : v->s.finding.query);
    item->value = text_lit_or_none(item->edit);
}

static void show_tree(const struct visit *v, struct view *ret)
{
    const struct home *home = v->cfg.catalogue->home;
    struct view_item *item = visit_item_add(ret, VIEW_CHOICE, "home.audience");
    item->label = text_id("home.audience");
    item->input = INPUT_ENUM;
    item->is_enabled = true;
    for (size_t i = 0; i < home->n_trees; i++)
        visit_option_add(ret, item, text_lit(home->tree[i].name), (int)i == v->s.finding.tree);
}

static void show_stage(const struct visit *v, int index, struct view *ret)
{
    const struct home_stage *stage = &v->cfg.catalogue->home->tree[v->s.finding.tree].stage[index];
    int matter[128];
    size_t n = visit_find_stage(v, stage, matter, YJ_COUNT(matter));
    struct view_item *item =
        visit_item_add(ret, VIEW_TILE, visit_view_printf(ret, "stage.%.80s", stage->id));
    item->label = text_lit(stage->name);
    item->note = text_arg("home.stage_count", visit_view_printf(ret, "%zu", n));
    item->icon = stage->icon;
    item->is_enabled = true;
}

static void show_tile(struct view *ret, const char *id, const char *note, const char *icon)
{
    struct view_item *item = visit_item_add(ret, VIEW_TILE, id);
    item->label = text_id(id);
    item->note = text_id(note);
    item->icon = icon;
    item->is_enabled = true;
}

static void show_guide_choice(const struct visit *v, int index, struct view *ret)
{
    const struct guide_step *step = visit_guide_step(v);
    struct view_item *item = visit_item_add(
        ret, VIEW_TILE, visit_view_printf(ret, "guide.%.64s.%d", step->id, index + 1));
    item->label = text_lit(step->choice[index].label);
    item->is_enabled = true;
}

/* ---- applications ---- */

/* In the citizen's words; the last is a state that this version does not know. */
static const struct {
    const char *text, *text_due; /* text_due NULL: it is over */
    enum view_tone tone;
} states[CASE_N_STATES + 1] = {
    [CASE_SUBMITTED] = {"case.submitted", "case.due", TONE_WAIT},
    [CASE_RECEIVED] = {"case.received", "case.due", TONE_WAIT},
    [CASE_ACCEPTED] = {"case.accepted", "case.due", TONE_WAIT},
    [CASE_FIX] = {"case.fix", NULL, TONE_WARN},
    [CASE_APPROVED] = {"case.approved", "case.due", TONE_WAIT},
    [CASE_DONE] = {"case.done", NULL, TONE_OK},
    [CASE_REFUSED] = {"case.refused", NULL, TONE_ERROR},
    [CASE_WITHDRAWN] = {"case.withdrawn", NULL, TONE_NEUTRAL},
    [CASE_N_STATES] = {"case.under_way", "case.due", TONE_WAIT},
};

static const char *reason_text(const char *word)
{
    static const struct {
        const char *word, *text;
    } row[] = {
        {"unclear", "fix.reason.unclear"},           {"missing", "fix.reason.missing"},
        {"inconsistent", "fix.reason.inconsistent"}, {"signature", "fix.reason.signature"},
        {"expired", "fix.reason.expired"},           {"unqualified", "fix.reason.unqualified"},
        {"unverified", "fix.reason.unverified"},
    };
    for (size_t i = 0; i < YJ_COUNT(row); i++)
        if (!strcmp(row[i].word, word))
            return row[i].text;
    return "fix.reason.other";
}

static void show_case(const struct visit *v, int index, struct view *ret)
{
    const struct case_report *r = &v->s.progress.report[index];
    enum case_state state = visit_progress_state(r);
    size_t n_done = 0;
    struct view_item *item =
        visit_item_add(ret, VIEW_CASE, visit_view_printf(ret, "case.%d", index + 1));
    for (size_t i = 0; i < r->n_tasks; i++)
        n_done += r->task[i].state == CASE_DONE;
    item->label = text_lit(visit_say_copy(v, r->matter_name, ret));
    item->value = text_id(states[state].text);
    item->value2 = text_lit_or_none(visit_view_copy(ret, r->received));
    item->tone = states[state].tone;
    item->is_enabled = true;
    if (r->n_fixes) {
        item->note = text_arg("fix.title", visit_view_printf(ret, "%zu", r->n_fixes));
    } else if (r->n_tasks) {
        item->note = text_arg("case.tasks_done", visit_view_printf(ret, "%zu", n_done));
        item->note.arg[1] = visit_view_printf(ret, "%zu", r->n_tasks);
    }
}

static void show_case_task(const struct visit *v, const struct case_report *r, int index,
                           struct view *ret)
{
    const struct case_task *t = &r->task[index];
    struct view_item *item =
        visit_item_add(ret, VIEW_TASK, visit_view_printf(ret, "case.task.%.60s.%d", t->id, index));
    char dept[sizeof t->dept], value[sizeof dept + sizeof t->case_no + 8];
    visit_copy(dept, sizeof dept, visit_say(v, t->dept));
    snprintf(value, sizeof value, "%s%s%s", dept, dept[0] && t->case_no[0] ? " · " : "",
             t->case_no);
    item->label = text_lit(visit_say_copy(v, t->name, ret));
    item->value = text_lit_or_none(visit_view_copy(ret, value));
    item->value2 = text_id(states[t->state].text);
    item->tone = states[t->state].tone;
    if (states[t->state].text_due && t->due[0])
        item->note = text_arg(states[t->state].text_due, visit_view_copy(ret, t->due));
}

/* What the department wrote may name people: only the applicant sees it. */
static void show_fix(const struct visit *v, const struct case_report *r, int index,
                     struct view *ret)
{
    const struct case_fix *fix = &r->fix[index];
    const char *label = visit_fix_label(visit_fix_matter_of(v, r->matter), fix);
    struct view_item *item =
        visit_item_add(ret, VIEW_MATERIAL, visit_view_printf(ret, "fix.%d", index + 1));
    item->label = label ? text_lit(label) : text_id("fix.other");
    item->note = text_id(reason_text(fix->reason));
    item->tone = TONE_WARN;
    if (r->may_fix)
        item->value = text_lit_or_none(visit_view_copy(ret, fix->text));
}

static void show_as_of(const struct visit *v, struct view *ret)
{
    struct clock_civil c = clock_civil_of(v->s.progress.as_of_ms);
    struct view_item *item = visit_item_add(ret, VIEW_NOTE, "progress.as_of");
    item->label =
        text_arg("progress.as_of", visit_view_printf(ret, "%04d-%02d-%02d %02d:%02d", c.year,
                                                     c.month, c.day, c.hour, c.minute));
    item->tone = TONE_NEUTRAL;
}

static void show_report_line(const struct visit *v, const struct visit_slot *slot, struct view *ret)
{
    const struct case_report *r = visit_progress_report(v);
    struct view_item *item = NULL;
    switch ((int)slot->kind) {
    case SLOT_CASE_NUMBER:
        item = visit_item_add(ret, VIEW_NUMBER, "progress.number");
        item->label = text_id("receipt.number");
        item->value = text_lit(visit_view_copy(ret, r->number));
        break;
    case SLOT_CASE_RECEIVED:
        item = visit_item_add(ret, VIEW_PAIR, "progress.received");
        item->label = text_id("progress.received");
        item->value = text_lit(visit_view_copy(ret, r->received));
        break;
    case SLOT_CASE_AS_OF:
        show_as_of(v, ret);
        break;
    case SLOT_CASE_FIXES:
        item = visit_item_add(ret, VIEW_HEADING, "fix.title");
        item->label = text_arg("fix.title", visit_view_printf(ret, "%zu", r->n_fixes));
        break;
    case SLOT_CASE_FIX:
        show_fix(v, r, slot->ref, ret);
        break;
    default:
        show_case_task(v, r, slot->ref, ret);
        break;
    }
}

/* ---- all of them ---- */

static void show_phone(const struct visit *v, const struct visit_slot *slot, struct view *ret)
{
    struct view_item *item = visit_item_add(ret, slot->item, slot->text_id);
    item->label = text_arg(slot->text_id, v->cfg.hall_phone ? v->cfg.hall_phone : "12345");
    item->tone = slot->tone;
}

void visit_view_find(const struct visit *v, const struct visit_slot *slot, struct view *ret)
{
    switch ((int)slot->kind) {
    case SLOT_MATTER:
        show_matter(v, slot->ref, ret);
        break;
    case SLOT_SEARCH:
        show_search(v, ret);
        break;
    case SLOT_TREE:
        show_tree(v, ret);
        break;
    case SLOT_STAGE:
        show_stage(v, slot->ref, ret);
        break;
    case SLOT_TILE_GUIDE:
        show_tile(ret, "home.guide", "home.guide_note", "guide");
        break;
    case SLOT_TILE_PROGRESS:
        show_tile(ret, "home.progress",
                  v->link.is_online ? "home.progress_note" : "home.progress_offline", "progress");
        break;
    case SLOT_GUIDE_CHOICE:
        show_guide_choice(v, slot->ref, ret);
        break;
    case SLOT_PHONE:
        show_phone(v, slot, ret);
        break;
    case SLOT_CASE:
        show_case(v, slot->ref, ret);
        break;
    default:
        show_report_line(v, slot, ret);
        break;
    }
}

static void frame_find(const struct visit *v, struct view *ret)
{
    const struct visit_finding *f = &v->s.finding;
    if (f->by == FIND_STAGE)
        ret->title = text_lit(visit_find_the_stage(v)->name);
    else if (f->by == FIND_GUIDE)
        ret->title = text_lit(visit_guide_step(v)->choice[f->guide_choice].label);
    else
        ret->title = text_id("find.title");
}

static void frame_progress(const struct visit *v, struct view *ret)
{
    const struct case_report *r = visit_progress_report(v);
    if (r)
        ret->title = text_lit(visit_say_copy(v, r->matter_name, ret));
    else if (v->s.progress_ask == ASK_NONE && v->link.is_online &&
             !visit_device_dead(v, DEVICE_READER))
        ret->illustration =
            text_lit(visit_device_dead(v, DEVICE_SCANNER) ? "lay-card" : "ask-progress");
}

void visit_view_find_frame(const struct visit *v, struct view *ret)
{
    switch ((int)v->state) {
    case STATE_FIND:
        frame_find(v, ret);
        break;
    case STATE_GUIDE:
        ret->title = text_lit(visit_guide_step(v)->question);
        break;
    case STATE_PROGRESS:
        frame_progress(v, ret);
        break;
    default:
        break;
    }
}

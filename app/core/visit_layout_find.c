/* SPDX-License-Identifier: Apache-2.0 */
/* What stands on the pages before a matter: home, the lists of matters, the guide, how applications
 * stand. Pure. Thread: the one that owns the visit. */
#include "core/visit_flow_priv.h"
#include "core/visit_layout_priv.h"
#include "core/visit_priv.h"

#include <assert.h>

enum {
    PAGE_MATTERS = 8,
    POPULAR = 4,      /* at home */
    EXAMPLES = 6,     /* popular ones below an empty search */
    STAGE_MAX = 128,  /* matters that a stage shows */
    REPORT_LINES = 8, /* of a report, besides its tasks and corrections */
};
static_assert((int)ENQUIRY_MAX_TASKS + (int)ENQUIRY_MAX_FIXES + (int)REPORT_LINES < VIEW_MAX_ITEMS,
              "a report is one page");

static void put_phone(struct visit_builder *b, enum view_item_kind item, const char *text_id,
                      enum view_tone tone)
{
    visit_put_slot(
        b, (struct visit_slot){.kind = SLOT_PHONE, .text_id = text_id, .item = item, .tone = tone},
        0);
}

/* ---- home ---- */

static bool is_in_tree(const struct home_tree *tree, int matter)
{
    for (size_t s = 0; s < tree->n_stages; s++)
        for (size_t i = 0; i < tree->stage[s].n_matters; i++)
            if (tree->stage[s].matter[i] == matter)
                return true;
    return false;
}

/* Popular matters, at most n of them, of those that stand in the lists today.
 * @param tree  NULL: of all trees; else of this one, and only what can be handed in */
static void put_popular(struct visit_builder *b, int n, const struct home_tree *tree)
{
    const struct visit *v = b->v;
    const struct home *home = v->cfg.catalogue->home;
    for (size_t i = 0; home && i < home->n_popular && n > 0; i++) {
        int matter = home->popular[i];
        const struct matter *m = matter_set_at(v->cfg.catalogue->matters, (size_t)matter);
        if (!visit_find_is_listed(v, matter) ||
            (tree && (m->status != MATTER_OPEN || !is_in_tree(tree, matter))))
            continue;
        visit_put(b, SLOT_MATTER, matter);
        n--;
    }
}

/* A plain folder of matters has no stages: all of them in a row. */
static void lay_plain_home(struct visit_builder *b)
{
    size_t n = matter_set_count(b->v->cfg.catalogue->matters);
    for (size_t i = 0; i < n; i++) {
        if (i && i % PAGE_MATTERS == 0)
            visit_page_break(b);
        visit_put(b, SLOT_MATTER, (int)i);
    }
}

static void lay_stages(struct visit_builder *b, int n_popular)
{
    const struct catalogue *c = b->v->cfg.catalogue;
    const struct home_tree *tree = &c->home->tree[b->v->s.finding.tree];
    visit_put(b, SLOT_SEARCH, 0);
    if (c->home->n_trees > 1)
        visit_put_slot(b, (struct visit_slot){.kind = SLOT_TREE}, c->home->n_trees);
    for (size_t i = 0; i < tree->n_stages; i++)
        visit_put(b, SLOT_STAGE, (int)i);
    put_popular(b, n_popular, tree);
    if (c->guide)
        visit_put(b, SLOT_TILE_GUIDE, 0);
    visit_put(b, SLOT_TILE_PROGRESS, 0);
}

void visit_lay_home(struct visit_builder *b)
{
    if (b->v->is_staff_called)
        visit_put_troubles(b);
    /* Guide and progress stay on the first page: a row of popular matters gives way to a notice. */
    int n_notices = visit_hall_lay_notices(b);
    if (b->v->cfg.catalogue->home)
        lay_stages(b, POPULAR - 2 * n_notices);
    else
        lay_plain_home(b);
    visit_hall_lay_foot(b);
}

/* ---- matters ---- */

static void put_matters(struct visit_builder *b, const int *matter, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i && i % PAGE_MATTERS == 0) {
            visit_page_break(b);
            if (b->v->s.finding.by == FIND_SEARCH)
                visit_put(b, SLOT_SEARCH, 0);
        }
        visit_put(b, SLOT_MATTER, matter[i]);
    }
}

static void put_guide(struct visit_builder *b)
{
    if (b->v->cfg.catalogue->guide)
        visit_put(b, SLOT_TILE_GUIDE, 0);
}

static void lay_search(struct visit_builder *b)
{
    const struct visit_finding *f = &b->v->s.finding;
    visit_put(b, SLOT_SEARCH, 0);
    if (!f->query[0]) {
        visit_put_text(b, VIEW_PARAGRAPH, "find.examples", TONE_NEUTRAL);
        put_popular(b, EXAMPLES, NULL);
    } else if (f->n_hits > 0) {
        put_matters(b, f->hit, (size_t)f->n_hits);
    } else {
        visit_put_text(b, VIEW_NOTE, "find.none", TONE_NEUTRAL);
        put_guide(b);
        visit_put_text(b, VIEW_PARAGRAPH, "find.none_staff", TONE_NEUTRAL);
    }
}

static void lay_stage(struct visit_builder *b)
{
    int matter[STAGE_MAX];
    size_t n = visit_find_stage(b->v, visit_find_the_stage(b->v), matter, STAGE_MAX);
    put_matters(b, matter, n);
    if (n > 0)
        return;
    visit_put_text(b, VIEW_NOTE, "find.stage_empty", TONE_NEUTRAL);
    put_guide(b);
}

/* The guide leads to a matter also when it cannot be handed in today: it says why. */
static void lay_choice(struct visit_builder *b)
{
    const struct visit *v = b->v;
    const struct guide_choice *choice = &visit_guide_step(v)->choice[v->s.finding.guide_choice];
    int matter[GUIDE_MAX_MATTERS] = {0};
    size_t n = 0;
    for (size_t i = 0; i < choice->n_matters; i++)
        if (!v->today ||
            matter_is_valid_on(matter_set_at(v->cfg.catalogue->matters, (size_t)choice->matter[i]),
                               v->today))
            matter[n++] = choice->matter[i];
    put_matters(b, matter, n);
    if (n == 0)
        visit_put_text(b, VIEW_NOTE, "find.stage_empty", TONE_NEUTRAL);
}

void visit_lay_find(struct visit_builder *b)
{
    switch (b->v->s.finding.by) {
    case FIND_STAGE:
        lay_stage(b);
        break;
    case FIND_SEARCH:
        lay_search(b);
        break;
    case FIND_GUIDE:
        lay_choice(b);
        break;
    }
}

void visit_lay_guide(struct visit_builder *b)
{
    const struct guide_step *step = visit_guide_step(b->v);
    for (size_t i = 0; i < step->n_choices; i++)
        visit_put(b, SLOT_GUIDE_CHOICE, (int)i);
}

/* ---- progress ---- */

static void put_device_trouble(struct visit_builder *b, enum device_kind kind)
{
    if (visit_device_dead(b->v, kind))
        visit_put_device(b, "device.short", kind, TONE_WARN);
}

static void lay_entry(struct visit_builder *b)
{
    const struct visit *v = b->v;
    bool has_reader = !visit_device_dead(v, DEVICE_READER);
    bool has_scanner = !visit_device_dead(v, DEVICE_SCANNER);
    if (!v->link.is_online) {
        put_phone(b, VIEW_NOTE, "progress.offline", TONE_WARN);
        if (has_scanner)
            visit_put_text(b, VIEW_PROGRESS, "progress.offline_code", TONE_WAIT);
        return;
    }
    if (has_reader || has_scanner) {
        visit_put_text(b, VIEW_PROGRESS,
                       !has_scanner  ? "progress.lay_card"
                       : !has_reader ? "progress.show_code"
                                     : "progress.show_either",
                       TONE_WAIT);
        if (v->cfg.accepts_social_security_card && visit_device_usable(v, DEVICE_CARD_SLOT))
            visit_put_text(b, VIEW_PARAGRAPH, "identify.slot", TONE_NEUTRAL);
        visit_put_text(b, VIEW_PARAGRAPH, "progress.privacy", TONE_NEUTRAL);
    }
    put_device_trouble(b, DEVICE_READER);
    put_device_trouble(b, DEVICE_SCANNER);
    if (!has_reader && !has_scanner)
        put_phone(b, VIEW_PARAGRAPH, "progress.elsewhere", TONE_NEUTRAL);
}

static void lay_failed(struct visit_builder *b)
{
    int code = b->v->s.progress_code;
    if (code == 0)
        visit_put_text(b, VIEW_PROGRESS, "progress.slow", TONE_WAIT);
    put_phone(b, VIEW_NOTE,
              code == 0 || code == ERR_SYNC_OFFLINE || code == ERR_TIMEOUT ? "progress.offline"
                                                                           : "progress.refused",
              TONE_WARN);
}

/* What stands between the visitor and the correction; nothing when it can begin. */
static void put_fix_advice(struct visit_builder *b, const struct case_report *r)
{
    const struct visit *v = b->v;
    size_t n = visit_fix_count(v, r);
    if (n == 0) {
        put_phone(b, VIEW_NOTE, "fix.window", TONE_WARN);
    } else if (!v->s.has_card && visit_device_dead(v, DEVICE_READER)) {
        put_device_trouble(b, DEVICE_READER);
        put_phone(b, VIEW_NOTE, "fix.window", TONE_WARN);
    } else if (!v->s.has_card) {
        visit_put_text(b, VIEW_PROGRESS, "fix.lay_card", TONE_WAIT);
    } else if (!r->may_fix) {
        visit_put_text(b, VIEW_NOTE, "fix.not_applicant", TONE_WARN);
    } else if (n < r->n_fixes) {
        visit_put_text(b, VIEW_NOTE, "fix.some_window", TONE_WARN);
    }
}

static void lay_report(struct visit_builder *b, const struct case_report *r)
{
    if (r->number[0])
        visit_put(b, SLOT_CASE_NUMBER, 0);
    if (r->received[0])
        visit_put(b, SLOT_CASE_RECEIVED, 0);
    if (b->v->s.progress.as_of_ms)
        visit_put(b, SLOT_CASE_AS_OF, 0);
    if (r->n_fixes) {
        visit_put(b, SLOT_CASE_FIXES, 0);
        for (size_t i = 0; i < r->n_fixes; i++)
            visit_put(b, SLOT_CASE_FIX, (int)i);
        put_fix_advice(b, r);
    }
    if (r->n_tasks)
        visit_put_text(b, VIEW_HEADING, "progress.tasks", TONE_NEUTRAL);
    for (size_t i = 0; i < r->n_tasks; i++)
        visit_put(b, SLOT_CASE_TASK, (int)i);
}

static void lay_answer(struct visit_builder *b)
{
    const struct visit *v = b->v;
    const struct case_report *report = visit_progress_report(v);
    if (report) {
        lay_report(b, report);
        return;
    }
    if (v->s.progress.n_reports == 0) {
        visit_put_text(b, VIEW_NOTE, "progress.none", TONE_NEUTRAL);
        put_phone(b, VIEW_PARAGRAPH, "progress.elsewhere", TONE_NEUTRAL);
    }
    for (size_t i = 0; i < v->s.progress.n_reports; i++)
        visit_put(b, SLOT_CASE, (int)i);
}

void visit_lay_progress(struct visit_builder *b)
{
    switch (b->v->s.progress_ask) {
    case ASK_NONE:
        lay_entry(b);
        break;
    case ASK_WAITING:
        visit_put_text(b, VIEW_PROGRESS, "progress.asking", TONE_WAIT);
        break;
    case ASK_FAILED:
        lay_failed(b);
        break;
    case ASK_ANSWERED:
        lay_answer(b);
        break;
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A terminal with a whole catalogue set (tests/unit/core/find): stages, guide, search. Needs
 * _DEFAULT_SOURCE like visit_kit.h. */
#ifndef YJ_TESTS_VISIT_KIT_FIND_H
#define YJ_TESTS_VISIT_KIT_FIND_H

#include "visit_kit.h"

#define KIT_RECEIPT "YJ1.QUJDREVGR0g.c2lnbmF0dXJl"

struct find_kit {
    struct kit k;
    struct catalogue *set;
    struct enquiry_answer *answer; /* to be filled and given */
    struct enquiry enquiry;        /* of the last ENQUIRE */
};

static inline struct find_kit *find_new(void)
{
    struct find_kit *f = calloc(1, sizeof *f);
    struct matter_complaint complaint[4];
    struct catalogue_cfg cfg = {.dir = YJ_SOURCE_DIR "/tests/unit/core/find", .region = "430102"};
    size_t n = 0;
    struct err err = {0};
    f->answer = calloc(1, sizeof *f->answer);
    f->k.view = calloc(1, sizeof *f->k.view);
    if (catalogue_load(&cfg, complaint, 4, &n, &f->set, &err) < 0 || n) {
        fprintf(stderr, "catalogue: %s %s %s %s\n", err.msg, n ? complaint[0].file : "",
                n ? complaint[0].pointer : "", n ? complaint[0].reason : "");
        exit(2);
    }
    f->k.cfg = (struct visit_cfg){.catalogue = f->set,
                                  .terminal_name = "示例市政务服务中心 01 号机",
                                  .terminal_id = "4301020001",
                                  .hall_phone = "12345"};
    f->k.v = visit_new(&f->k.cfg);
    f->k.now_ms = 1000;
    visit_start(f->k.v, f->k.now_ms, &f->k.fx);
    kit_take(&f->k);
    struct visit_event date = {.kind = VISIT_EVENT_DATE, .wall_ms = KIT_WALL_MS};
    kit_event(&f->k, &date);
    for (int i = 0; i < DEVICE_N_KINDS; i++)
        kit_device(&f->k, (enum device_kind)i, DEVICE_ONLINE);
    kit_link(&f->k, true);
    return f;
}

static inline void find_free(struct find_kit *f)
{
    visit_free(f->k.v);
    catalogue_free(f->set);
    free(f->k.view);
    free(f->answer);
    free(f);
}

static inline void find_open(struct find_kit *f, const char *id)
{
    kit_intent(&f->k, INTENT_OPEN, kit_item(&f->k, id), -1);
}

/* @return the item of the present page with this id, NULL when it is not there */
static inline const struct view_item *find_item(struct find_kit *f, const char *id)
{
    int at = kit_item(&f->k, id);
    return at < 0 ? NULL : &f->k.view->item[at];
}

/* @return true when the note of an item is this text id */
static inline bool find_note_is(struct find_kit *f, const char *id, const char *note)
{
    const struct view_item *item = find_item(f, id);
    return item && item->note.id && !strcmp(item->note.id, note);
}

static inline bool find_title_is(struct find_kit *f, const char *lit)
{
    const struct view *view = kit_view(&f->k);
    return view->title.lit && !strcmp(view->title.lit, lit);
}

/* @return job of the ENQUIRE of the last step, 0 when there was none; fills f->enquiry */
static inline int64_t find_enquiry(struct find_kit *f)
{
    const struct visit_effect *e = kit_effect(&f->k, VISIT_EFFECT_ENQUIRE);
    if (!e)
        return 0;
    visit_enquiry(f->k.v, &f->enquiry);
    return e->job;
}

static inline void find_answer_code(struct find_kit *f, int64_t job, int code)
{
    f->answer->kind = ENQUIRY_PROGRESS;
    struct visit_event e = {
        .kind = VISIT_EVENT_ANSWER,
        .enquiry = {.job = job, .code = code, .answer = code ? NULL : f->answer}};
    kit_event(&f->k, &e);
}

static inline void find_answer(struct find_kit *f, int64_t job)
{
    find_answer_code(f, job, 0);
}

/* One application of 身后事: one task done, one waits for a correction. */
static inline struct case_report *find_report(struct find_kit *f, int at, const char *number)
{
    struct case_report *r = &f->answer->report[at];
    memset(r, 0, sizeof *r);
    snprintf(r->number, sizeof r->number, "%s", number);
    snprintf(r->matter, sizeof r->matter, "T.HEIRS");
    snprintf(r->matter_name, sizeof r->matter_name, "身后事");
    snprintf(r->version, sizeof r->version, "1");
    snprintf(r->received, sizeof r->received, "2026-11-20");
    r->n_tasks = 2;
    r->task[0] = (struct case_task){.id = "cancel",
                                    .name = "注销户口",
                                    .dept = "公安",
                                    .case_no = "C-1",
                                    .state = CASE_FIX,
                                    .due = "2026-12-01"};
    r->task[1] = (struct case_task){
        .id = "fund", .name = "公积金提取", .dept = "公积金中心", .state = CASE_DONE};
    if (f->answer->n_reports < (size_t)at + 1)
        f->answer->n_reports = (size_t)at + 1;
    return r;
}

static inline void find_fix(struct case_report *r, enum fix_kind kind, const char *id,
                            const char *reason, const char *text, const char *value)
{
    struct case_fix *fix = &r->fix[r->n_fixes++];
    fix->kind = kind;
    snprintf(fix->id, sizeof fix->id, "%s", id);
    snprintf(fix->reason, sizeof fix->reason, "%s", reason);
    snprintf(fix->text, sizeof fix->text, "%s", text);
    snprintf(fix->value, sizeof fix->value, "%s", value);
}

/* From home to the progress page, then show a receipt. @return job of the question */
static inline int64_t find_show_receipt(struct find_kit *f)
{
    find_open(f, "home.progress");
    kit_code(&f->k, KIT_RECEIPT);
    return find_enquiry(f);
}

static inline int64_t find_lay_card(struct find_kit *f)
{
    struct card card = kit_citizen();
    kit_card(&f->k, &card);
    return find_enquiry(f);
}

#endif

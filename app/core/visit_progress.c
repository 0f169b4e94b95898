/* SPDX-License-Identifier: Apache-2.0 */
/* How applications stand: by the code on a receipt, by the applicant's card, or by both. What the
 * centre answers is cleaned before anything looks at it. By receipt alone nothing personal is
 * shown. Pure. Thread: the one that owns the visit.
 *
 *   ASK_NONE ──receipt or card──► ASK_WAITING ──answer──► ASK_ANSWERED ──card──► ASK_WAITING
 *   (reader, scanner on;           │ ▲   │                (reader on while a correction waits
 *    scanner without a network)    │ │   │ again           for the applicant's card)
 *                    10 s, refused ▼ │   ▼
 *                              ASK_FAILED (after 10 s a late answer is still welcome)
 *
 * Without a network a receipt is answered as the centre last told, with the day of it; names of
 * tasks come from the matter here then.
 *
 *   ASK_ANSWERED ──"put it right"──► NOTICE (visit_fix.c)     any ──back──► HOME */
#include "core/visit_answers_priv.h"
#include "core/visit_flow_priv.h"
#include "core/visit_layout_priv.h"
#include "core/visit_priv.h"

#include <string.h>

#include "base/bytes.h"
#include "base/text.h"
#include "core/codes.h"

enum { PROGRESS_WAIT_MS = 10000 };

const struct case_report *visit_progress_report(const struct visit *v)
{
    return v->s.progress_ask == ASK_ANSWERED && v->s.progress_open > 0
               ? &v->s.progress.report[v->s.progress_open - 1]
               : NULL;
}

void visit_progress_begin(struct visit *v)
{
    visit_enter(v, STATE_PROGRESS);
}

/* ---- what the page listens to ---- */

static bool is_here_online(const struct visit *v)
{
    return v->state == STATE_PROGRESS && v->link.is_online;
}

bool visit_progress_wants_card(const struct visit *v)
{
    const struct case_report *report = visit_progress_report(v);
    if (!is_here_online(v) || v->s.has_card)
        return false;
    return v->s.progress_ask == ASK_NONE || (report && report->n_fixes > 0);
}

bool visit_progress_wants_code(const struct visit *v)
{
    return v->state == STATE_PROGRESS && v->s.progress_ask == ASK_NONE;
}

int visit_progress_wait_ms(const struct visit *v)
{
    return v->s.progress_ask == ASK_WAITING ? PROGRESS_WAIT_MS : 0;
}

/* ---- the question ---- */

static void ask(struct visit *v)
{
    const struct case_report *report = visit_progress_report(v);
    visit_copy(v->s.progress_number, sizeof v->s.progress_number, report ? report->number : "");
    bytes_wipe(&v->s.progress, sizeof v->s.progress);
    v->s.progress_open = v->s.progress_code = 0;
    v->s.progress_ask = ASK_WAITING;
    v->s.progress_job = ++v->last_enquiry_job;
    v->asked = ENQUIRY_PROGRESS;
    visit_effect_add(v, VISIT_EFFECT_ENQUIRE)->job = v->s.progress_job;
    v->s.alert.id = NULL;
    v->s.page = 0;
    v->entered_ms = v->now_ms;
    v->is_dirty = true;
}

void visit_progress_enquiry(const struct visit *v, struct enquiry *ret)
{
    ret->kind = ENQUIRY_PROGRESS;
    visit_copy(ret->receipt, sizeof ret->receipt, v->s.receipt);
    if (!v->s.has_card)
        return;
    visit_copy(ret->name, sizeof ret->name,
               v->s.card.name[0] ? v->s.card.name : v->s.card.english_name);
    visit_copy(ret->id_no, sizeof ret->id_no, v->s.card.number);
}

void visit_progress_card(struct visit *v, const struct card *card)
{
    if (!visit_progress_wants_card(v))
        return;
    if (card->kind == CARD_SOCIAL_SECURITY && !v->cfg.accepts_social_security_card) {
        visit_alert_set(v, "identify.social_security", TONE_WARN, NULL);
        return;
    }
    v->s.card = *card;
    bytes_wipe(v->s.card.photo, sizeof v->s.card.photo); /* no page and no paper shows it */
    v->s.card.has_photo = false;
    v->s.has_card = true;
    v->s.warnings = visit_card_warnings(card, v->today);
    ask(v);
}

void visit_progress_code(struct visit *v, const char *text)
{
    if (!visit_progress_wants_code(v))
        return;
    if (code_kind_of(text, &v->cfg.scan_hosts) != CODE_RECEIPT ||
        strlen(text) >= sizeof v->s.receipt) {
        visit_alert_set(v, "progress.not_receipt", TONE_WARN, NULL);
    } else {
        visit_copy(v->s.receipt, sizeof v->s.receipt, text);
        ask(v);
    }
}

void visit_progress_code_failed(struct visit *v, int code)
{
    if (visit_progress_wants_code(v))
        visit_alert_set(
            v, code == ERR_CAMERA_SEVERAL ? "materials.code_several" : "materials.code_failed",
            TONE_WARN, NULL);
}

void visit_progress_timer(struct visit *v)
{
    if (v->s.progress_ask != ASK_WAITING)
        return;
    v->s.progress_ask = ASK_FAILED;
    v->s.progress_code = 0;
    v->is_dirty = true;
}

/* ---- the answer, cleaned ---- */

/* Whole characters, none of them hidden, a NUL in its place; else what is said instead. A line
 * that was broken goes on. */
static void clean(char *text, size_t cap, const char *instead)
{
    size_t n = strnlen(text, cap);
    for (size_t i = 0; i < n; i++)
        if (text[i] == '\n' || text[i] == '\r' || text[i] == '\t')
            text[i] = ' ';
    if (n < cap && text_is_plain(text, n) && (n > 0 || !instead[0]))
        return;
    bytes_wipe(text, cap);
    visit_copy(text, cap, instead);
}

static void clean_day(char *text, size_t cap)
{
    clean(text, cap, "");
    if (!codes_date_parse(text))
        bytes_wipe(text, cap);
}

static void clean_task(struct case_task *t)
{
    clean(t->id, sizeof t->id, "");
    clean(t->name, sizeof t->name, "—");
    clean(t->dept, sizeof t->dept, "");
    clean(t->case_no, sizeof t->case_no, "");
    clean_day(t->due, sizeof t->due);
    if ((unsigned)t->state > CASE_N_STATES)
        t->state = CASE_N_STATES; /* a state of a later version: "under way" */
}

static void clean_fix(struct case_fix *f)
{
    clean(f->id, sizeof f->id, "");
    clean(f->reason, sizeof f->reason, "");
    clean(f->text, sizeof f->text, "");
    clean(f->value, sizeof f->value, "");
}

static void clean_report(struct case_report *r)
{
    clean(r->number, sizeof r->number, "");
    clean(r->matter, sizeof r->matter, "");
    clean(r->matter_name, sizeof r->matter_name, "—");
    clean(r->version, sizeof r->version, "");
    clean_day(r->received, sizeof r->received);
    if (r->n_tasks > ENQUIRY_MAX_TASKS)
        r->n_tasks = ENQUIRY_MAX_TASKS;
    if (r->n_fixes > ENQUIRY_MAX_FIXES)
        r->n_fixes = ENQUIRY_MAX_FIXES;
    for (size_t i = 0; i < r->n_tasks; i++)
        clean_task(&r->task[i]);
    for (size_t i = 0; i < r->n_fixes; i++)
        clean_fix(&r->fix[i]);
}

/* As last told, tasks have only their ids. */
static void name_tasks(const struct visit *v, struct case_report *r)
{
    const struct matter *m = visit_fix_matter_of(v, r->matter);
    if (!m)
        return;
    visit_copy(r->matter_name, sizeof r->matter_name, m->name);
    for (size_t i = 0; i < r->n_tasks; i++)
        for (size_t k = 0; k < m->n_tasks; k++) {
            if (strcmp(m->task[k].id, r->task[i].id) != 0)
                continue;
            visit_copy(r->task[i].name, sizeof r->task[i].name, m->task[k].name);
            visit_copy(r->task[i].dept, sizeof r->task[i].dept,
                       m->task[k].dept ? m->task[k].dept : "");
        }
}

/* What was handed in and what the department wrote of it are the applicant's alone. */
static void hide_fixes(struct case_report *r)
{
    for (size_t i = 0; i < ENQUIRY_MAX_FIXES; i++) {
        bytes_wipe(r->fix[i].value, sizeof r->fix[i].value);
        bytes_wipe(r->fix[i].text, sizeof r->fix[i].text);
    }
}

/* The report that was on the screen before the card was asked for stays on it. */
static int report_to_open(const struct visit *v)
{
    const struct enquiry_answer *a = &v->s.progress;
    for (size_t i = 0; v->s.progress_number[0] && i < a->n_reports; i++)
        if (!strcmp(a->report[i].number, v->s.progress_number))
            return (int)i + 1;
    return a->n_reports == 1 ? 1 : 0;
}

static void take(struct visit *v, const struct enquiry_answer *answer)
{
    struct enquiry_answer *a = &v->s.progress;
    *a = *answer;
    bytes_wipe(a->item, sizeof a->item);
    a->n_items = 0;
    if (a->n_reports > ENQUIRY_MAX_CASES)
        a->n_reports = ENQUIRY_MAX_CASES;
    for (size_t i = 0; i < a->n_reports; i++) {
        if (a->as_of_ms)
            name_tasks(v, &a->report[i]);
        clean_report(&a->report[i]);
        a->report[i].may_fix = a->report[i].may_fix && v->s.has_card;
        if (!a->report[i].may_fix)
            hide_fixes(&a->report[i]);
    }
    v->s.progress_ask = ASK_ANSWERED;
    v->s.progress_open = report_to_open(v);
}

void visit_progress_answer(struct visit *v, int64_t job, int code,
                           const struct enquiry_answer *answer)
{
    bool is_late = v->s.progress_ask == ASK_FAILED && v->s.progress_code == 0;
    if (v->state != STATE_PROGRESS || job != v->s.progress_job ||
        (v->s.progress_ask != ASK_WAITING && !is_late))
        return;
    if (code == 0 && (!answer || answer->kind != ENQUIRY_PROGRESS))
        code = ERR_SYNC_NOT_CENTRE;
    if (code == 0) {
        take(v, answer);
    } else {
        v->s.progress_ask = ASK_FAILED;
        v->s.progress_code = code;
    }
    v->entered_ms = v->now_ms;
    v->is_dirty = true;
}

enum case_state visit_progress_state(const struct case_report *report)
{
    bool has[CASE_N_STATES + 1] = {false};
    for (size_t i = 0; i < report->n_tasks; i++)
        has[report->task[i].state] = true;
    if (report->n_fixes > 0 || has[CASE_FIX])
        return CASE_FIX;
    /* what is still open says more than what is over, and the furthest of it most */
    static const enum case_state order[] = {CASE_APPROVED,  CASE_ACCEPTED, CASE_RECEIVED,
                                            CASE_SUBMITTED, CASE_N_STATES, CASE_REFUSED,
                                            CASE_DONE,      CASE_WITHDRAWN};
    for (size_t i = 0; i < YJ_COUNT(order); i++)
        if (has[order[i]])
            return order[i];
    return CASE_SUBMITTED;
}

/* ---- taps ---- */

/* The card that lies there is not the applicant's: the next one may be. */
static void another_card(struct visit *v)
{
    bytes_wipe(&v->s.card, sizeof v->s.card);
    v->s.has_card = false;
    v->s.warnings = 0;
    v->is_dirty = true;
}

static void open_case(struct visit *v, int item)
{
    struct visit_layout layout;
    visit_layout(v, v->state, v->s.page, &layout);
    if (item < 0 || item >= layout.n || layout.at[item].kind != SLOT_CASE)
        return;
    v->s.progress_open = layout.at[item].ref + 1;
    visit_enter(v, STATE_PROGRESS);
}

static void back(struct visit *v)
{
    if (visit_progress_report(v) && v->s.progress.n_reports > 1) {
        v->s.progress_open = 0;
        visit_enter(v, STATE_PROGRESS);
    } else {
        visit_find_leave(v);
    }
}

void visit_flow_progress(struct visit *v, const struct intent *in)
{
    const struct case_report *report = visit_progress_report(v);
    if (in->kind == INTENT_BACK)
        back(v);
    else if (in->kind == INTENT_OPEN)
        open_case(v, in->item);
    else if (in->kind == INTENT_NEXT && v->s.progress_ask == ASK_FAILED)
        ask(v);
    else if (in->kind == INTENT_NEXT && report)
        visit_fix_begin(v);
    else if (in->kind == INTENT_EDIT && report && report->n_fixes && v->s.has_card &&
             !report->may_fix)
        another_card(v);
}

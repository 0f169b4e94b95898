/* SPDX-License-Identifier: Apache-2.0 */
/* The receipt: printing it, saying honestly how far that came, and finishing after a restart what
 * an earlier run began. Every sheet is journalled: the host writes SENDING before the first byte
 * as part of VISIT_EFFECT_PRINT, the outcome is written from here. Pure. Thread: the one that
 * owns the visit.
 *
 *   PRINTING ──printed──► PRINTED                  journal PRINTED
 *      ▲                   └─ one more ► PRINTING    a marked copy; whatever becomes of it, the
 *      │                                             journal ends at PRINTED
 *      │ ├──in doubt───► IN_DOUBT                  journal stays SENDING, the visitor is asked:
 *      │ │                 │                       should the power go now, a marked copy follows
 *      │ │                 ├─ yes ► PRINTED         journal PRINTED (a person says so)
 *      │ │                 └─ no  ► PRINTING        a marked copy
 *      │ └──not started► ON_SCREEN                 journal QUEUED, the code on the screen
 *      │                   └─ try again ► PRINTING
 *      └──45 s silence─► OVERDUE ─answer─► as above
 *   leaving in any phase but PRINTED               journal ON_SCREEN
 */
#include "core/visit_flow_priv.h"
#include "core/visit_layout_priv.h"
#include "core/visit_priv.h"

#include <string.h>

#include "base/bytes.h"

static void journal(struct visit *v, int64_t job, enum print_journal_state state)
{
    struct visit_effect *e = visit_effect_add(v, VISIT_EFFECT_JOURNAL);
    e->job = job;
    e->journal_state = state;
}

static void print(struct visit *v, int64_t job, int copy, bool is_recovery)
{
    struct visit_effect *e = visit_effect_add(v, VISIT_EFFECT_PRINT);
    e->job = job;
    e->copy = copy;
    v->job = job;
    v->is_job_recovery = is_recovery;
}

static void set_phase(struct visit *v, enum visit_phase phase)
{
    v->s.phase = phase;
    v->entered_ms = v->now_ms;
    v->is_dirty = v->is_restarted = true;
}

/* A printer that still owes an answer gets no second order: the sheets could not be told apart. */
static void begin_receipt(struct visit *v)
{
    if (!visit_device_usable(v, DEVICE_PRINTER) || v->job) {
        set_phase(v, PHASE_ON_SCREEN);
        return;
    }
    print(v, v->s.record.sequence, v->s.n_sheets, false);
    set_phase(v, PHASE_PRINTING);
}

void visit_print_stored(struct visit *v, const struct record_ref *record)
{
    if (v->state != STATE_SUBMITTING || record->kind != RECORD_APPLICATION)
        return;
    v->s.record = *record;
    v->s.has_record = true;
    visit_codes_remember(v);
    bytes_wipe(&v->s.strokes, sizeof v->s.strokes); /* sealed: nothing here needs it any more */
    visit_enter(v, STATE_RECEIPT);
    begin_receipt(v);
}

/* The visitor holds a receipt already: whatever became of one more, nothing is to be finished. */
static void copy_done(struct visit *v, int64_t job, enum print_result result)
{
    journal(v, job, JOURNAL_PRINTED);
    set_phase(v, PHASE_PRINTED);
    if (result != PRINT_NOT_STARTED)
        v->s.n_sheets++;
    if (result == PRINT_PRINTED)
        visit_alert_set(v, "receipt.copy_printed", TONE_OK, NULL);
    else if (result == PRINT_IN_DOUBT)
        visit_alert_set(v, "receipt.copy_in_doubt", TONE_WARN, NULL);
    else
        visit_alert_device(v, "receipt.copy_failed", TONE_WARN, DEVICE_PRINTER, 0);
}

static void receipt_done(struct visit *v, int64_t job, enum print_result result)
{
    if (v->s.is_receipt_out) {
        copy_done(v, job, result);
        return;
    }
    switch (result) {
    case PRINT_PRINTED:
        v->s.n_sheets++;
        v->s.is_receipt_out = true;
        journal(v, job, JOURNAL_PRINTED);
        set_phase(v, PHASE_PRINTED);
        break;
    case PRINT_IN_DOUBT:
        v->s.n_sheets++;
        set_phase(v, PHASE_IN_DOUBT);
        break;
    case PRINT_NOT_STARTED:
        journal(v, job, JOURNAL_QUEUED);
        set_phase(v, PHASE_ON_SCREEN);
        break;
    }
}

static void pending_remove(struct visit *v, int64_t sequence)
{
    for (int i = 0; i < v->n_pending; i++) {
        if (v->pending[i].ref.sequence != sequence)
            continue;
        memmove(&v->pending[i], &v->pending[i + 1],
                (size_t)(v->n_pending - i - 1) * sizeof v->pending[0]);
        v->n_pending--;
        return;
    }
}

static void recovery_done(struct visit *v, int64_t job, enum print_result result)
{
    static const enum print_journal_state state[] = {[PRINT_PRINTED] = JOURNAL_PRINTED,
                                                     [PRINT_IN_DOUBT] = JOURNAL_IN_DOUBT,
                                                     [PRINT_NOT_STARTED] = JOURNAL_QUEUED};
    journal(v, job, state[result]);
    if (result == PRINT_NOT_STARTED)
        v->is_recover_held = true;
    else
        pending_remove(v, job);
    if (v->state != STATE_RECOVER || v->recovered_job != job)
        return;
    if (result == PRINT_PRINTED) {
        v->recover_phase = PHASE_PRINTED;
        v->is_dirty = v->is_restarted = true;
    } else {
        visit_enter(v, STATE_HOME);
    }
}

void visit_print_done(struct visit *v, int64_t job, enum print_result result)
{
    if (visit_pages_list_done(v, job, result) || !job || job != v->job)
        return;
    bool is_recovery = v->is_job_recovery;
    v->job = 0;
    if (is_recovery)
        recovery_done(v, job, result);
    else if (v->state == STATE_RECEIPT && v->s.record.sequence == job)
        receipt_done(v, job, result);
    else if (result == PRINT_PRINTED)
        journal(v, job, JOURNAL_PRINTED); /* late, but good: more than ON_SCREEN */
}

static void leave_receipt(struct visit *v)
{
    if (v->s.phase != PHASE_PRINTED)
        journal(v, v->s.record.sequence, v->s.is_receipt_out ? JOURNAL_PRINTED : JOURNAL_ON_SCREEN);
    /* nobody is asked how pleased they are after a death or an illness */
    visit_enter(v, v->s.matter->is_quiet ? STATE_GOODBYE : STATE_RATING);
}

int visit_print_offers(const struct visit *v, enum visit_offer ret[VISIT_N_OFFERS])
{
    int n = 0;
    if (v->s.phase == PHASE_PRINTED && v->s.n_sheets < VISIT_MAX_SHEETS && !v->job &&
        visit_device_usable(v, DEVICE_PRINTER))
        ret[n++] = OFFER_COPY;
    if (v->s.phase != PHASE_NONE && v->s.phase != PHASE_PRINTING && visit_pages_possible(v))
        ret[n++] = OFFER_DOCUMENTS;
    return n;
}

static void take_offer(struct visit *v, int option)
{
    enum visit_offer offers[VISIT_N_OFFERS];
    if (option < 0 || option >= visit_print_offers(v, offers))
        return;
    if (offers[option] == OFFER_DOCUMENTS) {
        unsigned promise = visit_has_promise(v) ? 1U << DOCUMENT_PROMISE : 0;
        visit_pages_order(v, 1U << DOCUMENT_APPLICATION | promise);
    } else {
        v->s.alert.id = NULL;
        begin_receipt(v);
    }
}

void visit_print_receipt(struct visit *v, const struct intent *in)
{
    struct visit_layout layout;
    if (in->kind == INTENT_CHOOSE) {
        visit_layout(v, v->state, v->s.page, &layout);
        if (in->item >= 0 && in->item < layout.n && layout.at[in->item].kind == SLOT_OFFERS)
            take_offer(v, in->option);
        return;
    }
    switch (v->s.phase) {
    case PHASE_IN_DOUBT:
        if (in->kind == INTENT_NEXT) {
            /* a person says so: as good as any printer's word */
            v->s.is_receipt_out = true;
            journal(v, v->s.record.sequence, JOURNAL_PRINTED);
            set_phase(v, PHASE_PRINTED);
        } else if (in->kind == INTENT_REPRINT) {
            begin_receipt(v);
        }
        break;
    case PHASE_ON_SCREEN:
        if (in->kind == INTENT_NEXT)
            leave_receipt(v);
        else if (in->kind == INTENT_REPRINT) {
            begin_receipt(v);
            if (v->s.phase == PHASE_ON_SCREEN)
                visit_alert_set(v, "receipt.still_no_printer", TONE_WARN, NULL);
        }
        break;
    case PHASE_OVERDUE:
    case PHASE_PRINTED:
        if (in->kind == INTENT_NEXT)
            leave_receipt(v);
        break;
    case PHASE_NONE:
    case PHASE_PRINTING:
        break; /* ends by the printer's answer or by the timer */
    }
}

/* ---- after a restart ---- */

void visit_print_unfinished(struct visit *v, const struct journal_entry *entry)
{
    /* What does not fit stays unfinished in the journal and comes again at the next start. */
    if (v->n_pending == VISIT_MAX_PENDING)
        return;
    for (int i = 0; i < v->n_pending; i++)
        if (v->pending[i].ref.sequence == entry->ref.sequence)
            return;
    v->pending[v->n_pending++] = *entry;
}

bool visit_print_can_recover(const struct visit *v)
{
    return v->n_pending > 0 && !v->is_recover_held && !v->job &&
           visit_device_usable(v, DEVICE_PRINTER);
}

void visit_print_begin_recover(struct visit *v)
{
    struct journal_entry *entry = &v->pending[0];
    visit_enter(v, STATE_RECOVER);
    v->recover_phase = PHASE_PRINTING;
    v->recovered_job = entry->ref.sequence;
    print(v, entry->ref.sequence, entry->copies, true);
}

void visit_print_recover(struct visit *v, const struct intent *in)
{
    if (in->kind != INTENT_NEXT && in->kind != INTENT_HOME)
        return;
    v->is_recover_held = true; /* somebody wants to begin: the others wait for the next pause */
    visit_enter(v, STATE_HOME);
}

/* The page timer of RECEIPT and RECOVER. */
void visit_print_timer(struct visit *v)
{
    if (v->state == STATE_RECOVER)
        visit_enter(v, STATE_HOME);
    else if (v->s.phase == PHASE_PRINTING)
        set_phase(v, PHASE_OVERDUE);
    else
        leave_receipt(v);
}

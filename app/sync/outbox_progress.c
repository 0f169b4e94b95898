/* SPDX-License-Identifier: Apache-2.0 */
/* How an application stands when the centre cannot be asked: as it was last told, with the day of
 * it. Nothing personal is kept for this: number, task, state, day. Thread: outbox. */
#include "sync/outbox_feed_priv.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "sync/sync_enquiry.h"

static enum case_state state_of(const char *word)
{
    static const char *const words[CASE_N_STATES] = {
        [CASE_SUBMITTED] = "submitted", [CASE_RECEIVED] = "received",
        [CASE_ACCEPTED] = "accepted",   [CASE_FIX] = "fix",
        [CASE_APPROVED] = "approved",   [CASE_DONE] = "done",
        [CASE_REFUSED] = "refused",     [CASE_WITHDRAWN] = "withdrawn"};
    int i = 0;
    while (i < CASE_N_STATES && strcmp(words[i], word) != 0)
        i++;
    return (enum case_state)i;
}

/* store_task_fn. Names of tasks are in the matter; whoever shows it looks there. */
static void task_add(void *arg, const struct store_task *t)
{
    struct case_report *report = arg;
    if (report->n_tasks == ENQUIRY_MAX_TASKS)
        return;
    struct case_task *task = &report->task[report->n_tasks++];
    snprintf(task->id, sizeof task->id, "%.48s", t->task);
    snprintf(task->name, sizeof task->name, "%s", t->task);
    snprintf(task->case_no, sizeof task->case_no, "%s", t->case_no);
    snprintf(task->due, sizeof task->due, "%s", t->due);
    task->state = state_of(t->state);
}

/* store_row_fn: the row of this number knows the matter. */
static void matter_note(void *arg, const struct store_row *row)
{
    struct case_report *report = arg;
    snprintf(report->matter, sizeof report->matter, "%s", row->matter);
}

int outbox_feed_progress(struct outbox *o, const struct enquiry *asked, struct enquiry_answer **ret,
                         struct err *err)
{
    char number[RECORD_NUMBER_BYTES];
    if (asked->kind != ENQUIRY_PROGRESS || !o->is_open || !o->feed->as_of_ms ||
        !sync_enquiry_number(asked->receipt, number))
        return ERR(err, ERR_NOT_FOUND, "nothing was told that could answer this");
    struct enquiry_answer *answer = mem_zalloc(1, sizeof *answer);
    struct case_report *report = &answer->report[0];
    answer->kind = ENQUIRY_PROGRESS;
    memcpy(report->number, number, sizeof number);
    int rc = store_tasks_of(o->store, number, task_add, report, err);
    if (rc == 0 && report->n_tasks == 0)
        rc = ERR(err, ERR_NOT_FOUND, "nothing was told about this number");
    if (rc == 0) {
        rc = store_find_number(o->store, number, matter_note, report, err);
        rc = rc == ERR_NOT_FOUND ? 0 : rc; /* handed in at another terminal, or before a loss */
    }
    if (rc) {
        enquiry_answer_free(answer);
        return rc;
    }
    /* the number holds the day: terminal (10), yyyymmdd (8), … */
    snprintf(report->received, sizeof report->received, "%.4s-%.2s-%.2s", number + 10, number + 14,
             number + 16);
    answer->n_reports = 1;
    answer->as_of_ms = o->feed->as_of_ms;
    *ret = answer;
    return 0;
}

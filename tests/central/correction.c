/* SPDX-License-Identifier: Apache-2.0 */
/* Corrections.
 *
 *   number known? ──no──────────────► held "unknown"
 *   same applicant and matter? ──no─► held "not_the_applicant"
 *   covers an open one? ──no────────► held "nothing_open", belongs to the application all the same
 *        └─yes─► those closed; none open any more: tasks that waited → 26 */
#include "correction.h"

#include <string.h>

#include "base/log.h"
#include "case_code.h"

static void decref_json(json_t **p)
{
    json_decref(*p);
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *s = json_string_value(json_object_get(object, key));
    return s ? s : "";
}

/* @param ret_n_closed, ret_n_left  how many were closed, how many stay open */
static int close_covered(struct ledger *l, const struct ledger_record *record,
                         const json_t *content, const char *original, size_t *ret_n_closed,
                         size_t *ret_n_left, struct err *err)
{
    YJ_CLEANUP(decref_json) json_t *open = ledger_corrections(l, original, true, err);
    if (!open)
        return ERR_IO;
    for (size_t i = 0; i < json_array_size(open); i++) {
        const json_t *c = json_array_get(open, i);
        if (!application_holds(content, text_of(c, "kind"), text_of(c, "id"))) {
            ++*ret_n_left;
            continue;
        }
        int r = ledger_close_correction(l, json_integer_value(json_object_get(c, "serial")),
                                        record->envelope.uuid, record->received_at, err);
        if (r < 0)
            return r;
        ++*ret_n_closed;
    }
    return 0;
}

/* Nothing is open any more: tasks that waited go on. */
static int tasks_go_on(struct ledger *l, const struct ledger_record *record, const char *original,
                       struct err *err)
{
    YJ_CLEANUP(decref_json) json_t *all = ledger_cases(l, original, err);
    if (!all)
        return ERR_IO;
    for (size_t i = 0; i < json_array_size(all); i++) {
        const json_t *c = json_array_get(all, i);
        if (!case_code_is_fix((int)json_integer_value(json_object_get(c, "code"))))
            continue;
        int r = ledger_set_task(l, original, text_of(c, "task"), CASE_CODE_RECEIVED,
                                record->received_at, err);
        if (r < 0)
            return r;
    }
    return 0;
}

int correction_take(struct ledger *l, const struct ledger_record *record, const json_t *content,
                    const char *person, struct err *err)
{
    const struct envelope *e = &record->envelope;
    const char *number = application_corrects(content), *outcome = "applied";
    char named[LEDGER_UUID_BYTES] = "", original[LEDGER_UUID_BYTES] = "";
    bool is_same = false;
    size_t n_closed = 0, n_left = 0;
    int r = ledger_uuid_of_number(l, number, named, err);
    if (r == 0 && named[0])
        r = ledger_original_of(l, named, original, err);
    if (r == 0 && original[0])
        r = ledger_is_same_case(l, original, e->matter, person, &is_same, err);
    if (r == 0 && is_same)
        r = close_covered(l, record, content, original, &n_closed, &n_left, err);
    if (r == 0 && n_closed > 0 && n_left == 0)
        r = tasks_go_on(l, record, original, err);
    if (r == 0 && n_closed > 0) /* how many are left is told with every task */
        r = ledger_tell_task(l, original, NULL, record->received_at, err);
    if (r < 0)
        return r;
    if (!original[0])
        outcome = "unknown";
    else if (!is_same)
        outcome = "not_the_applicant";
    else if (n_closed == 0)
        outcome = "nothing_open";
    if (n_closed == 0)
        log_line(LOG_WARN, "operators", "record %s corrects %s: %s, look at it", e->uuid, number,
                 outcome);
    return ledger_link_correction(l, e->uuid, number, is_same ? original : "", outcome, err);
}

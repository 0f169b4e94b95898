/* SPDX-License-Identifier: Apache-2.0 */
/* Enquiries: the question checked, the right answer found. Serving threads. */
#include "enquiries.h"

#include <string.h>

#include "base/bytes.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "receipt.h"
#include "report.h"

#define NOTHING_KNOWN "urn:yijian:nothing-known"

enum { MAX_KEYS = 40, MAX_REPORTS = 6, NAME_MAX_BYTES = 127, ID_MAX_BYTES = 19 };

/* The question; texts are borrowed, "" for what is not there. */
struct question {
    bool is_shared;
    const char *name, *id_no, *receipt;
    const json_t *keys;
};

static void decref_json(json_t **p)
{
    json_decref(*p);
}

static bool is_made_of(const char *s, size_t most, const char *set)
{
    size_t n = s ? strlen(s) : 0;
    return n > 0 && n <= most && strspn(s, set) == n;
}

#define DIGITS "0123456789"
#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define LOWER  "abcdefghijklmnopqrstuvwxyz"

static bool subject_read(const json_t *subject, struct question *ret)
{
    const json_t *name = json_object_get(subject, "name");
    const char *id_no = json_string_value(json_object_get(subject, "id_no"));
    size_t n = json_string_length(name);
    if (json_object_size(subject) != 2 || !json_is_string(name) || n > NAME_MAX_BYTES ||
        !text_is_plain(json_string_value(name), n) ||
        !is_made_of(id_no, ID_MAX_BYTES, DIGITS UPPER))
        return false;
    ret->name = json_string_value(name);
    ret->id_no = id_no;
    return true;
}

static bool keys_read(const json_t *keys, struct question *ret)
{
    YJ_CLEANUP(decref_json) json_t *seen = json_object();
    size_t n = json_array_size(keys);
    for (size_t i = 0; i < n; i++) {
        const char *key = json_string_value(json_array_get(keys, i));
        if (!is_made_of(key, 48, LOWER DIGITS "_.") || key[0] < 'a' || json_object_get(seen, key))
            return false;
        json_object_set_new(seen, key, json_true());
    }
    ret->keys = keys;
    return n > 0 && n <= MAX_KEYS;
}

/* @return NULL, or the member that is missing, unknown or of the wrong form */
static const char *question_read(const json_t *doc, struct question *ret)
{
    const char *kind = json_string_value(json_object_get(doc, "kind"));
    const json_t *matter = json_object_get(doc, "matter"), *keys = json_object_get(doc, "keys");
    const json_t *subject = json_object_get(doc, "subject");
    const json_t *receipt = json_object_get(doc, "receipt");
    *ret = (struct question){.name = "", .id_no = "", .receipt = ""};
    if (!kind || (strcmp(kind, "shared") != 0 && strcmp(kind, "progress") != 0))
        return "kind";
    ret->is_shared = strcmp(kind, "shared") == 0;
    if (json_object_size(doc) != 2 + (size_t)(!!matter + !!keys + !!subject + !!receipt))
        return "unknown";
    if (matter && !is_made_of(json_string_value(matter), 64, DIGITS UPPER LOWER "._-"))
        return "matter";
    if (subject ? !subject_read(subject, ret) : ret->is_shared || !receipt)
        return "subject";
    if (ret->is_shared ? !keys_read(keys, ret) : keys != NULL)
        return "keys";
    if (receipt &&
        (ret->is_shared || !is_made_of(json_string_value(receipt), 320, DIGITS UPPER LOWER "._-")))
        return "receipt";
    if (receipt)
        ret->receipt = json_string_value(receipt);
    return NULL;
}

/* ---- progress ---- */

struct search {
    const struct receipt *receipt;
    char uuid[LEDGER_UUID_BYTES];
};

static int search_visit(void *arg, const struct ledger_record *record, struct err *err)
{
    struct search *s = arg;
    (void)err;
    if (!s->uuid[0] && receipt_fits(s->receipt, record))
        memcpy(s->uuid, record->envelope.uuid, sizeof s->uuid);
    return 0;
}

/* The application a receipt belongs to. @return array of uuids, empty: none; NULL with err */
static json_t *of_receipt(struct ledger *l, const char *text, struct err *err)
{
    struct receipt receipt;
    struct search s = {.receipt = &receipt};
    char original[LEDGER_UUID_BYTES] = "";
    if (!receipt_read(text, &receipt))
        return json_array();
    if (ledger_walk(l, LEDGER_BY_NUMBER, receipt.number, search_visit, &s, err) < 0 ||
        (s.uuid[0] && ledger_original_of(l, s.uuid, original, err) < 0))
        return NULL;
    return s.uuid[0] ? json_pack("[s]", original) : json_array();
}

static json_t *of_person(const struct keyring *keys, struct ledger *l, const char *id_no,
                         struct err *err)
{
    char person[KEYRING_SHA256_HEX_BYTES];
    if (keyring_person(keys, id_no, person, err) < 0)
        return NULL;
    return ledger_of_person(l, person, MAX_REPORTS, err);
}

/* @return array of reports, empty: nothing is known; NULL with err */
static json_t *progress(const struct keyring *keys, struct ledger *l, const struct question *q,
                        struct err *err)
{
    YJ_CLEANUP(decref_json)
    json_t *uuids =
        q->receipt[0] ? of_receipt(l, q->receipt, err) : of_person(keys, l, q->id_no, err);
    if (!uuids)
        return NULL;
    json_t *reports = json_array();
    for (size_t i = 0; i < json_array_size(uuids); i++) {
        struct report_look look = {.keys = keys,
                                   .ledger = l,
                                   .name = q->name,
                                   .id_no = q->id_no,
                                   .is_for_applicant_only = !q->receipt[0]};
        json_t *report = NULL;
        if (report_make(&look, json_string_value(json_array_get(uuids, i)), &report, err) < 0) {
            json_decref(reports);
            return NULL;
        }
        if (report)
            json_array_append_new(reports, report);
    }
    return reports;
}

void enquiries_take(const struct keyring *keys, struct ledger *ledger,
                    const struct intake_request *q, const json_t *doc, struct intake_answer *ret)
{
    struct question question;
    struct err err = {0};
    const char *bad = question_read(doc, &question);
    if (bad) {
        ret->status = 422;
        ret->body = intake_problem(422, NULL, "the enquiry cannot be understood", bad);
        return;
    }
    ledger_count_enquiry(ledger);
    json_t *list = question.is_shared
                       ? registry_items(q->registry, question.id_no, question.name, question.keys)
                       : progress(keys, ledger, &question, &err);
    if (!list && err.code) {
        log_err(LOG_ERROR, "ledger", &err);
        ret->status = 503;
        ret->body = intake_problem(503, NULL, "not now", "the ledger cannot be read now");
        return;
    }
    YJ_CLEANUP(decref_json)
    json_t *answer = json_pack("{so*}", question.is_shared ? "items" : "reports", list);
    if (json_array_size(list) == 0) {
        ret->status = 404;
        ret->body = intake_problem(404, NOTHING_KNOWN, "nothing is known", NULL);
        return;
    }
    ret->status = 200;
    ret->body = json_dumps(answer, JSON_COMPACT);
}

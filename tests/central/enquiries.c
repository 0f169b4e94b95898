/* SPDX-License-Identifier: Apache-2.0 */
/* Enquiries: the question checked, the right answer found. Workers. */
#include "enquiries.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "limit.h"
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
    struct ledger *ledger;
    const struct receipt *receipt;
    char uuid[LEDGER_UUID_BYTES];
};

static int search_visit(void *arg, const struct ledger_record *record, struct err *err)
{
    struct search *s = arg;
    (void)err;
    if (!s->uuid[0] && receipt_fits(s->receipt, s->ledger, record))
        memcpy(s->uuid, record->envelope.uuid, sizeof s->uuid);
    return 0;
}

/* The application a receipt belongs to. @return array of uuids, empty: none; NULL with err */
static json_t *of_receipt(struct ledger *l, const char *text, struct err *err)
{
    struct receipt receipt;
    struct search s = {.ledger = l, .receipt = &receipt};
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

/* @return true when the terminal asks too often, and that was the answer */
static bool asks_too_often(const struct centre *c, const struct request *q, struct reply *r)
{
    char key[48];
    snprintf(key, sizeof key, "enquiry %s", q->peer->terminal);
    r->retry_after_s =
        limiter_take(c->limiter, key, c->settings.enquiries_per_min, clock_mono_ms());
    if (r->retry_after_s)
        reply_problem(r, 429, NULL, "too many enquiries", NULL);
    return r->retry_after_s != 0;
}

void enquiries_post(const struct centre *c, const struct request *q, struct reply *r)
{
    struct question question;
    struct err err = {0};
    if (asks_too_often(c, q, r))
        return;
    YJ_CLEANUP(decref_json) json_t *doc = request_json(q, r);
    if (!doc)
        return;
    const char *bad = question_read(doc, &question);
    if (bad) {
        reply_problem(r, 422, NULL, "the enquiry cannot be understood", bad);
        return;
    }
    ledger_count_enquiry(c->ledger);
    json_t *list = question.is_shared
                       ? registry_items(c->registry, question.id_no, question.name, question.keys)
                       : progress(c->keys, c->ledger, &question, &err);
    if (!list && err.code) {
        reply_unavailable(r, &err);
        return;
    }
    if (json_array_size(list) == 0) {
        json_decref(list);
        reply_problem(r, 404, NOTHING_KNOWN, "nothing is known", NULL);
        return;
    }
    reply_json(r, 200, json_pack("{so}", question.is_shared ? "items" : "reports", list));
}

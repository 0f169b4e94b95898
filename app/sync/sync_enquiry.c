/* SPDX-License-Identifier: Apache-2.0 */
/* Enquiries as JSON: the question written, the answer taken apart member by member. What is read
 * comes from outside. Pure; any thread. */
#include "sync/sync_enquiry.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "base/text.h"

#define NOTHING_KNOWN "urn:yijian:nothing-known"

static void json_drop(json_t **json)
{
    json_decref(*json);
}

static void answer_drop(struct enquiry_answer **answer)
{
    enquiry_answer_free(*answer);
}

/* ---- the question ---- */

static json_t *subject_json(const struct enquiry *e)
{
    return e->id_no[0] ? json_pack("{ss ss}", "name", e->name, "id_no", e->id_no) : NULL;
}

static json_t *keys_json(const struct enquiry *e)
{
    json_t *keys = json_array();
    for (size_t i = 0; i < e->n_keys && i < ENQUIRY_MAX_KEYS; i++)
        if (json_array_append_new(keys, json_string(e->key[i])) != 0) {
            json_decref(keys);
            return NULL;
        }
    return keys;
}

char *sync_enquiry_request(const char *terminal, const struct enquiry *e)
{
    bool is_shared = e->kind == ENQUIRY_SHARED;
    if (is_shared ? !e->id_no[0] || !e->n_keys : !e->id_no[0] && !e->receipt[0])
        return NULL;
    /* o*: left out when there is none */
    YJ_CLEANUP(json_drop)
    json_t *doc =
        json_pack("{ss ss ss* so* ss*}", "terminal", terminal, "kind",
                  is_shared ? "shared" : "progress", "matter", e->matter[0] ? e->matter : NULL,
                  "subject", subject_json(e), "receipt", e->receipt[0] ? e->receipt : NULL);
    json_t *keys = is_shared ? keys_json(e) : NULL;
    bool is_whole = doc && (!e->id_no[0] || json_object_get(doc, "subject")) &&
                    (!is_shared || (keys && json_object_set(doc, "keys", keys) == 0));
    json_decref(keys);
    return is_whole ? json_dumps(doc, JSON_COMPACT) : NULL;
}

/* ---- members of the answer ---- */

/* A text of the object into out, whole or not at all.
 * @return false: wrong type, too long, hidden characters, or absent though it is needed */
static bool text_take(const json_t *object, const char *key, bool is_needed, char *out, size_t cap)
{
    const json_t *member = json_object_get(object, key);
    if (!member || json_is_null(member))
        return !is_needed;
    size_t n = json_string_length(member);
    if (!json_is_string(member) || n >= cap || (is_needed && n == 0) ||
        !text_is_plain(json_string_value(member), n))
        return false;
    memcpy(out, json_string_value(member), n + 1);
    return true;
}

/* The same for what a person wrote: a broken line goes on. */
static bool remark_take(const json_t *object, const char *key, char *out, size_t cap)
{
    const json_t *member = json_object_get(object, key);
    size_t n = json_string_length(member);
    if (!member || json_is_null(member))
        return true;
    if (!json_is_string(member) || n >= cap)
        return false;
    memcpy(out, json_string_value(member), n + 1);
    for (size_t i = 0; i < n; i++)
        if (out[i] == '\n')
            out[i] = ' ';
    return text_is_plain(out, n);
}

static int two_digits(const char *s)
{
    return (s[0] - '0') * 10 + s[1] - '0';
}

/* "YYYY-MM-DD", or "" when there is none */
static bool day_take(const json_t *object, const char *key, bool is_needed, char out[11])
{
    static const char form[] = "dddd-dd-dd";
    char day[11] = "";
    if (!text_take(object, key, is_needed, day, sizeof day))
        return false;
    for (size_t i = 0; day[0] && form[i]; i++)
        if (form[i] == 'd' ? day[i] < '0' || day[i] > '9' : day[i] != form[i])
            return false;
    if (day[0] && (two_digits(day + 5) < 1 || two_digits(day + 5) > 12 || two_digits(day + 8) < 1 ||
                   two_digits(day + 8) > 31))
        return false;
    memcpy(out, day, sizeof day);
    return true;
}

/* @return place of the member's word in the list, n when it is another, -1 when it is no word */
static int word_take(const json_t *object, const char *key, const char *const *words, int n)
{
    const char *word = json_string_value(json_object_get(object, key));
    size_t chars = word ? strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                       "0123456789")
                        : 0;
    if (!word || chars == 0 || chars > 32 || word[chars])
        return -1;
    for (int i = 0; i < n; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return n;
}

/* ---- data sharing ---- */

static bool was_asked(const struct enquiry *asked, const char *key)
{
    for (size_t i = 0; i < asked->n_keys && i < ENQUIRY_MAX_KEYS; i++)
        if (strcmp(asked->key[i], key) == 0)
            return true;
    return false;
}

static bool has_item(const struct enquiry_answer *a, const char *key)
{
    for (size_t i = 0; i < a->n_items; i++)
        if (strcmp(a->item[i].key, key) == 0)
            return true;
    return false;
}

static bool item_take(const json_t *object, struct shared_item *ret)
{
    static const char *const states[] = {[SHARED_UNAVAILABLE] = "unavailable",
                                         [SHARED_FOUND] = "found",
                                         [SHARED_ABSENT] = "absent",
                                         [SHARED_MISMATCH] = "mismatch"};
    int state = word_take(object, "state", states, YJ_COUNT(states));
    if (state < 0 || state == YJ_COUNT(states) ||
        !text_take(object, "key", true, ret->key, sizeof ret->key))
        return false;
    ret->state = (enum shared_state)state;
    return state != SHARED_FOUND ||
           (text_take(object, "value", false, ret->value, sizeof ret->value) &&
            text_take(object, "issuer", false, ret->issuer, sizeof ret->issuer) &&
            day_take(object, "valid_to", false, ret->valid_to));
}

/* @return whether the list is one, and something of it could be used */
static bool items_take(const json_t *list, const struct enquiry *asked, struct enquiry_answer *ret)
{
    size_t n = json_array_size(list);
    if (!json_is_array(list) || n > ENQUIRY_MAX_KEYS)
        return false;
    for (size_t i = 0; i < n; i++) {
        struct shared_item *item = &ret->item[ret->n_items];
        if (item_take(json_array_get(list, i), item) && was_asked(asked, item->key) &&
            !has_item(ret, item->key))
            ret->n_items++;
        else
            bytes_wipe(item, sizeof *item);
    }
    return ret->n_items > 0;
}

/* ---- progress ---- */

static bool task_take(const json_t *object, struct case_task *ret)
{
    static const char *const states[] = {
        [CASE_SUBMITTED] = "submitted", [CASE_RECEIVED] = "received",
        [CASE_ACCEPTED] = "accepted",   [CASE_FIX] = "fix",
        [CASE_APPROVED] = "approved",   [CASE_DONE] = "done",
        [CASE_REFUSED] = "refused",     [CASE_WITHDRAWN] = "withdrawn"};
    int state = word_take(object, "state", states, CASE_N_STATES);
    if (state < 0)
        return false;
    ret->state = (enum case_state)state;
    return text_take(object, "id", true, ret->id, sizeof ret->id) &&
           text_take(object, "name", true, ret->name, sizeof ret->name) &&
           text_take(object, "dept", false, ret->dept, sizeof ret->dept) &&
           text_take(object, "case_no", false, ret->case_no, sizeof ret->case_no) &&
           day_take(object, "due", false, ret->due);
}

static bool fix_take(const json_t *object, bool is_applicant, struct case_fix *ret)
{
    static const char *const kinds[] = {[FIX_FIELD] = "field", [FIX_MATERIAL] = "material"};
    int kind = word_take(object, "kind", kinds, YJ_COUNT(kinds));
    if (kind < 0 || kind == YJ_COUNT(kinds))
        return false;
    ret->kind = (enum fix_kind)kind;
    if (!text_take(object, "id", true, ret->id, sizeof ret->id) ||
        word_take(object, "reason", NULL, 0) < 0 ||
        !text_take(object, "reason", true, ret->reason, sizeof ret->reason) ||
        !remark_take(object, "text", ret->text, sizeof ret->text) ||
        !text_take(object, "value", false, ret->value, sizeof ret->value))
        return false;
    if (!is_applicant) { /* of somebody else, or of nobody who has shown who he is */
        bytes_wipe(ret->text, sizeof ret->text);
        bytes_wipe(ret->value, sizeof ret->value);
    }
    return true;
}

static bool report_take(const json_t *object, bool has_card, struct case_report *ret)
{
    const json_t *tasks = json_object_get(object, "tasks"),
                 *fixes = json_object_get(object, "fixes");
    const json_t *may_fix = json_object_get(object, "may_fix");
    size_t n_tasks = json_array_size(tasks), n_fixes = json_array_size(fixes);
    if (!json_is_array(tasks) || n_tasks > ENQUIRY_MAX_TASKS || !json_is_array(fixes) ||
        n_fixes > ENQUIRY_MAX_FIXES || !json_is_boolean(may_fix) ||
        !text_take(object, "number", true, ret->number, sizeof ret->number) ||
        strlen(ret->number) != 24 || strspn(ret->number, "0123456789") != 24 ||
        !text_take(object, "matter", true, ret->matter, sizeof ret->matter) ||
        !text_take(object, "matter_name", true, ret->matter_name, sizeof ret->matter_name) ||
        !text_take(object, "version", false, ret->version, sizeof ret->version) ||
        !day_take(object, "received", true, ret->received))
        return false;
    ret->may_fix = json_is_true(may_fix) && has_card;
    for (; ret->n_tasks < n_tasks; ret->n_tasks++)
        if (!task_take(json_array_get(tasks, ret->n_tasks), &ret->task[ret->n_tasks]))
            return false;
    for (; ret->n_fixes < n_fixes; ret->n_fixes++)
        if (!fix_take(json_array_get(fixes, ret->n_fixes), ret->may_fix, &ret->fix[ret->n_fixes]))
            return false;
    return true;
}

/* Of a token the first 13 bytes hold it (seal.h). */
bool sync_enquiry_number(const char *receipt, char ret[25])
{
    enum { HEAD_CHARS = 20, HEAD_BYTES = 15, NUMBER_BYTES = 12 };
    uint8_t head[HEAD_BYTES];
    if (strlen(receipt) == 24 && strspn(receipt, "0123456789") == 24) {
        memcpy(ret, receipt, 25);
        return true;
    }
    const char *payload = strchr(receipt, '.');
    if (!payload || strlen(payload) <= HEAD_CHARS ||
        bytes_unb64url(payload + 1, HEAD_CHARS, head, sizeof head) != HEAD_BYTES)
        return false;
    bytes_hex(head + 1, NUMBER_BYTES, ret);
    return true;
}

/* Does the report name this number: its own, or that of a correction that belongs to it? */
static bool names_number(const json_t *object, const struct case_report *report, const char *number)
{
    const json_t *corrections = json_object_get(object, "corrections");
    if (strcmp(report->number, number) == 0)
        return true;
    for (size_t i = 0; i < json_array_size(corrections); i++) {
        const char *other =
            json_string_value(json_object_get(json_array_get(corrections, i), "number"));
        if (other && strcmp(other, number) == 0)
            return true;
    }
    return false;
}

static bool reports_take(const json_t *list, const struct enquiry *asked,
                         struct enquiry_answer *ret)
{
    char number[25] = "";
    size_t n = json_array_size(list);
    bool has_card = asked->id_no[0] != '\0';
    if (!json_is_array(list) || n > ENQUIRY_MAX_CASES ||
        (!has_card && !sync_enquiry_number(asked->receipt, number)))
        return false;
    for (size_t i = 0; i < n; i++) {
        const json_t *object = json_array_get(list, i);
        struct case_report *report = &ret->report[ret->n_reports];
        if (report_take(object, has_card, report) &&
            (has_card || names_number(object, report, number)))
            ret->n_reports++;
        else
            bytes_wipe(report, sizeof *report);
    }
    return ret->n_reports > 0;
}

int sync_enquiry_answer(const char *json, size_t n, const struct enquiry *asked,
                        struct enquiry_answer **ret, struct err *err)
{
    YJ_CLEANUP(json_drop) json_t *root = json_loadb(json, n, JSON_REJECT_DUPLICATES, NULL);
    YJ_CLEANUP(answer_drop)
    struct enquiry_answer *answer = mem_zalloc(1, sizeof *answer);
    answer->kind = asked->kind;
    bool is_good = asked->kind == ENQUIRY_SHARED
                       ? items_take(json_object_get(root, "items"), asked, answer)
                       : reports_take(json_object_get(root, "reports"), asked, answer);
    if (!is_good)
        return ERR(err, ERR_SYNC_NOT_CENTRE, "the answer to an enquiry is none");
    *ret = answer;
    answer = NULL;
    return 0;
}

bool sync_enquiry_is_nothing(const char *json, size_t n)
{
    YJ_CLEANUP(json_drop) json_t *root = json_loadb(json, n, JSON_REJECT_DUPLICATES, NULL);
    const char *type = json_string_value(json_object_get(root, "type"));
    return type && strcmp(type, NOTHING_KNOWN) == 0;
}

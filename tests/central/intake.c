/* SPDX-License-Identifier: Apache-2.0 */
/* Intake of records and heartbeats, and the way to enquiries. Serving threads; shares keyring
 * (const) and ledger (locked).
 *
 *   known peer → JSON → terminal fits → form, digest, signature ──→ find ─┬→ new: store, 201
 *                 422        403             422                          ├→ known: 201 as before
 *                                                                         └→ other content: 409
 *   any failure of the ledger: 503, nothing stored, the terminal repeats. */
#include "intake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "application.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "correction.h"
#include "enquiries.h"

#define ACK_PREFIX "yijian-ack-1\n"

enum { MAX_TASKS = 64, MAX_TASK_BYTES = 64, POLL_S = 60, ACK_B64_BYTES = 40000 };

static void decref_json(json_t **p)
{
    json_decref(*p);
}

char *intake_problem(int status, const char *type, const char *title, const char *detail)
{
    json_t *doc = json_pack("{ss ss si ss*}", "type", type ? type : "about:blank", "title", title,
                            "status", status, "detail", detail);
    char *text = json_dumps(doc, JSON_COMPACT);
    json_decref(doc);
    char *copy = mem_strdup(text ? text : "{}");
    bytes_free_wiped(text);
    return copy;
}

static void refuse(struct intake_answer *ret, int status, const char *title, const char *detail)
{
    ret->status = status;
    ret->body = intake_problem(status, NULL, title, detail);
}

static void answer_unavailable(struct intake_answer *ret, const struct err *err)
{
    log_err(LOG_ERROR, "ledger", err);
    refuse(ret, 503, "not stored", "the ledger cannot be written now");
}

json_t *intake_tasks(const json_t *doc)
{
    json_t *tasks = json_array();
    YJ_CLEANUP(decref_json) json_t *seen = json_object();
    json_t *list = json_object_get(doc, "tasks");
    size_t i;
    json_t *entry;
    json_array_foreach(list, i, entry)
    {
        json_t *id = json_is_object(entry) ? json_object_get(entry, "id") : entry;
        const char *s = json_string_value(id);
        if (!s || !*s || strlen(s) > MAX_TASK_BYTES || json_object_get(seen, s) ||
            json_array_size(tasks) == MAX_TASKS)
            continue;
        json_object_set_new(seen, s, json_true());
        json_array_append(tasks, id);
    }
    return tasks;
}

/* Is the media type application/json, parameters aside? */
static bool is_json_type(const char *type)
{
    static const char json[] = "application/json";
    size_t n = sizeof json - 1;
    return type && strncasecmp(type, json, n) == 0 && (!type[n] || strchr("; \t", type[n]));
}

/* The acknowledgement and its signature as the body of a 201. */
static int make_answer(const struct keyring *keys, const struct envelope *e,
                       const char *received_at, json_t *cases, char **ret, struct err *err)
{
    YJ_CLEANUP(decref_json)
    json_t *ack = json_pack("{ss ss sI ss ss sO}", "uuid", e->uuid, "terminal", e->terminal,
                            "sequence", (json_int_t)e->sequence, "digest", e->digest, "received_at",
                            received_at, "cases", cases);
    char *text = json_dumps(ack, JSON_COMPACT);
    char *b64 = mem_zalloc(ACK_B64_BYTES, 1);
    struct keyring_blob sig = {0};
    int r = 0;
    if (!text || bytes_b64url(text, strlen(text), b64, ACK_B64_BYTES) < 0)
        r = ERR(err, ERR_TOO_BIG, "the acknowledgement does not fit");
    else
        r = keyring_sign(keys, ACK_PREFIX, text, strlen(text), &sig, err);
    if (r == 0) {
        YJ_CLEANUP(cleanup_free) char *sig_b64 = keyring_b64(sig.data, sig.bytes);
        size_t n = strlen(b64) + strlen(sig_b64) + 32;
        *ret = mem_zalloc(n, 1);
        snprintf(*ret, n, "{\"ack\":\"%s\",\"signature\":\"%s\"}", b64, sig_b64);
    }
    keyring_blob_free(&sig);
    free(b64);
    bytes_free_wiped(text);
    return r;
}

/* One case for each task. */
static int open_cases(struct ledger *ledger, const struct ledger_record *record, json_t *tasks,
                      json_t *cases, struct err *err)
{
    size_t i;
    json_t *task;
    json_array_foreach(tasks, i, task)
    {
        char case_no[LEDGER_CASE_BYTES];
        int r = ledger_add_case(ledger, record->envelope.uuid, json_string_value(task),
                                record->received_at, case_no, err);
        if (r < 0)
            return r;
        json_array_append_new(cases, json_pack("{sO ss}", "task", task, "case_no", case_no));
    }
    return 0;
}

/* Inside the transaction: cases, answer, record. */
static int store_new(const struct keyring *keys, struct ledger *ledger, const json_t *content,
                     struct ledger_record *record, char **ret, struct err *err)
{
    YJ_CLEANUP(decref_json) json_t *cases = json_array();
    YJ_CLEANUP(decref_json) json_t *tasks = intake_tasks(content);
    char person[KEYRING_SHA256_HEX_BYTES] = "";
    bool is_application = strcmp(record->envelope.kind, "application") == 0;
    const char *id_no = application_id_no(content);
    int r = is_application && id_no[0] ? keyring_person(keys, id_no, person, err) : 0;
    if (r == 0 && is_application)
        r = ledger_set_applicant(ledger, record->envelope.uuid, person, err);
    if (r == 0 && is_application)
        r = application_corrects(content)[0]
                ? correction_take(ledger, record, content, person, tasks, cases, err)
                : open_cases(ledger, record, tasks, cases, err);
    if (r < 0)
        return r;
    r = make_answer(keys, &record->envelope, record->received_at, cases, ret, err);
    if (r < 0)
        return r;
    record->answer = *ret;
    return ledger_add(ledger, record, err);
}

/* The whole transaction. ret_answer stays NULL on a conflict. */
static int store(const struct keyring *keys, struct ledger *ledger, const json_t *content,
                 struct ledger_record *record, enum ledger_found *ret_found, char **ret_answer,
                 struct err *err)
{
    YJ_CLEANUP(cleanup_free) char *answer = NULL;
    int r = ledger_begin(ledger, err);
    if (r < 0)
        return r;
    r = ledger_find(ledger, &record->envelope, ret_found, &answer, err);
    if (r == 0 && *ret_found == LEDGER_NEW)
        r = store_new(keys, ledger, content, record, &answer, err);
    else if (r == 0 && *ret_found == LEDGER_KNOWN)
        r = ledger_note_repeat(ledger, record->envelope.uuid, err);
    if (r < 0) {
        ledger_rollback(ledger);
        return r;
    }
    r = ledger_commit(ledger, err);
    if (r < 0)
        return r;
    *ret_answer = answer;
    answer = NULL;
    return 0;
}

/* Everything the contract answers with 422. */
static int check_record(const struct intake_request *q, const json_t *doc, struct envelope *ret,
                        struct keyring_blob *ret_sealed, struct err *err)
{
    struct keyring_blob sealed = {0}, sig = {0};
    int r = envelope_check(doc, ret, &sealed, err);
    if (r < 0)
        return r;
    size_t n;
    YJ_CLEANUP(cleanup_free) char *text = envelope_signed_text(ret, &n);
    const char *kind = q->path == INTAKE_APPLICATIONS ? "application" : "rating";
    if (!q->idempotency_key || strcmp(q->idempotency_key, ret->uuid) != 0)
        r = ERR(err, ERR_INVALID, "Idempotency-Key is missing or not the uuid");
    else if (strcmp(ret->kind, kind) != 0)
        r = ERR(err, ERR_INVALID, "the kind does not fit the path");
    else if (keyring_unb64(ret->signature, strlen(ret->signature), &sig, err) < 0)
        r = ERR(err, ERR_INVALID, "member signature is not base64");
    else
        r = keyring_check_terminal(q->peer->cert, q->peer->cert_bytes, text, n, sig.data, sig.bytes,
                                   err);
    keyring_blob_free(&sig);
    if (r < 0)
        keyring_blob_free(&sealed);
    else
        *ret_sealed = sealed;
    return r;
}

static void take_record(const struct keyring *keys, struct ledger *ledger,
                        const struct intake_request *q, const json_t *doc,
                        struct intake_answer *ret)
{
    struct err err = {0};
    struct ledger_record record = {.cert = q->peer->cert, .cert_bytes = q->peer->cert_bytes};
    YJ_CLEANUP(keyring_blob_free) struct keyring_blob sealed = {0};
    YJ_CLEANUP(keyring_blob_free) struct keyring_blob plain = {0};
    if (check_record(q, doc, &record.envelope, &sealed, &err) < 0) {
        refuse(ret, 422, "the record cannot be taken", err.msg);
        return;
    }
    snprintf(ret->uuid, sizeof ret->uuid, "%s", record.envelope.uuid);
    ret->sequence = record.envelope.sequence;
    char now[24];
    clock_rfc3339(clock_wall_ms(), now, sizeof now);
    record.sealed = sealed.data;
    record.sealed_bytes = sealed.bytes;
    record.received_at = now;
    /* A record nobody here can open is still somebody's application: kept and reported. */
    record.is_opened = keyring_unseal(keys, sealed.data, sealed.bytes, &plain, &err) == 0;
    if (!record.is_opened)
        log_err(LOG_WARN, "unseal", &err);
    YJ_CLEANUP(decref_json) json_t *content = application_load(plain.data, plain.bytes);
    enum ledger_found found = LEDGER_NEW;
    if (store(keys, ledger, content, &record, &found, &ret->body, &err) < 0) {
        answer_unavailable(ret, &err);
    } else if (found == LEDGER_CONFLICT) {
        refuse(ret, 409, "another record has this identity",
               "the uuid, or the sequence of this terminal, is taken by another digest");
    } else {
        ret->status = 201;
        ret->is_repeat = found == LEDGER_KNOWN;
    }
}

static bool is_text(const json_t *v, size_t max)
{
    const char *s = json_string_value(v);
    return s && *s && strlen(s) == json_string_length(v) && json_string_length(v) <= max;
}

static bool is_count(const json_t *v)
{
    return json_is_integer(v) && json_integer_value(v) >= 0;
}

static bool is_one_of(const json_t *v, const char *const *words)
{
    const char *s = json_string_value(v);
    for (size_t i = 0; s && words[i]; i++)
        if (strcmp(s, words[i]) == 0)
            return true;
    return false;
}

/* lowerCamelCase; the words themselves are the terminal's and may grow. */
static bool is_word(const json_t *v)
{
    const char *s = json_string_value(v);
    size_t n = s ? strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") : 0;
    return n > 0 && n <= 32 && !s[n] && s[0] >= 'a' && s[0] <= 'z';
}

/* Members that came with contract 1.1.0: absent, or good. @return how many are there, -1: bad */
static int count_new_members(const json_t *d)
{
    static const char *const media[] = {"unknown", "notPresent", "present", "jammed", NULL};
    const json_t *m = json_object_get(d, "media"), *reason = json_object_get(d, "reason"),
                 *action = json_object_get(d, "action");
    if ((m && !is_one_of(m, media)) || (reason && !is_word(reason)) || (action && !is_word(action)))
        return -1;
    return !!m + !!reason + !!action;
}

static bool are_devices_good(const json_t *devices)
{
    static const char *const kinds[] = {"reader",           "scanner", "printer", "card_slot",
                                        "document_printer", "keypad",  NULL};
    static const char *const states[] = {"starting",   "online",         "offline",
                                         "noDevice",   "hardwareError",  "userError",
                                         "deviceBusy", "potentialFraud", NULL};
    static const char *const papers[] = {"unknown", "full", "low", "out", NULL};
    if (!json_is_array(devices) || json_array_size(devices) > 16)
        return false;
    for (size_t i = 0; i < json_array_size(devices); i++) {
        const json_t *d = json_array_get(devices, i);
        int n_new = count_new_members(d);
        if (n_new < 0 || json_object_size(d) != 4 + (size_t)n_new ||
            !is_one_of(json_object_get(d, "kind"), kinds) ||
            !is_one_of(json_object_get(d, "state"), states) ||
            !is_one_of(json_object_get(d, "paper"), papers) ||
            !json_is_integer(json_object_get(d, "cause")))
            return false;
    }
    return true;
}

/* Member that came with contract 1.3.0: absent, or good. */
static bool are_staff_calls_good(const json_t *calls)
{
    if (!calls)
        return true;
    if (!json_is_array(calls) || json_array_size(calls) > 4)
        return false;
    for (size_t i = 0; i < json_array_size(calls); i++) {
        const json_t *call = json_array_get(calls, i);
        if (json_object_size(call) != 2 || !is_word(json_object_get(call, "why")) ||
            !is_text(json_object_get(call, "since"), 32))
            return false;
    }
    return true;
}

/* What the terminal may tell from now on, and how many were served. */
static char *heartbeat_answer(struct ledger *ledger, const char *terminal, const char *now,
                              struct err *err)
{
    struct ledger_figures f;
    if (ledger_count_served(ledger, terminal, now, &f, err) < 0)
        return NULL;
    YJ_CLEANUP(decref_json)
    json_t *doc =
        json_pack("{ss si s[s] s{ss s{sI sI} s{sI sI}}}", "time", now, "poll_s", POLL_S, "takes",
                  "staff_calls", "figures", "day", f.day, "hall", "today", (json_int_t)f.hall_today,
                  "total", (json_int_t)f.hall_total, "province", "today",
                  (json_int_t)f.province_today, "total", (json_int_t)f.province_total);
    char *text = json_dumps(doc, JSON_COMPACT);
    char *ret = text ? mem_strdup(text) : NULL;
    bytes_free_wiped(text);
    return ret;
}

static void take_heartbeat(struct ledger *ledger, const struct intake_request *q, const json_t *doc,
                           struct intake_answer *ret)
{
    const json_t *staff = json_object_get(doc, "staff_calls");
    if (json_object_size(doc) != 7 + (staff != NULL) || !are_staff_calls_good(staff) ||
        !is_text(json_object_get(doc, "version"), 64) ||
        !is_text(json_object_get(doc, "boot_id"), 64) ||
        !are_devices_good(json_object_get(doc, "devices")) ||
        !is_count(json_object_get(doc, "waiting")) ||
        !is_count(json_object_get(doc, "oldest_age_s")) ||
        !is_count(json_object_get(doc, "quarantined"))) {
        refuse(ret, 422, "the heartbeat cannot be understood",
               "a member is missing, unknown or of the wrong form");
        return;
    }
    struct err err = {0};
    char now[24];
    clock_rfc3339(clock_wall_ms(), now, sizeof now);
    char *text = json_dumps(doc, JSON_COMPACT);
    int r = ledger_note_terminal(ledger, q->peer->terminal, now, text, &err);
    bytes_free_wiped(text);
    if (r < 0) {
        answer_unavailable(ret, &err);
        return;
    }
    ret->body = heartbeat_answer(ledger, q->peer->terminal, now, &err);
    ret->status = 200;
    if (!ret->body)
        answer_unavailable(ret, &err);
}

void intake_take(const struct keyring *keys, struct ledger *ledger, const struct intake_request *q,
                 struct intake_answer *ret)
{
    *ret = (struct intake_answer){0};
    if (q->peer->state == PEER_ABSENT) {
        refuse(ret, 401, "no certificate", "a terminal shows its device certificate");
        return;
    }
    if (q->peer->state != PEER_KNOWN) {
        refuse(ret, 403, "unknown certificate", "not a certificate of a terminal of this centre");
        return;
    }
    struct err err = {0};
    YJ_CLEANUP(decref_json) json_t *doc = envelope_load(q->body, q->body_bytes, &err);
    const char *terminal = json_string_value(json_object_get(doc, "terminal"));
    if (terminal && strcmp(terminal, q->peer->terminal) != 0)
        refuse(ret, 403, "another terminal", "the certificate belongs to another terminal");
    else if (!is_json_type(q->content_type))
        refuse(ret, 422, "wrong content type", "the body must be application/json");
    else if (!terminal)
        refuse(ret, 422, "the body cannot be understood", doc ? "member terminal" : err.msg);
    else if (q->path == INTAKE_HEARTBEAT)
        take_heartbeat(ledger, q, doc, ret);
    else if (q->path == INTAKE_ENQUIRIES)
        enquiries_take(keys, ledger, q, doc, ret);
    else
        take_record(keys, ledger, q, doc, ret);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON of the contract. Pure; any thread. */
#include "sync/sync_message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/mem.h"
#include "seal/seal.h"
#include "types/device_words.h"

static void json_drop(json_t **json)
{
    json_decref(*json);
}

/* Every text in here is ASCII or checked UTF-8, so packing fails only without memory. */
static char *dump(json_t *json)
{
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    if (!text)
        abort();
    return text;
}

char *sync_message_envelope(const struct seal_envelope *env, const void *sealed,
                            size_t sealed_bytes)
{
    YJ_CLEANUP(cleanup_free) char *base64 = seal_base64(sealed, sealed_bytes);
    return dump(json_pack("{ss ss ss sI ss ss ss ss ss ss ss ss ss}", "uuid", env->uuid, "kind",
                          seal_kind_word(env->kind), "terminal", env->terminal, "sequence",
                          (json_int_t)env->sequence, "number", env->number, "about", env->about,
                          "matter", env->matter, "sealed_at", env->sealed_at, "suite", env->suite,
                          "digest", env->digest, "prev_digest", env->prev_digest, "signature",
                          env->signature, "sealed", base64));
}

/* The words are those of types/device_words.def: what the screen and the log say, the centre hears.
 */
static json_t *device_json(enum device_kind kind, const struct sync_device *d)
{
    const struct device_status status = {
        .kind = kind, .state = d->state, .media = d->media, .paper = d->paper, .cause = d->cause};
    const struct device_cause *cause = device_cause_of(&status);
    return json_pack("{ss ss ss ss si ss ss}", "kind", device_kind_word(kind), "state",
                     device_xfs_word(&status), "media", device_media_word(d->media), "paper",
                     device_paper_word(d->paper), "cause", d->cause, "reason", cause->reason,
                     "action", cause->action);
}

/* None or one; a list, so that more can be told one day. */
static json_t *staff_json(const struct sync_heartbeat *h)
{
    static const char *const why[STAFF_N_CALLS] = {[STAFF_CALLED_BY_VISITOR] = "visitor",
                                                   [STAFF_CARD_LEFT] = "cardLeft",
                                                   [STAFF_RECEIPT_LEFT] = "receiptLeft"};
    json_t *calls = json_array();
    char since[24];
    if (h->staff == STAFF_NOT_CALLED)
        return calls;
    clock_rfc3339(h->staff_wall_ms, since, sizeof since);
    json_array_append_new(calls, json_pack("{ss ss}", "why", why[h->staff], "since", since));
    return calls;
}

char *sync_message_heartbeat(const struct sync_heartbeat *h)
{
    json_t *devices = json_array();
    for (int i = 0; h->device && i < DEVICE_N_KINDS; i++)
        json_array_append_new(devices, device_json((enum device_kind)i, &h->device[i]));
    return dump(json_pack("{ss ss ss so sI sI sI so*}", "terminal", h->terminal, "version",
                          h->version, "boot_id", h->boot_id, "devices", devices, "waiting",
                          (json_int_t)h->n_waiting, "oldest_age_s", (json_int_t)h->oldest_age_s,
                          "quarantined", (json_int_t)h->n_quarantined, "staff_calls",
                          h->has_staff_call ? staff_json(h) : NULL));
}

static json_t *parse_object(const char *json, size_t n)
{
    json_t *root = json_loadb(json, n, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(root)) {
        json_decref(root);
        return NULL;
    }
    return root;
}

/* @return false when it is not there or does not add up */
static bool read_pair(const json_t *figures, const char *key, struct counter_pair *ret)
{
    const json_t *pair = json_object_get(figures, key);
    const json_t *today = json_object_get(pair, "today"), *total = json_object_get(pair, "total");
    struct counter_pair p = {.today = (int64_t)json_integer_value(today),
                             .total = (int64_t)json_integer_value(total)};
    if (!json_is_integer(today) || !json_is_integer(total) || p.today < 0 || p.total < p.today)
        return false;
    *ret = p;
    return true;
}

static void read_figures(const json_t *figures, struct service_counters *ret)
{
    int y = 0, m = 0, d = 0;
    const char *day = json_string_value(json_object_get(figures, "day"));
    if (!day || sscanf(day, "%4d-%2d-%2d", &y, &m, &d) != 3)
        return;
    ret->day = y * 10000 + m * 100 + d;
    ret->has_hall = read_pair(figures, "hall", &ret->hall);
    ret->has_province = read_pair(figures, "province", &ret->province);
}

static bool list_has(const json_t *list, const char *word)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *s = json_string_value(json_array_get(list, i));
        if (s && strcmp(s, word) == 0)
            return true;
    }
    return false;
}

int sync_message_heartbeat_answer(const char *json, size_t n, struct sync_heartbeat_answer *ret,
                                  struct err *err)
{
    YJ_CLEANUP(json_drop) json_t *root = parse_object(json, n);
    const json_t *poll = json_object_get(root, "poll_s");
    if (!json_is_string(json_object_get(root, "time")) || !json_is_integer(poll))
        return ERR(err, ERR_SYNC_NOT_CENTRE, "the answer to a heartbeat is none");
    json_int_t poll_s = json_integer_value(poll);
    *ret = (struct sync_heartbeat_answer){
        .poll_s = poll_s < 5      ? 5
                  : poll_s > 3600 ? 3600
                                  : (int)poll_s,
        .takes_staff_call = list_has(json_object_get(root, "takes"), "staff_calls"),
    };
    read_figures(json_object_get(root, "figures"), &ret->figures);
    return 0;
}

int sync_message_stored(const char *json, size_t n, char **ret_ack, char **ret_signature,
                        struct err *err)
{
    YJ_CLEANUP(json_drop) json_t *root = parse_object(json, n);
    const char *ack = json_string_value(json_object_get(root, "ack"));
    const char *signature = json_string_value(json_object_get(root, "signature"));
    if (!ack || !signature)
        return ERR(err, ERR_SYNC_NOT_CENTRE, "the 201 holds no acknowledgement");
    *ret_ack = mem_strdup(ack);
    *ret_signature = mem_strdup(signature);
    return 0;
}

static bool text_is(const json_t *root, const char *key, const char *want)
{
    const char *got = json_string_value(json_object_get(root, key));
    return got && strcmp(got, want) == 0;
}

int sync_message_ack_fits(const char *json, size_t n, const struct seal_envelope *env,
                          struct err *err)
{
    YJ_CLEANUP(json_drop) json_t *root = parse_object(json, n);
    const json_t *sequence = json_object_get(root, "sequence");
    if (!text_is(root, "uuid", env->uuid) || !text_is(root, "terminal", env->terminal) ||
        !text_is(root, "digest", env->digest) || !json_is_integer(sequence) ||
        json_integer_value(sequence) != env->sequence)
        return ERR(err, ERR_SYNC_NOT_CENTRE, "the acknowledgement is for another record");
    return 0;
}

void sync_message_problem(const char *json, size_t n, int status, char *ret, size_t cap)
{
    YJ_CLEANUP(json_drop) json_t *root = parse_object(json, n);
    const char *title = json_string_value(json_object_get(root, "title"));
    const char *detail = json_string_value(json_object_get(root, "detail"));
    snprintf(ret, cap, "%d %s%s%s", status, title ? title : "", detail ? ": " : "",
             detail ? detail : "");
    for (char *c = ret; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = ' ';
}

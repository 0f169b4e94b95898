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

static void status_add(json_t *root, const struct sync_heartbeat *h)
{
    char at[SYNC_INSTANT_BYTES];
    const struct {
        const char *key;
        int64_t value;
    } numbers[] = {{"uptime_ms", h->uptime_ms},
                   {"free_mib", h->free_mib},
                   {"attachments", h->n_attachments},
                   {"mirror_behind", h->mirror_behind},
                   {"catalogue", h->catalogue}};
    for (size_t i = 0; i < YJ_COUNT(numbers); i++)
        json_object_set_new(root, numbers[i].key, json_integer(numbers[i].value));
    clock_rfc3339(h->clock_wall_ms, at, sizeof at);
    json_object_set_new(root, "clock", json_string(at));
    if (h->suite)
        json_object_set_new(root, "suite", json_string(h->suite));
    if (h->seal_key)
        json_object_set_new(root, "seal_key", json_string(h->seal_key));
    if (h->certificate_ends_s) {
        clock_rfc3339(h->certificate_ends_s * 1000, at, sizeof at);
        json_object_set_new(root, "certificate_ends", json_string(at));
    }
}

char *sync_message_heartbeat(const struct sync_heartbeat *h)
{
    json_t *devices = json_array();
    for (int i = 0; h->device && i < DEVICE_N_KINDS; i++)
        json_array_append_new(devices, device_json((enum device_kind)i, &h->device[i]));
    json_t *root = json_pack("{ss ss ss so sI sI sI so*}", "terminal", h->terminal, "version",
                             h->version, "boot_id", h->boot_id, "devices", devices, "waiting",
                             (json_int_t)h->n_waiting, "oldest_age_s", (json_int_t)h->oldest_age_s,
                             "quarantined", (json_int_t)h->n_quarantined, "staff_calls",
                             h->has_staff_call ? staff_json(h) : NULL);
    if (h->has_status)
        status_add(root, h);
    return dump(root);
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

/* Days since 1970-01-01 of a civil date in the Gregorian calendar; years count from March. */
static int64_t days_of(int64_t y, int m, int d)
{
    y -= m <= 2;
    int64_t era = y / 400, year = y - era * 400;
    int64_t day = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + year * 365 + year / 4 - year / 100 + day - 719468;
}

/* @return the number of exactly n digits, -1: there are not so many */
static int digits_read(const char **at, int n)
{
    int value = 0;
    for (int i = 0; i < n; i++, (*at)++) {
        if (**at < '0' || **at > '9')
            return -1;
        value = value * 10 + (**at - '0');
    }
    return value;
}

bool sync_message_instant(const char *text, int64_t *ret_ms)
{
    static const struct {
        int n, min, max;
        char behind;
    } part[6] = {{4, 1, 9999, '-'}, {2, 1, 12, '-'}, {2, 1, 31, 'T'},
                 {2, 0, 23, ':'},   {2, 0, 59, ':'}, {2, 0, 60, 'Z'}};
    int value[6], ms = 0, scale = 100, n_fraction = 0;
    for (int i = 0; i < 6; i++) {
        value[i] = digits_read(&text, part[i].n);
        if (value[i] < part[i].min || value[i] > part[i].max)
            return false;
        bool has_fraction = i == 5 && *text == '.';
        if (!has_fraction && *text != part[i].behind)
            return false;
        text++;
        for (; has_fraction && *text >= '0' && *text <= '9' && n_fraction < 6;
             text++, scale /= 10) {
            ms += (*text - '0') * scale;
            n_fraction++;
        }
        if (has_fraction && (n_fraction == 0 || *text++ != 'Z'))
            return false;
    }
    if (*text)
        return false;
    int64_t s = days_of(value[0], value[1], value[2]) * 86400 + value[3] * 3600 + value[4] * 60;
    *ret_ms = (s + value[5]) * 1000 + ms;
    return true;
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

/* @return the member when it is a whole number in the range, else what to take instead */
static int64_t read_int(const json_t *root, const char *key, int64_t min, int64_t max,
                        int64_t otherwise)
{
    const json_t *v = json_object_get(root, key);
    json_int_t value = json_integer_value(v);
    return json_is_integer(v) && value >= min && value <= max ? (int64_t)value : otherwise;
}

static bool is_cursor(const char *text)
{
    static const char good[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    size_t n = strlen(text);
    return n < SYNC_CURSOR_BYTES && strspn(text, good) == n;
}

static void read_orders(const json_t *root, struct sync_heartbeat_answer *ret)
{
    const char *key = json_string_value(json_object_get(root, "seal_key"));
    const char *newest = json_string_value(json_object_get(root, "newest_change"));
    if (key && strlen(key) == 16 && strspn(key, "0123456789abcdef") == 16)
        memcpy(ret->seal_key, key, 17);
    if (newest && is_cursor(newest)) {
        ret->has_newest_change = true;
        memcpy(ret->newest_change, newest, strlen(newest) + 1);
    }
    ret->drain_per_min = (int)read_int(root, "drain_per_min", 0, 60000, 0);
    ret->retention_days = (int)read_int(root, "retention_days", 1, 3650, 0);
    ret->catalogue = read_int(root, "catalogue", 0, INT64_MAX, 0);
}

int sync_message_heartbeat_answer(const char *json, size_t n, struct sync_heartbeat_answer *ret,
                                  struct err *err)
{
    YJ_CLEANUP(json_drop) json_t *root = parse_object(json, n);
    const json_t *poll = json_object_get(root, "poll_s");
    const char *at = json_string_value(json_object_get(root, "time"));
    if (!at || !json_is_integer(poll))
        return ERR(err, ERR_SYNC_NOT_CENTRE, "the answer to a heartbeat is none");
    json_int_t poll_s = json_integer_value(poll);
    *ret = (struct sync_heartbeat_answer){
        .poll_s = poll_s < 5      ? 5
                  : poll_s > 3600 ? 3600
                                  : (int)poll_s,
        .takes_staff_call = list_has(json_object_get(root, "takes"), "staff_calls"),
        .takes_status = list_has(json_object_get(root, "takes"), "status"),
    };
    if (!sync_message_instant(at, &ret->time_ms))
        ret->time_ms = 0;
    read_orders(root, ret);
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

int sync_message_attachment_fits(const char *json, size_t n, const char *uuid,
                                 const struct seal_attachment *what, struct err *err)
{
    YJ_CLEANUP(json_drop) json_t *root = parse_object(json, n);
    if (!text_is(root, "uuid", uuid) || !text_is(root, "digest", what->digest) ||
        read_int(root, "bytes", 1, INT64_MAX, 0) != what->bytes)
        return ERR(err, ERR_SYNC_NOT_CENTRE, "the statement is about another attachment");
    return 0;
}

int sync_message_time(const char *json, size_t n, const char *nonce, int64_t *ret_ms,
                      struct err *err)
{
    YJ_CLEANUP(json_drop) json_t *root = parse_object(json, n);
    const char *at = json_string_value(json_object_get(root, "time"));
    if (!text_is(root, "nonce", nonce) || !at || !sync_message_instant(at, ret_ms))
        return ERR(err, ERR_SYNC_NOT_CENTRE, "the statement about the time answers nothing asked");
    return 0;
}

void sync_message_problem_type(const char *json, size_t n, char *ret, size_t cap)
{
    YJ_CLEANUP(json_drop) json_t *root = parse_object(json, n);
    const char *type = json_string_value(json_object_get(root, "type"));
    snprintf(ret, cap, "%s", type ? type : "");
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

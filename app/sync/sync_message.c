/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON of the contract. Pure; any thread. */
#include "sync/sync_message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/bytes.h"
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

char *sync_message_heartbeat(const struct sync_heartbeat *h)
{
    json_t *devices = json_array();
    for (int i = 0; h->device && i < DEVICE_N_KINDS; i++)
        json_array_append_new(devices, device_json((enum device_kind)i, &h->device[i]));
    return dump(json_pack("{ss ss ss so sI sI sI}", "terminal", h->terminal, "version", h->version,
                          "boot_id", h->boot_id, "devices", devices, "waiting",
                          (json_int_t)h->n_waiting, "oldest_age_s", (json_int_t)h->oldest_age_s,
                          "quarantined", (json_int_t)h->n_quarantined));
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

int sync_message_heartbeat_answer(const char *json, size_t n, int *ret_poll_s, struct err *err)
{
    YJ_CLEANUP(json_drop) json_t *root = parse_object(json, n);
    const json_t *poll = json_object_get(root, "poll_s");
    if (!json_is_string(json_object_get(root, "time")) || !json_is_integer(poll))
        return ERR(err, ERR_SYNC_NOT_CENTRE, "the answer to a heartbeat is none");
    json_int_t poll_s = json_integer_value(poll);
    *ret_poll_s = poll_s < 5 ? 5 : poll_s > 3600 ? 3600 : (int)poll_s;
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

/* SPDX-License-Identifier: Apache-2.0 */
/* An envelope as the contract writes it: for the wire and for a mirror. Any thread. */
#include "seal/seal.h"

#include <stdlib.h>

#include <jansson.h>

#include "base/mem.h"

/* Without this an early centre, which refuses members it does not know, takes form 1. */
static void form_2_add(json_t *root, const struct seal_envelope *env)
{
    json_t *list = json_array();
    for (size_t i = 0; i < env->n_attachments; i++)
        json_array_append_new(list, json_pack("{ss sI}", "digest", env->attachment[i].digest,
                                              "bytes", (json_int_t)env->attachment[i].bytes));
    json_object_set_new(root, "attachments", list);
    json_object_set_new(root, "boot_id", json_string(env->boot_id));
    json_object_set_new(root, "uptime_ms", json_integer(env->uptime_ms));
    json_object_set_new(root, "centre_time", json_string(env->centre_time));
}

char *seal_envelope_json(const struct seal_envelope *env, const void *sealed, size_t sealed_bytes)
{
    YJ_CLEANUP(cleanup_free) char *base64 = seal_base64(sealed, sealed_bytes);
    json_t *root = json_pack("{ss ss ss sI ss ss ss ss ss ss ss ss ss}", "uuid", env->uuid, "kind",
                             seal_kind_word(env->kind), "terminal", env->terminal, "sequence",
                             (json_int_t)env->sequence, "number", env->number, "about", env->about,
                             "matter", env->matter, "sealed_at", env->sealed_at, "suite",
                             env->suite, "digest", env->digest, "prev_digest", env->prev_digest,
                             "signature", env->signature, "sealed", base64);
    if (env->form == SEAL_FORM_2)
        form_2_add(root, env);
    /* Every text in here is ASCII, so it fails only without memory. */
    char *text = root ? json_dumps(root, JSON_COMPACT) : NULL;
    json_decref(root);
    if (!text)
        abort();
    return text;
}

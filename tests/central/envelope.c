/* SPDX-License-Identifier: Apache-2.0 */
/* Envelope of a record: forms, signed text. Pure, any thread. */
#define _GNU_SOURCE /* memmem */
#include "envelope.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define SEALED_MAX_B64 1000000

/* Every member at its longest, with room. */
enum { ENVELOPE_TEXT_BYTES = 2048 };

typedef bool (*form_fn)(const char *s);

static const char hex_digits[] = "0123456789abcdef";
static const char dec_digits[] = "0123456789";

static bool is_all(const char *s, size_t n, const char *set)
{
    return strlen(s) == n && strspn(s, set) == n;
}

bool envelope_is_terminal(const char *s)
{
    return is_all(s, KEYRING_TERMINAL_BYTES - 1, dec_digits);
}

/* RFC 9562, version 4, lower case. */
bool envelope_is_uuid(const char *s)
{
    if (strlen(s) != 36 || s[14] != '4' || !strchr("89ab", s[19]))
        return false;
    for (size_t i = 0; i < 36; i++) {
        bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (is_dash ? s[i] != '-' : !strchr(hex_digits, s[i]))
            return false;
    }
    return true;
}

static bool is_kind(const char *s)
{
    return strcmp(s, "application") == 0 || strcmp(s, "rating") == 0;
}

static bool is_number_or_empty(const char *s)
{
    return *s == 0 || is_all(s, 24, dec_digits);
}

static bool is_matter(const char *s)
{
    size_t n = strlen(s);
    return n <= 64 &&
           strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") == n;
}

/* RFC 3339 in UTC, seconds with up to six decimals. */
static bool is_instant(const char *s)
{
    static const char form[] = "dddd-dd-ddTdd:dd:dd";
    size_t i = 0;
    for (; form[i]; i++)
        if (form[i] == 'd' ? s[i] < '0' || s[i] > '9' : s[i] != form[i])
            return false;
    if (s[i] == '.') {
        size_t n = strspn(s + i + 1, dec_digits);
        if (n < 1 || n > 6)
            return false;
        i += n + 1;
    }
    return strcmp(s + i, "Z") == 0;
}

static bool is_suite(const char *s)
{
    return strcmp(s, KEYRING_SUITE_P256) == 0 || strcmp(s, KEYRING_SUITE_SM2) == 0;
}

static bool is_sha256(const char *s)
{
    return is_all(s, 64, hex_digits);
}

static bool is_signature(const char *s)
{
    size_t n = strlen(s);
    return n >= 88 && n <= 96;
}

/* The text members; `sequence` is the only number. */
static const struct member {
    const char *name;
    form_fn is_good;
    size_t offset;
} members[] = {
    {"uuid", envelope_is_uuid, offsetof(struct envelope, uuid)},
    {"kind", is_kind, offsetof(struct envelope, kind)},
    {"terminal", envelope_is_terminal, offsetof(struct envelope, terminal)},
    {"number", is_number_or_empty, offsetof(struct envelope, number)},
    {"about", is_number_or_empty, offsetof(struct envelope, about)},
    {"matter", is_matter, offsetof(struct envelope, matter)},
    {"sealed_at", is_instant, offsetof(struct envelope, sealed_at)},
    {"suite", is_suite, offsetof(struct envelope, suite)},
    {"digest", is_sha256, offsetof(struct envelope, digest)},
    {"prev_digest", is_sha256, offsetof(struct envelope, prev_digest)},
    {"signature", is_signature, offsetof(struct envelope, signature)},
};

json_t *envelope_load(const char *body, size_t bytes, struct err *err)
{
    json_t *doc = json_loadb(body, bytes, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(doc)) {
        json_decref(doc);
        (void)ERR(err, ERR_SYNTAX, "the body is not one JSON object");
        return NULL;
    }
    return doc;
}

static bool is_boot_id(const char *s)
{
    size_t n = strlen(s);
    return n <= 64 &&
           strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-") == n;
}

static bool is_instant_or_empty(const char *s)
{
    return !*s || is_instant(s);
}

/* @return NULL: no string of this form */
static const char *text_of(const json_t *doc, const char *name, form_fn is_good)
{
    const json_t *v = json_object_get(doc, name);
    const char *s = json_string_value(v);
    /* A NUL inside would hide what follows it from the checks and from the signature. */
    return s && strlen(s) == json_string_length(v) && is_good(s) ? s : NULL;
}

static bool read_attachments(const json_t *list, struct envelope *ret)
{
    size_t used = 0, n = json_array_size(list);
    if (!json_is_array(list) || n > ENVELOPE_MAX_ATTACHMENTS)
        return false;
    for (size_t i = 0; i < n; i++) {
        const json_t *a = json_array_get(list, i), *bytes = json_object_get(a, "bytes");
        const char *digest = text_of(a, "digest", is_sha256);
        if (json_object_size(a) != 2 || !digest || !json_is_integer(bytes) ||
            json_integer_value(bytes) < 1 ||
            json_integer_value(bytes) > ENVELOPE_MAX_ATTACHMENT_BYTES ||
            strstr(ret->attachments, digest))
            return false;
        used += (size_t)snprintf(ret->attachments + used, sizeof ret->attachments - used,
                                 "%s%s:%" PRId64, i ? " " : "", digest,
                                 (int64_t)json_integer_value(bytes));
    }
    return true;
}

/* The members of form 2. */
static int check_form2(const json_t *doc, struct envelope *ret, struct err *err)
{
    const json_t *uptime = json_object_get(doc, "uptime_ms");
    ret->boot_id = text_of(doc, "boot_id", is_boot_id);
    ret->centre_time = text_of(doc, "centre_time", is_instant_or_empty);
    ret->uptime_ms = json_integer_value(uptime);
    if (!read_attachments(json_object_get(doc, "attachments"), ret))
        return ERR(err, ERR_INVALID, "member attachments is missing or of the wrong form");
    if (!ret->boot_id || !ret->centre_time || !json_is_integer(uptime) || ret->uptime_ms < 0)
        return ERR(err, ERR_INVALID, "a member of form 2 is missing or of the wrong form");
    return 0;
}

/* Where the text of the only member "sealed" stands, when it needs no unescaping. A key is never
 * inside a string: its quotes would be escaped there. */
static bool find_sealed(const char *body, size_t bytes, const char **ret, size_t *ret_chars)
{
    static const char key[] = "\"sealed\"";
    const char *end = body + bytes, *at = memmem(body, bytes, key, sizeof key - 1);
    if (!at)
        return false;
    at += sizeof key - 1;
    if (memmem(at, (size_t)(end - at), key, sizeof key - 1))
        return false;
    bool has_colon = false;
    for (; at < end && (strchr(" \t\r\n", *at) || (*at == ':' && !has_colon)); at++)
        has_colon |= *at == ':';
    if (!has_colon || at == end || *at++ != '"')
        return false;
    const char *quote = memchr(at, '"', (size_t)(end - at));
    if (!quote || memchr(at, '\\', (size_t)(quote - at)))
        return false;
    *ret = at;
    *ret_chars = (size_t)(quote - at);
    return true;
}

int envelope_load_record(const char *body, size_t bytes, struct envelope_body *ret, struct err *err)
{
    struct envelope_body b = {0};
    const char *sealed = NULL;
    size_t chars = 0;
    if (find_sealed(body, bytes, &sealed, &chars)) {
        size_t head = (size_t)(sealed - body), tail = bytes - head - chars;
        YJ_CLEANUP(cleanup_free) char *rest = mem_zalloc(head + tail + 1, 1);
        memcpy(rest, body, head);
        memcpy(rest + head, sealed + chars, tail);
        b = (struct envelope_body){envelope_load(rest, head + tail, err), sealed, chars};
    } else {
        b.doc = envelope_load(body, bytes, err);
        b.sealed = json_string_value(json_object_get(b.doc, "sealed"));
        b.sealed_chars = json_string_length(json_object_get(b.doc, "sealed"));
    }
    *ret = b;
    return b.doc ? 0 : ERR_SYNTAX;
}

void envelope_body_free(struct envelope_body *b)
{
    json_decref(b->doc);
    *b = (struct envelope_body){0};
}

static int check_members(const json_t *doc, struct envelope *ret, struct err *err)
{
    enum { N_FORM2 = 4 };
    /* The texts, sequence and sealed: with all present, equal count means nothing unknown. */
    size_t n = YJ_COUNT(members) + 2;
    ret->is_form2 = json_object_size(doc) == n + N_FORM2;
    if (json_object_size(doc) != n && !ret->is_form2)
        return ERR(err, ERR_INVALID, "a member is missing or unknown");
    for (size_t i = 0; i < YJ_COUNT(members); i++) {
        const char *s = text_of(doc, members[i].name, members[i].is_good);
        if (!s)
            return ERR(err, ERR_INVALID, "member %s is missing or of the wrong form",
                       members[i].name);
        memcpy((char *)ret + members[i].offset, &s, sizeof s);
    }
    const json_t *sequence = json_object_get(doc, "sequence");
    ret->sequence = json_integer_value(sequence);
    if (!json_is_integer(sequence) || ret->sequence < 1 ||
        ret->sequence > INT64_C(9007199254740991))
        return ERR(err, ERR_INVALID, "member sequence is missing or of the wrong form");
    return ret->is_form2 ? check_form2(doc, ret, err) : 0;
}

int envelope_check(const struct envelope_body *body, struct envelope *ret,
                   struct keyring_blob *ret_sealed, struct err *err)
{
    struct envelope e = {0};
    int r = check_members(body->doc, &e, err);
    if (r < 0)
        return r;
    bool is_application = strcmp(e.kind, "application") == 0;
    if (is_application != (*e.number != 0))
        return ERR(err, ERR_INVALID, "member number does not fit the kind");
    if (is_application && *e.about)
        return ERR(err, ERR_INVALID, "member about does not fit the kind");
    const json_t *sealed = json_object_get(body->doc, "sealed");
    bool is_outside = body->sealed != json_string_value(sealed);
    if (!json_is_string(sealed) || !body->sealed || body->sealed_chars < 4 ||
        body->sealed_chars > SEALED_MAX_B64 || (is_outside && json_string_length(sealed)))
        return ERR(err, ERR_INVALID, "member sealed is missing or of the wrong form");
    struct keyring_blob blob = {0};
    r = keyring_unb64(body->sealed, body->sealed_chars, &blob, err);
    if (r < 0) {
        err_prefix(err, "member sealed");
        return r;
    }
    char digest[KEYRING_SHA256_HEX_BYTES];
    if (keyring_digest(e.suite, blob.data, blob.bytes, digest, NULL) < 0 ||
        strcmp(digest, e.digest) != 0) {
        keyring_blob_free(&blob);
        return ERR(err, ERR_INVALID, "the digest does not fit the sealed bytes");
    }
    *ret = e;
    *ret_sealed = blob;
    return 0;
}

char *envelope_signed_text(const struct envelope *e, size_t *ret_bytes)
{
    char *text = mem_zalloc(ENVELOPE_TEXT_BYTES, 1);
    int n = snprintf(text, ENVELOPE_TEXT_BYTES,
                     "yijian-seal-%d\n%s\n%s\n%s\n%" PRId64 "\n%s\n%s\n%s\n%s\n%s\n%s\n%s\n",
                     e->is_form2 ? 2 : 1, e->uuid, e->kind, e->terminal, e->sequence, e->number,
                     e->about, e->matter, e->sealed_at, e->suite, e->digest, e->prev_digest);
    if (e->is_form2)
        n += snprintf(text + n, ENVELOPE_TEXT_BYTES - (size_t)n, "%s\n%s\n%" PRId64 "\n%s\n",
                      e->attachments, e->boot_id, e->uptime_ms, e->centre_time);
    *ret_bytes = (size_t)n;
    return text;
}

static json_t *attachments_to_json(const char *at)
{
    json_t *list = json_array();
    for (; *at; at += strcspn(at, " "), at += *at == ' ')
        json_array_append_new(
            list, json_pack("{ss# sI}", "digest", at, ENVELOPE_DIGEST_BYTES - 1, "bytes",
                            (json_int_t)strtoll(at + ENVELOPE_DIGEST_BYTES, NULL, 10)));
    return list;
}

json_t *envelope_to_json(const struct envelope *e)
{
    json_t *doc = json_pack("{ss ss ss sI ss ss ss ss ss ss ss ss}", "uuid", e->uuid, "kind",
                            e->kind, "terminal", e->terminal, "sequence", (json_int_t)e->sequence,
                            "number", e->number, "about", e->about, "matter", e->matter,
                            "sealed_at", e->sealed_at, "suite", e->suite, "digest", e->digest,
                            "prev_digest", e->prev_digest, "signature", e->signature);
    if (e->is_form2) {
        json_object_set_new(doc, "attachments", attachments_to_json(e->attachments));
        json_object_set_new(doc, "boot_id", json_string(e->boot_id));
        json_object_set_new(doc, "uptime_ms", json_integer(e->uptime_ms));
        json_object_set_new(doc, "centre_time", json_string(e->centre_time));
    }
    return doc;
}

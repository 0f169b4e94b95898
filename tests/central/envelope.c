/* SPDX-License-Identifier: Apache-2.0 */
/* Envelope of a record: forms, signed text. Pure, any thread. */
#include "envelope.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define SUITE          "cms-p256-aes256gcm"
#define SIGNED_PREFIX  "yijian-seal-1\n"
#define SEALED_MAX_B64 1000000

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
    return strcmp(s, SUITE) == 0;
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

static bool is_sealed(const char *s)
{
    size_t n = strlen(s);
    return n >= 4 && n <= SEALED_MAX_B64;
}

/* The text members; `sequence` is the only number. offset SIZE_MAX: not kept in the struct. */
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
    {"sealed", is_sealed, SIZE_MAX},
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

static int check_members(const json_t *doc, struct envelope *ret, struct err *err)
{
    /* Twelve texts and the sequence: with all present, equal count means nothing unknown. */
    if (json_object_size(doc) != YJ_COUNT(members) + 1)
        return ERR(err, ERR_INVALID, "a member is missing or unknown");
    for (size_t i = 0; i < YJ_COUNT(members); i++) {
        const json_t *v = json_object_get(doc, members[i].name);
        const char *s = json_string_value(v);
        /* A NUL inside would hide what follows it from the checks and from the signature. */
        if (!s || strlen(s) != json_string_length(v) || !members[i].is_good(s))
            return ERR(err, ERR_INVALID, "member %s is missing or of the wrong form",
                       members[i].name);
        if (members[i].offset != SIZE_MAX)
            memcpy((char *)ret + members[i].offset, &s, sizeof s);
    }
    const json_t *sequence = json_object_get(doc, "sequence");
    ret->sequence = json_integer_value(sequence);
    if (!json_is_integer(sequence) || ret->sequence < 1 ||
        ret->sequence > INT64_C(9007199254740991))
        return ERR(err, ERR_INVALID, "member sequence is missing or of the wrong form");
    return 0;
}

int envelope_check(const json_t *doc, struct envelope *ret, struct keyring_blob *ret_sealed,
                   struct err *err)
{
    struct envelope e = {0};
    int r = check_members(doc, &e, err);
    if (r < 0)
        return r;
    bool is_application = strcmp(e.kind, "application") == 0;
    if (is_application != (*e.number != 0))
        return ERR(err, ERR_INVALID, "member number does not fit the kind");
    if (is_application && *e.about)
        return ERR(err, ERR_INVALID, "member about does not fit the kind");
    const json_t *sealed = json_object_get(doc, "sealed");
    struct keyring_blob blob = {0};
    r = keyring_unb64(json_string_value(sealed), json_string_length(sealed), &blob, err);
    if (r < 0) {
        err_prefix(err, "member sealed");
        return r;
    }
    char digest[KEYRING_SHA256_HEX_BYTES];
    keyring_sha256(blob.data, blob.bytes, digest);
    if (strcmp(digest, e.digest) != 0) {
        keyring_blob_free(&blob);
        return ERR(err, ERR_INVALID, "the digest does not fit the sealed bytes");
    }
    *ret = e;
    *ret_sealed = blob;
    return 0;
}

char *envelope_signed_text(const struct envelope *e, size_t *ret_bytes)
{
    static const char form[] =
        SIGNED_PREFIX "%s\n%s\n%s\n%" PRId64 "\n%s\n%s\n%s\n%s\n%s\n%s\n%s\n";
    int n = snprintf(NULL, 0, form, e->uuid, e->kind, e->terminal, e->sequence, e->number, e->about,
                     e->matter, e->sealed_at, e->suite, e->digest, e->prev_digest);
    char *text = mem_zalloc((size_t)n + 1, 1);
    snprintf(text, (size_t)n + 1, form, e->uuid, e->kind, e->terminal, e->sequence, e->number,
             e->about, e->matter, e->sealed_at, e->suite, e->digest, e->prev_digest);
    *ret_bytes = (size_t)n;
    return text;
}

json_t *envelope_to_json(const struct envelope *e)
{
    return json_pack("{ss ss ss sI ss ss ss ss ss ss ss ss}", "uuid", e->uuid, "kind", e->kind,
                     "terminal", e->terminal, "sequence", (json_int_t)e->sequence, "number",
                     e->number, "about", e->about, "matter", e->matter, "sealed_at", e->sealed_at,
                     "suite", e->suite, "digest", e->digest, "prev_digest", e->prev_digest,
                     "signature", e->signature);
}

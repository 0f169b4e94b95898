/* SPDX-License-Identifier: Apache-2.0 */
/* The envelope of a record as the contract describes it (schema "envelope" of the OpenAPI file):
 * read, checked member by member, and the text its signature covers. */
#ifndef YJ_CENTRAL_ENVELOPE_H
#define YJ_CENTRAL_ENVELOPE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "keyring.h"

enum {
    ENVELOPE_DIGEST_BYTES = KEYRING_SHA256_HEX_BYTES,
    ENVELOPE_MAX_BODY_BYTES = 1 << 20,
    ENVELOPE_MAX_ATTACHMENTS = 8,
    ENVELOPE_MAX_ATTACHMENT_BYTES = 16 << 20,
    ENVELOPE_ATTACHMENTS_BYTES = 640, /* text of that many */
};

/* Strings are borrowed from the parsed document or from the ledger's row. */
struct envelope {
    const char *uuid, *kind, *terminal;
    int64_t sequence;
    const char *number, *about, *matter, *sealed_at, *suite, *digest, *prev_digest, *signature;
    /* Form 2 of the signed text; else empty. */
    bool is_form2;
    char attachments[ENVELOPE_ATTACHMENTS_BYTES]; /* "digest:bytes", blanks between */
    const char *boot_id, *centre_time;
    int64_t uptime_ms;
};

/**
 * Read the request body as one JSON object, whatever its members are.
 * @return the object, owned by the caller (json_decref); NULL with ERR_SYNTAX in err
 */
json_t *envelope_load(const char *body, size_t bytes, struct err *err) YJ_CHECK;

/* A record as it came: all but the sealed bytes is read as JSON, they stay where they are. */
struct envelope_body {
    json_t *doc;        /* owned; member sealed is "" when the text is outside */
    const char *sealed; /* base64, borrowed from the body or the document; NULL: there is none */
    size_t sealed_chars;
};

/** Read the request body of a record; the same texts are taken as with envelope_load, quicker.
 *  @return 0 or ERR_SYNTAX; release with envelope_body_free */
int envelope_load_record(const char *body, size_t bytes, struct envelope_body *ret,
                         struct err *err) YJ_CHECK;
void envelope_body_free(struct envelope_body *b); /* fits YJ_CLEANUP */

/**
 * Check every member of the document against the schema and the sealed bytes against the digest.
 * @param body        borrowed by ret: keep it as long as ret is used
 * @param ret_sealed  DER bytes, owned by the caller
 * @return 0 or ERR_INVALID naming the member, never its value
 */
int envelope_check(const struct envelope_body *body, struct envelope *ret,
                   struct keyring_blob *ret_sealed, struct err *err) YJ_CHECK;

/** The text under the record's signature; owned by the caller, ret_bytes without the NUL. */
char *envelope_signed_text(const struct envelope *e, size_t *ret_bytes) YJ_CHECK;

/** The envelope as a JSON object without `sealed`; owned by the caller. */
json_t *envelope_to_json(const struct envelope *e) YJ_CHECK;

/* Forms the heartbeat needs too. */
bool envelope_is_terminal(const char *s);
bool envelope_is_uuid(const char *s);

#endif

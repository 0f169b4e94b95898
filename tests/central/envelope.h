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

enum { ENVELOPE_DIGEST_BYTES = KEYRING_SHA256_HEX_BYTES, ENVELOPE_MAX_BODY_BYTES = 1 << 20 };

/* Strings are borrowed from the parsed document or from the ledger's row. */
struct envelope {
    const char *uuid, *kind, *terminal;
    int64_t sequence;
    const char *number, *about, *matter, *sealed_at, *suite, *digest, *prev_digest, *signature;
};

/**
 * Read the request body as one JSON object, whatever its members are.
 * @return the object, owned by the caller (json_decref); NULL with ERR_SYNTAX in err
 */
json_t *envelope_load(const char *body, size_t bytes, struct err *err) YJ_CHECK;

/**
 * Check every member of the document against the schema and the sealed bytes against the digest.
 * @param doc         borrowed by ret: keep it as long as ret is used
 * @param ret_sealed  DER bytes, owned by the caller
 * @return 0 or ERR_INVALID naming the member, never its value
 */
int envelope_check(const json_t *doc, struct envelope *ret, struct keyring_blob *ret_sealed,
                   struct err *err) YJ_CHECK;

/** The text under the record's signature; owned by the caller, ret_bytes without the NUL. */
char *envelope_signed_text(const struct envelope *e, size_t *ret_bytes) YJ_CHECK;

/** The envelope as a JSON object without `sealed`; owned by the caller. */
json_t *envelope_to_json(const struct envelope *e) YJ_CHECK;

/* Forms the heartbeat needs too. */
bool envelope_is_terminal(const char *s);
bool envelope_is_uuid(const char *s);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Attachments of records, resumable: HEAD tells how much is here, PATCH appends (core verbs of tus
 * 1.0, see the contract). Pieces go into the database as they come, so that any instance of the
 * centre may take the next one. */
#ifndef YJ_CENTRAL_ATTACHMENTS_H
#define YJ_CENTRAL_ATTACHMENTS_H

#include "centre.h"
#include "request.h"

enum { ATTACHMENTS_MAX_PIECE_BYTES = 1 << 20 };

/** HEAD /attachments/{uuid}/{digest} */
void attachments_head(const struct centre *c, const struct request *q, struct reply *r);
/** PATCH /attachments/{uuid}/{digest}. Blocks: a durable commit. */
void attachments_patch(const struct centre *c, const struct request *q, struct reply *r);

/**
 * Keep what is whole at once, for the import.
 * @return 0, ERR_NOT_FOUND (no such record, or it does not list this), ERR_SEAL_SIGNATURE (the
 *         bytes do not fit the digest), a failure of the database. Known already is 0 too.
 */
int attachments_keep(const struct centre *c, const char *uuid, const char *digest, const void *data,
                     size_t n, struct err *err) YJ_CHECK;

/**
 * The sealed bytes of one that is complete.
 * @param uuid  NULL: of whichever record lists it
 * @return 0 or ERR_NOT_FOUND. Owns: keyring_blob_free.
 */
int attachments_read(struct db *db, const char *uuid, const char *digest, struct keyring_blob *ret,
                     struct err *err) YJ_CHECK;

#endif

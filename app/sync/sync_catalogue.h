/* SPDX-License-Identifier: Apache-2.0 */
/* A signed catalogue set on its way from the centre, as it grows on the disk. Thread: one, outbox.
 *
 *     DATA/catalogue/fetch/set/…        files of the set that are whole, each with its digest
 *     DATA/catalogue/fetch/part-<dig>   the file that is being fetched; goes on after a cut
 *     DATA/catalogue/incoming/…         the whole set, flushed, then renamed to this name
 *
 *   begin (manifest, signature checked) ──► step: copies what is here already, names the piece that
 *   is wanted ──► take (a piece) ──► step … ──► finish: flush, rename
 *
 * Nothing of it touches the sets in use: incoming is checked and staged like a set from a stick. */
#ifndef YJ_SYNC_CATALOGUE_H
#define YJ_SYNC_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "seal/manifest.h"

struct sync_catalogue;

/* Answers of the centre are at most 64 KiB, so files come in pieces. */
enum { SYNC_PIECE_BYTES = 48 * 1024, SYNC_PIECE_PATH_BYTES = 96 };

/**
 * Read the answer to GET /v1/catalogue, check the publisher's signature and lay the manifest down.
 * What lies there of another set is removed, of the same set it is kept.
 * @param ret  owned by the caller, sync_catalogue_free
 * @return 0, ERR_SYNC_NOT_CENTRE (no such answer), ERR_SEAL_SIGNATURE, ERR_SEAL_MANIFEST,
 *         ERR_STORE_WRITE, ERR_STORE_FULL (less than 160 MiB free)
 */
int sync_catalogue_begin(const char *data_dir, const char *json, size_t n,
                         const struct seal_verifier *publisher, struct sync_catalogue **ret,
                         struct err *err) YJ_CHECK;
/** Accepts NULL. What is on the disk stays. */
void sync_catalogue_free(struct sync_catalogue *c);

/** SHA-256 of the manifest: the name of the set. Borrowed. */
const char *sync_catalogue_digest(const struct sync_catalogue *c);

/* What is wanted of the centre now. */
struct sync_piece {
    char path[SYNC_PIECE_PATH_BYTES]; /* "/v1/catalogue/files/…" */
    int64_t first, last;              /* bytes of the file, for the Range header */
};

/**
 * Go on: files that the set in use has with the same digest are copied.
 * @param base       folder of the set in use; may be NULL
 * @param budget_ms  stop after about this time; then call again
 * @param ret_is_whole  every file is there: sync_catalogue_finish
 * @param ret        filled when ret->path is not ""
 * @return 0, ERR_STORE_WRITE, ERR_STORE_FULL
 */
int sync_catalogue_step(struct sync_catalogue *c, const char *base, int budget_ms,
                        bool *ret_is_whole, struct sync_piece *ret, struct err *err) YJ_CHECK;

/**
 * The answer to the piece: 206 with bytes, 200 with the whole file, 416 behind its end.
 * @return 0, ERR_SEAL_MANIFEST (the file is not the one that was signed: it is removed, to be
 *         fetched anew), ERR_SYNC_NOT_CENTRE (another status), ERR_STORE_WRITE, ERR_STORE_FULL
 */
int sync_catalogue_take(struct sync_catalogue *c, int status, const void *p, size_t n,
                        struct err *err) YJ_CHECK;

/** Flush all and rename it to DATA/catalogue/incoming; an older one there is removed. */
int sync_catalogue_finish(struct sync_catalogue *c, struct err *err) YJ_CHECK;

/** Remove what was fetched: the set was refused. */
void sync_catalogue_drop(const char *data_dir);

#endif

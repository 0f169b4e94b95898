/* SPDX-License-Identifier: Apache-2.0 */
/* Signed catalogue sets on disk: one in use, the one before, one that waits for the next break
 * between two visits. Thread: the caller's; the folder is locked against other processes.
 *
 *     DATA/catalogue/sets/<SHA-256 of manifest.json>/…   never changed once it has this name
 *     DATA/catalogue/staged, current, previous           links to one of them, or absent
 *
 *     stage:  copy to sets/new → check the copy → flush → rename to its digest → link staged
 *     commit: link previous → link current → remove staged → remove what nobody names
 *
 * Each link is made beside and renamed over the old one, the folder flushed after it: a power cut
 * between any two steps leaves the old set or the new one, whole. What is left over is removed by
 * the next stage or commit. */
#ifndef YJ_APP_CATALOGUE_STORE_H
#define YJ_APP_CATALOGUE_STORE_H

#include <stdbool.h>

#include "seal/manifest.h"

enum catalogue_slot { CATALOGUE_CURRENT, CATALOGUE_PREVIOUS, CATALOGUE_STAGED, CATALOGUE_N_SLOTS };

/* What changes the disk; each gives 0, or -1 with errno. */
struct catalogue_store_ops {
    int (*make_dir)(int dir_fd, const char *name);
    int (*write_file)(int dir_fd, const char *name, const void *p, size_t n); /* a new one */
    int (*make_link)(const char *target, int dir_fd, const char *name);
    int (*rename)(int dir_fd, const char *from, const char *to);
    int (*remove)(int dir_fd, const char *name, bool is_dir);
    int (*flush)(int fd);
};

extern const struct catalogue_store_ops catalogue_store_disk; /* catalogue_disk.c */

/** Remove a folder with all that is in it; what cannot be removed is tried again next time.
 *  @param depth  of the folder: 1 */
void catalogue_remove_tree(const struct catalogue_store_ops *ops, int dir_fd, const char *name,
                           int depth);

struct catalogue_store;

/**
 * Open DATA/catalogue and lock it.
 * @param is_made  make the folder when it is not there
 * @param wait_ms  how long to wait for another process that has it
 * @param ops      NULL: catalogue_store_disk
 * @param ret      owned by the caller
 * @return 0, ERR_NOT_FOUND (no such folder), ERR_BUSY (somebody else has it), ERR_STORE_OPEN
 * Blocks: wait_ms.
 */
int catalogue_store_open(const char *data_dir, bool is_made, int wait_ms,
                         const struct catalogue_store_ops *ops, struct catalogue_store **ret,
                         struct err *err) YJ_CHECK;
void catalogue_store_close(struct catalogue_store *store);

/**
 * Which set a slot names; without a lock, one readlink.
 * @param digest  gets the set's name, "" when there is none
 * @return true when it names one
 */
bool catalogue_store_peek(const char *data_dir, enum catalogue_slot slot,
                          char digest[SEAL_DIGEST_BYTES]);

/** Folder of a set. @param cap at least 512 */
void catalogue_store_path(const char *data_dir, const char *digest, char *ret, size_t cap);

/** "current", "previous", "staged". */
const char *catalogue_slot_word(enum catalogue_slot slot);

/**
 * Check a set: signature, files, and that it is the set of this name.
 * @param ret  its manifest, through which its files can be read as they were signed; owned by the
 *             caller, manifest_free; may be NULL
 * @return 0, ERR_SEAL_SIGNATURE, ERR_SEAL_MANIFEST. Blocks: reads every file.
 */
int catalogue_store_verify(const char *data_dir, const char *digest,
                           const struct seal_verifier *publisher, struct manifest **ret,
                           struct err *err) YJ_CHECK;

/** Is what lies in this folder fit to be used? 0 or an error; see catalogue_store_stage. */
typedef int (*catalogue_check)(void *ctx, const char *dir, struct err *err);

/**
 * Check a signed set and lay it beside the present one.
 * @param check       called with the folder of the copy before it gets its name
 * @param ret_digest  the set's name
 * @return 0, what check returned, ERR_SEAL_*, ERR_STORE_WRITE, ERR_STORE_FULL; what was staged
 *         before stays then
 */
int catalogue_store_stage(struct catalogue_store *store, const char *dir,
                          const struct seal_verifier *publisher, catalogue_check check, void *ctx,
                          char ret_digest[SEAL_DIGEST_BYTES], struct err *err) YJ_CHECK;

/**
 * The staged set is the current one from now on.
 * @param before  set that was in use and becomes the previous one; "": none (the built-in set)
 * @return 0, ERR_WRONG_STATE (nothing is staged), ERR_STORE_WRITE, ERR_STORE_FULL
 */
int catalogue_store_commit(struct catalogue_store *store, const char *before,
                           struct err *err) YJ_CHECK;

/** Forget the staged set. */
int catalogue_store_unstage(struct catalogue_store *store, struct err *err) YJ_CHECK;

#endif

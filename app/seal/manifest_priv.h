/* SPDX-License-Identifier: Apache-2.0 */
/* Shared between manifest.c (reading, checking) and manifest_sign.c. Private to app/seal; the
 * tests of the parsers look in, too. */
#ifndef YJ_SEAL_MANIFEST_PRIV_H
#define YJ_SEAL_MANIFEST_PRIV_H

#include <jansson.h>

#include "seal/manifest.h"
#include "seal/seal_priv.h"

/* A walk through all files of a folder, each of which can be part of a set. */
struct manifest_walk {
    int (*visit)(struct manifest_walk *w, const char *name, struct err *err);
    size_t n_files;
    uint64_t total_bytes;
    const struct manifest *manifest; /* of the check */
    int dir_fd;
    json_t *files; /* of the signing */
};

/** @param fd  the folder; taken */
int manifest_walk_folder(struct manifest_walk *w, int fd, struct err *err) YJ_CHECK;

/** @return descriptor or ERR_SEAL_MANIFEST */
int manifest_open_dir(const char *dir, struct err *err);

/** SHA-256 of one file in hex. */
int manifest_digest_below(int dir_fd, const char *name, char hex[SEAL_DIGEST_BYTES],
                          struct err *err) YJ_CHECK;

/** The version that catalogue.json says. */
int manifest_read_version(int dir_fd, char ret[MANIFEST_VERSION_BYTES], struct err *err) YJ_CHECK;

/** What is signed: the domain's name and the manifest. Owned by the caller. */
char *manifest_signed_text(const char *text, size_t n, size_t *ret_bytes);

/**
 * @param signature  text of manifest.sig; the line's end is cut off
 * @return 0 or ERR_SEAL_SIGNATURE
 */
int manifest_check_signature(const struct seal_verifier *v, const char *text, size_t n,
                             char *signature, struct err *err) YJ_CHECK;

/**
 * Text of a manifest.json, whoever signed it.
 * @return 0 or ERR_SEAL_MANIFEST; owned by the caller, manifest_free
 */
int manifest_parse(const char *text, size_t n, struct manifest **ret, struct err *err) YJ_CHECK;

#endif

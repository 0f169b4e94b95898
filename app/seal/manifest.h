/* SPDX-License-Identifier: Apache-2.0 */
/* Signed catalogue sets: a manifest names every file of a folder with its SHA-256, the publisher
 * signs the manifest. Thread: any; nothing is shared between calls.
 *
 *     manifest.json  {"schema": "manifest/1", "version": "2026.11",
 *                     "files": {"national/newborn.json": "<64 hex digits>", …}}
 *     manifest.sig   one line: base64 of the DER signature, ECDSA P-256 over SHA-256 of
 *                    "yijian-catalogue-1\n" and the bytes of manifest.json
 *
 * A folder is good when it holds exactly the files that the manifest names, each with its digest:
 * none missing, none more, no links, no devices. */
#ifndef YJ_SEAL_MANIFEST_H
#define YJ_SEAL_MANIFEST_H

#include "seal/seal.h"

enum {
    MANIFEST_MAX_FILES = 4096,
    MANIFEST_MAX_FILE_BYTES = 1 << 20,
    MANIFEST_MAX_TOTAL_BYTES = 64 << 20,
    MANIFEST_NAME_BYTES = 96, /* "regions/430102/newborn.json" and NUL */
    MANIFEST_VERSION_BYTES = 65,
};

#define MANIFEST_FILE      "manifest.json"
#define MANIFEST_SIGNATURE "manifest.sig"

struct manifest {
    char digest[SEAL_DIGEST_BYTES]; /* of the manifest itself: the name of the set */
    char version[MANIFEST_VERSION_BYTES];
    struct manifest_entry {
        char name[MANIFEST_NAME_BYTES];
        char digest[SEAL_DIGEST_BYTES];
    } * file;
    size_t n_files;
};

/**
 * Load the publisher's public key.
 * @param path  PEM: a certificate or a public key, P-256
 * @return 0 or ERR_SEAL_KEY. Blocks: disk. Owns: seal_verifier_close.
 */
int manifest_publisher_open(const char *path, struct seal_verifier **ret, struct err *err) YJ_CHECK;

/**
 * Write manifest and signature for a folder; older ones are replaced.
 * @param key  PEM: private key on P-256, without a passphrase
 * @return 0, ERR_SEAL_KEY, ERR_SEAL_MANIFEST (something in the folder cannot be part of a set, or
 *         catalogue.json has no version), ERR_IO. Blocks: disk.
 */
int manifest_sign(const char *dir, const char *key, struct err *err) YJ_CHECK;

/**
 * Check the signature and read the manifest; the files are not looked at.
 * @param ret  owned by the caller, manifest_free
 * @return 0, ERR_SEAL_SIGNATURE, ERR_SEAL_MANIFEST. Blocks: disk.
 */
int manifest_open(const char *dir, const struct seal_verifier *v, struct manifest **ret,
                  struct err *err) YJ_CHECK;
void manifest_free(struct manifest *m);

/**
 * Check that the folder holds the files of the manifest and nothing else, and that the set calls
 * itself by the manifest's version.
 * @return 0 or ERR_SEAL_MANIFEST (file and reason in err). Blocks: reads every file.
 */
int manifest_check(const struct manifest *m, const char *dir, struct err *err) YJ_CHECK;

/**
 * Read one file of a set, through no link, device or pipe. What is given is what was signed, even
 * when the file on disk is another one by now.
 * @param name  one that the manifest names, MANIFEST_FILE (the manifest as it was opened), or
 *              MANIFEST_SIGNATURE (for which nobody vouches)
 * @param ret   owned by the caller
 * @return 0 or ERR_SEAL_MANIFEST
 */
int manifest_read_file(const struct manifest *m, const char *dir, const char *name, char **ret,
                       size_t *ret_bytes, struct err *err) YJ_CHECK;

#endif

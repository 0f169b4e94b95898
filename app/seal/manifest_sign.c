/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests: signing, on the publisher's machine. Any thread. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "seal/manifest_priv.h"

static int private_key(const char *path, EVP_PKEY **ret, struct err *err)
{
    FILE *f = fopen(path, "r");
    if (!f)
        return ERR(err, ERR_SEAL_KEY, "the publisher's private key cannot be read");
    /* An empty passphrase keeps OpenSSL from asking on the terminal. */
    EVP_PKEY *key = PEM_read_PrivateKey(f, NULL, NULL, (char[]){""});
    fclose(f);
    if (!key)
        return seal_fail(err, ERR_SEAL_KEY, __func__, "the publisher's private key is not PEM");
    if (!seal_key_is(key, SEAL_KEY_P256)) {
        EVP_PKEY_free(key);
        return ERR(err, ERR_SEAL_KEY, "the publisher's private key is not on P-256");
    }
    *ret = key;
    return 0;
}

/* ---- signing ---- */

static int sign_visit(struct manifest_walk *w, const char *name, struct err *err)
{
    char digest[SEAL_DIGEST_BYTES];
    int rc = manifest_digest_below(w->dir_fd, name, digest, err);
    if (rc == 0)
        json_object_set_new(w->files, name, json_string(digest));
    return rc;
}

static int put_signed(int dir_fd, EVP_PKEY *key, const char *text, struct err *err)
{
    uint8_t der[72];
    char line[SEAL_SIGNATURE_BYTES + 1];
    size_t bytes = 0;
    YJ_CLEANUP(cleanup_free) char *whole = manifest_signed_text(text, strlen(text), &bytes);
    int der_bytes = seal_suite_p256.sign(key, whole, bytes, der, sizeof der, err);
    if (der_bytes < 0)
        return der_bytes;
    YJ_CLEANUP(cleanup_free) char *base64 = seal_base64(der, (size_t)der_bytes);
    snprintf(line, sizeof line, "%s\n", base64);
    int rc = file_make_at(dir_fd, MANIFEST_FILE, text, strlen(text), 0644, err);
    return rc ? rc : file_make_at(dir_fd, MANIFEST_SIGNATURE, line, strlen(line), 0644, err);
}

int manifest_sign(const char *dir, const char *key, struct err *err)
{
    EVP_PKEY *private = NULL;
    char version[MANIFEST_VERSION_BYTES];
    YJ_CLEANUP(cleanup_close) int fd = manifest_open_dir(dir, err);
    int rc = fd < 0 ? fd : private_key(key, &private, err);
    if (rc)
        return rc;
    struct manifest_walk w = {.visit = sign_visit, .dir_fd = fd, .files = json_object()};
    json_t *root = json_pack("{ss so}", "schema", "manifest/1", "files", w.files);
    rc = manifest_read_version(fd, version, err);
    if (rc == 0)
        json_object_set_new(root, "version", json_string(version));
    int below = rc ? rc : manifest_open_dir(dir, err);
    rc = below < 0 ? below : manifest_walk_folder(&w, below, err);
    if (rc == 0) {
        YJ_CLEANUP(cleanup_free) char *text = json_dumps(root, JSON_INDENT(1) | JSON_SORT_KEYS);
        rc = text ? put_signed(fd, private, text, err)
                  : ERR(err, ERR_SEAL_MANIFEST, "the manifest cannot be written");
    }
    json_decref(root);
    EVP_PKEY_free(private);
    return rc;
}

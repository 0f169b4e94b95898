/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a manifest and as its signature: no signature is ever good; a manifest is refused
 * with a reason or names files that lie below the set, in order and once. Behind a line "----" the
 * text of the signature may follow. */
#define _GNU_SOURCE /* memmem, memfd_create */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "seal/manifest_priv.h"

/* The private key was never kept. */
static const char publisher_text[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE2PwzclgyfWKF+mbKihWCNBRbUEsG\n"
    "IXEIvxG4h+/QlVTPTwIulDT/pEh8IodODXiARjkfp0MdEu+62wdBpRW5EQ==\n"
    "-----END PUBLIC KEY-----\n";

static struct seal_verifier *open_publisher(void)
{
    char path[64];
    struct err err = {0};
    struct seal_verifier *v = NULL;
    int fd = memfd_create("publisher", MFD_CLOEXEC);
    if (fd < 0 || write(fd, publisher_text, sizeof publisher_text - 1) < 0)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (manifest_publisher_open(path, &v, &err))
        abort();
    close(fd);
    return v;
}

static void check_names(const struct manifest *m)
{
    if (!m->n_files || m->n_files > MANIFEST_MAX_FILES || !m->version[0])
        abort();
    for (size_t i = 0; i < m->n_files; i++) {
        const char *name = m->file[i].name;
        if (name[0] == '/' || strstr(name, "..") == name || strstr(name, "/.") ||
            strstr(name, "//") || !strcmp(name, MANIFEST_SIGNATURE) ||
            strlen(m->file[i].digest) != SEAL_DIGEST_BYTES - 1)
            abort();
        if (i && strcmp(m->file[i - 1].name, name) >= 0)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char line[] = "\n----\n";
    static struct seal_verifier *publisher; /* for all inputs of the process */
    struct manifest *m = NULL;
    struct err err = {0};
    const char *text = (const char *)data;
    const char *cut = memmem(text, size, line, sizeof line - 1);
    if (!publisher)
        publisher = open_publisher();
    size_t bytes = cut ? (size_t)(cut - text) : size;
    if (cut) {
        size_t n = size - bytes - (sizeof line - 1);
        YJ_CLEANUP(cleanup_free) char *signature = mem_zalloc(n + 1, 1);
        memcpy(signature, cut + sizeof line - 1, n);
        if (!manifest_check_signature(publisher, text, bytes, signature, &err) || !err.msg[0])
            abort();
    }
    err = (struct err){0};
    if (!manifest_parse(text, bytes, &m, &err))
        check_names(m);
    else if (!err.msg[0])
        abort();
    manifest_free(m);
    return 0;
}

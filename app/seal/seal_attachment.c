/* SPDX-License-Identifier: Apache-2.0 */
/* Files that belong to a record, sealed one by one. Runs on the outbox thread. */
#include "seal/seal_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"

enum { NAME_MAX_BYTES = 127, TYPE_MAX_BYTES = 63, HEAD_MAX_BYTES = 512 };

static bool name_is_good(const char *name)
{
    size_t n = strlen(name);
    for (const char *c = name; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f || *c == '"' || *c == '\\' || *c == '/')
            return false; /* nothing that JSON escapes or a file system takes apart */
    return n > 0 && n <= NAME_MAX_BYTES && bytes_utf8_valid(name, n);
}

static bool type_is_good(const char *type)
{
    static const char word[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/.+-";
    size_t n = strlen(type);
    return n > 0 && n <= TYPE_MAX_BYTES && strspn(type, word) == n && strchr(type, '/');
}

int seal_attachment(const struct seal *s, const char *name, const char *type, const void *bytes,
                    size_t n, uint8_t **ret_sealed, struct seal_attachment *ret, struct err *err)
{
    char head[HEAD_MAX_BYTES];
    if (!name_is_good(name) || !type_is_good(type))
        return ERR(err, ERR_INVALID, "an attachment's name or type is not of the right form");
    if (n == 0 || n > SEAL_MAX_ATTACHMENT_BYTES - 4096)
        return ERR(err, ERR_TOO_BIG, "an attachment of %zu bytes cannot be sealed", n);
    int head_bytes = snprintf(head, sizeof head, "{\"name\":\"%s\",\"type\":\"%s\"}\n", name, type);
    size_t total = (size_t)head_bytes + n, sealed_bytes = 0;
    uint8_t *plain = mem_zalloc(total, 1);
    memcpy(plain, head, (size_t)head_bytes);
    memcpy(plain + head_bytes, bytes, n);
    int rc =
        s->suite->seal(s->centre[s->present].cert, plain, total, ret_sealed, &sealed_bytes, err);
    bytes_wipe(plain, total);
    free(plain);
    if (rc)
        return rc;
    s->suite->digest(*ret_sealed, sealed_bytes, ret->digest);
    ret->bytes = (int64_t)sealed_bytes;
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Opening attachments. Main thread. Inside the sealed bytes stands one line of JSON, LF, the file.
 */
#include "attachment_tool.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attachments.h"
#include "base/bytes.h"

struct pick {
    char uuid[LEDGER_UUID_BYTES];
};

static int pick_visit(void *arg, const struct ledger_record *record, struct err *err)
{
    struct pick *pick = arg;
    (void)err;
    snprintf(pick->uuid, sizeof pick->uuid, "%s", record->envelope.uuid);
    return 0;
}

static int write_all(const char *path, const uint8_t *p, size_t n, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool is_good = fd >= 0 && fchmod(fd, 0600) == 0;
    while (is_good && n) {
        ssize_t done = write(fd, p, n);
        is_good = done > 0;
        p += done > 0 ? done : 0;
        n -= done > 0 ? (size_t)done : 0;
    }
    if (fd >= 0)
        is_good = close(fd) == 0 && is_good;
    return is_good ? 0 : ERR(err, ERR_IO, "%s cannot be written", path);
}

int attachment_tool_write(const struct centre *c, enum ledger_key key, const char *text,
                          const char *digest, const char *out, struct err *err)
{
    struct pick pick = {.uuid = ""};
    YJ_CLEANUP(keyring_blob_free) struct keyring_blob sealed = {0};
    YJ_CLEANUP(keyring_blob_free) struct keyring_blob plain = {0};
    int r = ledger_walk(c->ledger, key, text, pick_visit, &pick, err);
    if (r == 0 && !pick.uuid[0])
        r = ERR(err, ERR_NOT_FOUND, "no such record");
    if (r == 0)
        r = attachments_read(c->db, pick.uuid, digest, &sealed, err);
    if (r == 0)
        r = keyring_unseal(c->keys, sealed.data, sealed.bytes, &plain, err);
    if (r < 0)
        return r;
    const uint8_t *end = memchr(plain.data, '\n', plain.bytes);
    size_t head = end ? (size_t)(end - plain.data) : 0;
    json_t *line = end ? json_loadb((const char *)plain.data, head, 0, NULL) : NULL;
    if (!json_is_object(line)) {
        json_decref(line);
        return ERR(err, ERR_SEAL_CRYPTO, "what is sealed is not an attachment");
    }
    size_t n = plain.bytes - head - 1;
    r = write_all(out, end + 1, n, err);
    json_object_set_new(line, "bytes", json_integer((json_int_t)n));
    char *told = json_dumps(line, JSON_COMPACT);
    json_decref(line);
    if (r == 0 && told)
        puts(told);
    bytes_free_wiped(told);
    return r;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The sequence file: layout and steps in the header. Thread: outbox. */
#include "store/sequence_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "seal/seal.h"

enum { SLOT_BYTES = 512, N_SLOTS = 2 };

struct sequence_file {
    int fd;
    int64_t turn; /* of the newest valid slot */
};

static int io_error(struct err *err, const char *what)
{
    bool is_full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
    return ERR(err, is_full ? ERR_STORE_FULL : ERR_STORE_WRITE, "sequence file: %s: errno %d", what,
               errno);
}

static bool slot_parse(const char *slot, struct sequence_mark *mark, int64_t *ret_turn)
{
    char line[SLOT_BYTES + 1], digest[SEAL_DIGEST_BYTES];
    char state = 0, sum[SEAL_DIGEST_BYTES] = "";
    int end = 0;
    memcpy(line, slot, SLOT_BYTES);
    line[SLOT_BYTES] = '\0';
    if (sscanf(line, "yijian-sequence-1 %" SCNd64 " %10[0-9] %" SCNd64 " %c %64[0-9a-f] %d %n",
               ret_turn, mark->terminal, &mark->sequence, &state, mark->digest, &mark->high_serial,
               &end) != 6 ||
        end == 0 || sscanf(line + end, "%64[0-9a-f]", sum) != 1)
        return false;
    mark->is_committed = state == 'C';
    seal_digest(line, (size_t)end, digest);
    return strcmp(sum, digest) == 0 && (state == 'C' || state == 'P');
}

int sequence_file_write(struct sequence_file *f, const struct sequence_mark *mark, struct err *err)
{
    char slot[SLOT_BYTES], digest[SEAL_DIGEST_BYTES];
    int64_t turn = f->turn + 1;
    memset(slot, ' ', sizeof slot);
    int n = snprintf(slot, sizeof slot, "yijian-sequence-1 %" PRId64 " %s %" PRId64 " %c %s %d ",
                     turn, mark->terminal, mark->sequence, mark->is_committed ? 'C' : 'P',
                     mark->digest, mark->high_serial);
    seal_digest(slot, (size_t)n, digest);
    memcpy(slot + n, digest, 64);
    slot[n + 64] = '\n';
    ssize_t done = pwrite(f->fd, slot, sizeof slot, (off_t)(turn % N_SLOTS * SLOT_BYTES));
    if (done != (ssize_t)sizeof slot) {
        if (done >= 0)
            errno = ENOSPC;
        return io_error(err, "write");
    }
    if (fdatasync(f->fd) != 0)
        return io_error(err, "flush");
    f->turn = turn;
    return 0;
}

int sequence_file_open(int dir_fd, struct sequence_file **ret, struct sequence_mark *ret_mark,
                       bool *ret_found, bool *ret_is_new, struct err *err)
{
    char slots[N_SLOTS * SLOT_BYTES] = {0};
    YJ_CLEANUP(cleanup_close) int fd = openat(dir_fd, "sequence", O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    bool is_new = fd < 0 && errno == ENOENT;
    if (is_new)
        fd = openat(dir_fd, "sequence", O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return ERR(err, ERR_STORE_OPEN, "sequence file: errno %d", errno);
    ssize_t got = pread(fd, slots, sizeof slots, 0);
    if (got < 0)
        return ERR(err, ERR_STORE_OPEN, "sequence file: read: errno %d", errno);
    /* Room for both slots now, so that a full disk cannot stop a later write in the middle. */
    if (got < (ssize_t)sizeof slots &&
        (pwrite(fd, slots, sizeof slots, 0) != (ssize_t)sizeof slots || fsync(fd) != 0 ||
         fsync(dir_fd) != 0))
        return io_error(err, "make");

    struct sequence_file *f = mem_zalloc(1, sizeof *f);
    *ret_found = false;
    memset(ret_mark, 0, sizeof *ret_mark);
    for (int i = 0; i < N_SLOTS; i++) {
        struct sequence_mark mark = {0};
        int64_t turn = 0;
        if (slot_parse(slots + i * SLOT_BYTES, &mark, &turn) && (!*ret_found || turn > f->turn)) {
            *ret_mark = mark;
            *ret_found = true;
            f->turn = turn;
        }
    }
    f->fd = fd;
    fd = -1; /* owned by f now */
    /* A file of zeros was made by a first start that got no further. */
    static const char zeros[sizeof slots];
    *ret_is_new = is_new || memcmp(slots, zeros, sizeof slots) == 0;
    *ret = f;
    return 0;
}

void sequence_file_close(struct sequence_file *f)
{
    if (!f)
        return;
    close(f->fd);
    free(f);
}

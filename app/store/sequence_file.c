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

#include <sqlite3.h>

#include "base/mem.h"
#include "seal/seal.h"

static const char file_name[] = "sequence";
enum { SLOT_BYTES = 512, N_SLOTS = 2 };

struct sequence_file {
    int64_t turn;       /* of the newest valid slot */
    int hard_slot;      /* what lies there is flushed */
    bool is_noted;      /* what lies in the other one is newer */
    char *path;         /* the VFS keeps a pointer to it */
    sqlite3_file *file; /* szOsFile bytes behind it; pMethods is NULL while it is not open */
};

static int io_error(struct err *err, int rc, const char *what)
{
    bool is_full = rc == SQLITE_FULL || errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
    return ERR(err, is_full ? ERR_STORE_FULL : ERR_STORE_WRITE, "sequence file: %s: (%d, errno %d)",
               what, rc, errno);
}

static int bytes_write(struct sequence_file *f, const void *p, size_t n, int64_t at,
                       struct err *err)
{
    errno = 0; /* for io_error */
    int rc = f->file->pMethods->xWrite(f->file, p, (int)n, at);
    return rc == SQLITE_OK ? 0 : io_error(err, rc, "write");
}

static int file_flush(struct sequence_file *f, struct err *err)
{
    errno = 0; /* for io_error */
    int rc = f->file->pMethods->xSync(f->file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
    return rc == SQLITE_OK ? 0 : io_error(err, rc, "flush");
}

/* Form 1, of the first release: one number at a time was pending (P) or given (C). */
static bool form_1_parse(const char *line, struct sequence_mark *mark, int64_t *ret_turn,
                         int *ret_end)
{
    char state = 0;
    if (sscanf(line, "yijian-sequence-1 %" SCNd64 " %10[0-9] %" SCNd64 " %c %64[0-9a-f] %d %n",
               ret_turn, mark->terminal, &mark->sequence, &state, mark->digest, &mark->high_serial,
               ret_end) != 6 ||
        (state != 'C' && state != 'P'))
        return false;
    mark->reserved = mark->sequence;
    mark->sequence -= state == 'P';
    return true;
}

static bool slot_parse(const char *slot, struct sequence_mark *mark, int64_t *ret_turn)
{
    char line[SLOT_BYTES + 1], digest[SEAL_DIGEST_BYTES], sum[SEAL_DIGEST_BYTES] = "";
    int end = 0;
    memcpy(line, slot, SLOT_BYTES);
    line[SLOT_BYTES] = '\0';
    bool is_form_2 =
        sscanf(line,
               "yijian-sequence-2 %" SCNd64 " %10[0-9] %" SCNd64 " %" SCNd64 " %64[0-9a-f] %d %n",
               ret_turn, mark->terminal, &mark->sequence, &mark->reserved, mark->digest,
               &mark->high_serial, &end) == 6;
    if (!is_form_2 && !form_1_parse(line, mark, ret_turn, &end))
        return false;
    if (end == 0 || sscanf(line + end, "%64[0-9a-f]", sum) != 1)
        return false;
    seal_digest(line, (size_t)end, digest);
    return strcmp(sum, digest) == 0;
}

static int slot_write(struct sequence_file *f, const struct sequence_mark *mark, int slot,
                      struct err *err)
{
    char text[SLOT_BYTES], digest[SEAL_DIGEST_BYTES];
    memset(text, ' ', sizeof text);
    int n = snprintf(text, sizeof text,
                     "yijian-sequence-2 %" PRId64 " %s %" PRId64 " %" PRId64 " %s %d ", f->turn + 1,
                     mark->terminal, mark->sequence, mark->reserved,
                     mark->digest[0] ? mark->digest : SEAL_DIGEST_NONE, mark->high_serial);
    seal_digest(text, (size_t)n, digest);
    memcpy(text + n, digest, 64);
    text[n + 64] = '\n';
    int rc = bytes_write(f, text, sizeof text, (int64_t)slot * SLOT_BYTES, err);
    if (rc == 0)
        f->turn++;
    return rc;
}

int sequence_file_reserve(struct sequence_file *f, const struct sequence_mark *mark,
                          struct err *err)
{
    int slot = 1 - f->hard_slot;
    int rc = slot_write(f, mark, slot, err);
    if (rc == 0)
        rc = file_flush(f, err);
    if (rc == 0) {
        f->hard_slot = slot;
        f->is_noted = false;
    }
    return rc;
}

int sequence_file_note(struct sequence_file *f, const struct sequence_mark *mark, struct err *err)
{
    int rc = slot_write(f, mark, 1 - f->hard_slot, err);
    f->is_noted = rc == 0; /* a write that failed may have spoilt an older note */
    return rc;
}

int sequence_file_settle(struct sequence_file *f, struct err *err)
{
    if (!f->is_noted)
        return 0;
    /* After a flush that failed, a later one may succeed though these bytes are lost: they must be
     * written again before they count. */
    f->is_noted = false;
    int rc = file_flush(f, err);
    if (rc == 0)
        f->hard_slot = 1 - f->hard_slot;
    return rc;
}

/* Made here and not by the VFS, for the mode and so that no link is followed. */
static int entry_make(int dir_fd, bool *ret_is_new, struct err *err)
{
    YJ_CLEANUP(cleanup_close) int fd = openat(dir_fd, file_name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    *ret_is_new = fd < 0 && errno == ENOENT;
    if (*ret_is_new)
        fd = openat(dir_fd, file_name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return ERR(err, ERR_STORE_OPEN, "sequence file: errno %d", errno);
    return 0;
}

static int slots_read(struct sequence_file *f, char *slots, size_t n, bool *ret_is_short,
                      struct err *err)
{
    sqlite3_int64 size = 0;
    int rc = f->file->pMethods->xFileSize(f->file, &size);
    if (rc == SQLITE_OK)
        rc = f->file->pMethods->xRead(f->file, slots, (int)n, 0); /* zeros behind the end */
    if (rc != SQLITE_OK && rc != SQLITE_IOERR_SHORT_READ)
        return ERR(err, ERR_STORE_OPEN, "sequence file: read: (%d, errno %d)", rc, errno);
    *ret_is_short = size < (sqlite3_int64)n;
    return 0;
}

/* The highest turn of the slots that are whole. */
static bool mark_find(struct sequence_file *f, const char *slots, struct sequence_mark *ret)
{
    bool is_found = false;
    for (int i = 0; i < N_SLOTS; i++) {
        struct sequence_mark mark = {0};
        int64_t turn = 0;
        if (slot_parse(slots + i * SLOT_BYTES, &mark, &turn) && (!is_found || turn > f->turn)) {
            *ret = mark;
            is_found = true;
            f->turn = turn;
            f->hard_slot = i;
        }
    }
    return is_found;
}

static void file_cleanup(struct sequence_file **f)
{
    sequence_file_close(*f);
}

int sequence_file_open(const char *dir, int dir_fd, struct sequence_file **ret,
                       struct sequence_mark *ret_mark, bool *ret_found, bool *ret_is_new,
                       struct err *err)
{
    static const char zeros[N_SLOTS * SLOT_BYTES];
    char slots[N_SLOTS * SLOT_BYTES] = {0};
    bool is_new = false, is_short = false;
    int rc = entry_make(dir_fd, &is_new, err);
    if (rc)
        return rc;
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    if (!vfs)
        return ERR(err, ERR_STORE_OPEN, "sequence file: SQLite cannot be used");
    YJ_CLEANUP(file_cleanup) struct sequence_file *f = mem_zalloc(1, sizeof *f);
    f->file = mem_zalloc(1, (size_t)vfs->szOsFile);
    size_t path_bytes = strlen(dir) + sizeof file_name + 1;
    f->path = mem_zalloc(1, path_bytes);
    snprintf(f->path, path_bytes, "%s/%s", dir, file_name);
    /* Of all types of file this one has no database beside it, is not locked, and its entry in the
     * folder is flushed with the file. */
    rc = vfs->xOpen(vfs, f->path, f->file,
                    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_SUPER_JOURNAL, NULL);
    if (rc != SQLITE_OK)
        return ERR(err, ERR_STORE_OPEN, "sequence file: (%d, errno %d)", rc, errno);
    rc = slots_read(f, slots, sizeof slots, &is_short, err);
    /* Room for both slots now, so that a full disk cannot stop a later write in the middle. */
    if (rc == 0 && is_short)
        rc = bytes_write(f, slots, sizeof slots, 0, err);
    /* From here on the newest slot is flushed, whoever wrote it. */
    if (rc == 0)
        rc = file_flush(f, err);
    if (rc == 0 && is_short && fsync(dir_fd) != 0)
        rc = ERR(err, ERR_STORE_WRITE, "sequence file: flush of the folder: errno %d", errno);
    if (rc)
        return rc;
    memset(ret_mark, 0, sizeof *ret_mark);
    *ret_found = mark_find(f, slots, ret_mark);
    /* A file of zeros was made by a first start that got no further. */
    *ret_is_new = is_new || memcmp(slots, zeros, sizeof slots) == 0;
    *ret = f;
    f = NULL; /* owned by the caller now */
    return 0;
}

void sequence_file_close(struct sequence_file *f)
{
    if (!f)
        return;
    if (f->file->pMethods)
        f->file->pMethods->xClose(f->file);
    free(f->file);
    free(f->path);
    free(f);
}

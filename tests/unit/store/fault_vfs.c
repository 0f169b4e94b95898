/* SPDX-License-Identifier: Apache-2.0 */
/* A VFS before the real one whose files may fail. */
#include "fault_vfs.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

static struct fault fault;
static struct fault_counts counts;

struct fault *fault_now(void)
{
    return &fault;
}

struct fault_counts *fault_counts(void)
{
    return &counts;
}

static bool fault_due(void)
{
    if (fault.countdown == 0)
        return false;
    if (fault.countdown == 1)
        return true; /* stays when it lasts; see fault_spent */
    fault.countdown--;
    return false;
}

static void fault_spent(void)
{
    if (fault.is_kill)
        _exit(FAULT_KILLED);
    if (!fault.is_lasting)
        fault.countdown = 0;
    errno = fault.error;
}

struct fault_file {
    sqlite3_file base;
    sqlite3_file *real;
    int *n_syncs; /* where this kind of file is counted */
};

static sqlite3_vfs *real_vfs;

static sqlite3_file *real_of(sqlite3_file *f)
{
    struct fault_file *mine = (void *)f;
    return mine->real;
}

static int f_close(sqlite3_file *f)
{
    sqlite3_file *real = real_of(f);
    int rc = real->pMethods ? real->pMethods->xClose(real) : SQLITE_OK;
    sqlite3_free(real);
    return rc;
}
static int f_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
    return real_of(f)->pMethods->xRead(real_of(f), p, n, at);
}
static int f_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
    sqlite3_file *real = real_of(f);
    if (!fault_due())
        return real->pMethods->xWrite(real, p, n, at);
    if (fault.is_torn)
        (void)real->pMethods->xWrite(real, p, n / 2, at);
    fault_spent();
    return fault.error == ENOSPC ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}
static int f_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    if (fault_due()) {
        fault_spent();
        return SQLITE_IOERR_TRUNCATE;
    }
    return real_of(f)->pMethods->xTruncate(real_of(f), size);
}
static int f_sync(sqlite3_file *f, int flags)
{
    if (fault_due()) {
        fault_spent();
        return SQLITE_IOERR_FSYNC;
    }
    struct fault_file *mine = (void *)f;
    ++*mine->n_syncs;
    return real_of(f)->pMethods->xSync(real_of(f), flags);
}
static int f_size(sqlite3_file *f, sqlite3_int64 *size)
{
    return real_of(f)->pMethods->xFileSize(real_of(f), size);
}
static int f_lock(sqlite3_file *f, int kind)
{
    return real_of(f)->pMethods->xLock(real_of(f), kind);
}
static int f_unlock(sqlite3_file *f, int kind)
{
    return real_of(f)->pMethods->xUnlock(real_of(f), kind);
}
static int f_reserved(sqlite3_file *f, int *ret)
{
    return real_of(f)->pMethods->xCheckReservedLock(real_of(f), ret);
}
static int f_control(sqlite3_file *f, int op, void *arg)
{
    return real_of(f)->pMethods->xFileControl(real_of(f), op, arg);
}
static int f_sector(sqlite3_file *f)
{
    return real_of(f)->pMethods->xSectorSize(real_of(f));
}
static int f_device(sqlite3_file *f)
{
    return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f));
}

/* Version 1: no shared memory, so the store can only work if it really keeps the WAL index in
 * its own memory, and no memory mapping. */
static const sqlite3_io_methods fault_methods = {
    1,      f_close,  f_read,     f_write,   f_truncate, f_sync,   f_size,
    f_lock, f_unlock, f_reserved, f_control, f_sector,   f_device, NULL,
    NULL,   NULL,     NULL,       NULL,      NULL};

static int v_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *ret_flags)
{
    struct fault_file *mine = (void *)f;
    (void)vfs;
    mine->base.pMethods = NULL;
    mine->n_syncs = flags & SQLITE_OPEN_WAL             ? &counts.n_log_syncs
                    : flags & SQLITE_OPEN_SUPER_JOURNAL ? &counts.n_sequence_syncs
                                                        : &counts.n_database_syncs;
    mine->real = sqlite3_malloc(real_vfs->szOsFile);
    memset(mine->real, 0, (size_t)real_vfs->szOsFile);
    int rc = real_vfs->xOpen(real_vfs, name, mine->real, flags, ret_flags);
    if (rc == SQLITE_OK)
        mine->base.pMethods = &fault_methods;
    else
        sqlite3_free(mine->real);
    return rc;
}

void fault_vfs_install(void)
{
    static sqlite3_vfs vfs;
    real_vfs = sqlite3_vfs_find(NULL);
    vfs = *real_vfs;
    vfs.zName = "fault";
    vfs.szOsFile = sizeof(struct fault_file);
    vfs.xOpen = v_open;
    sqlite3_vfs_register(&vfs, 1);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The recording and failing VFS. Thread: the store's. */
#define _GNU_SOURCE /* O_*64 prototypes of the wrapped calls */

#include "disk_vfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/mem.h"

struct disk_file {
    sqlite3_file base;
    sqlite3_file *real;
    int id;
    bool is_folder_synced; /* what unixSync does once for a new log or journal */
    char name[DISK_NAME_BYTES];
};

static struct {
    struct disk_trace *trace; /* NULL: nothing is recorded */
    char dir[512], parent[512];
    struct {
        char name[DISK_NAME_BYTES];
        int id;
    } known[DISK_MAX_FILES];
    int n_known;
    struct disk_fault fault;
    sqlite3_vfs *real;
} vfs_state;

struct disk_fault *disk_vfs_fault(void)
{
    return &vfs_state.fault;
}

/* --- names ----------------------------------------------------------------------------------- */

static int *id_of(const char *name)
{
    for (int i = 0; i < vfs_state.n_known; i++)
        if (strcmp(vfs_state.known[i].name, name) == 0)
            return &vfs_state.known[i].id;
    if (vfs_state.n_known == DISK_MAX_FILES)
        abort();
    snprintf(vfs_state.known[vfs_state.n_known].name, DISK_NAME_BYTES, "%s", name);
    vfs_state.known[vfs_state.n_known].id = -1;
    return &vfs_state.known[vfs_state.n_known++].id;
}

/* The name inside the recorded folder, or NULL. */
static const char *name_in_folder(const char *path)
{
    size_t n = strlen(vfs_state.dir);
    if (!vfs_state.trace || !path || strncmp(path, vfs_state.dir, n) != 0 || path[n] != '/' ||
        strchr(path + n + 1, '/'))
        return NULL;
    return path + n + 1;
}

static void note(enum disk_op_kind kind, const char *name, const char *to)
{
    struct disk_op op = {.kind = kind};
    if (!vfs_state.trace)
        return;
    if (name)
        snprintf(op.name, sizeof op.name, "%s", name);
    if (to)
        snprintf(op.to, sizeof op.to, "%s", to);
    if (kind == DISK_CREATE) {
        if (vfs_state.trace->n_files == DISK_MAX_FILES)
            abort();
        op.file = *id_of(name) = vfs_state.trace->n_files++;
    } else if (kind == DISK_RENAME) {
        *id_of(to) = *id_of(name);
        *id_of(name) = -1;
    } else if (kind == DISK_DELETE) {
        *id_of(name) = -1;
    }
    disk_trace_add(vfs_state.trace, &op);
}

static void note_bytes(const struct disk_file *f, enum disk_op_kind kind, const void *p, size_t n,
                       int64_t at)
{
    struct disk_op op = {.kind = kind, .file = f->id, .at = at, .n = n};
    if (!vfs_state.trace || f->id < 0)
        return;
    snprintf(op.name, sizeof op.name, "%s", f->name);
    if (n)
        op.bytes = mem_dup(p, n);
    disk_trace_add(vfs_state.trace, &op);
}

static void base_record(const char *dir)
{
    DIR *d = opendir(dir);
    struct dirent *e;
    if (!d)
        return;
    note(DISK_MAKE_FOLDER, NULL, NULL);
    note(DISK_SYNC_PARENT, NULL, NULL);
    while ((e = readdir(d)) != NULL) {
        struct stat st;
        int fd = e->d_name[0] == '.' ? -1 : openat(dirfd(d), e->d_name, O_RDONLY | O_CLOEXEC);
        if (fd < 0 || fstat(fd, &st) != 0)
            continue;
        uint8_t *bytes = mem_zalloc(1, (size_t)st.st_size + 1);
        if (read(fd, bytes, (size_t)st.st_size) != st.st_size)
            abort();
        close(fd);
        note(DISK_CREATE, e->d_name, NULL);
        struct disk_file f = {.id = *id_of(e->d_name)};
        snprintf(f.name, sizeof f.name, "%.*s", DISK_NAME_BYTES - 1, e->d_name);
        if (st.st_size)
            note_bytes(&f, DISK_WRITE, bytes, (size_t)st.st_size, 0);
        note_bytes(&f, DISK_SYNC, NULL, 0, 0);
        free(bytes);
    }
    closedir(d);
    note(DISK_SYNC_FOLDER, NULL, NULL);
}

void disk_vfs_record(struct disk_trace *t, const char *dir)
{
    vfs_state.trace = t;
    vfs_state.n_known = 0;
    snprintf(vfs_state.dir, sizeof vfs_state.dir, "%s", dir);
    snprintf(vfs_state.parent, sizeof vfs_state.parent, "%s", dir);
    char *slash = strrchr(vfs_state.parent, '/');
    if (slash)
        *slash = '\0';
    base_record(dir);
}

void disk_vfs_record_end(void)
{
    vfs_state.trace = NULL;
}

/* --- faults ---------------------------------------------------------------------------------- */

static bool fault_due(void)
{
    struct disk_fault *f = &vfs_state.fault;
    if (f->countdown == 0 || f->countdown-- > 1)
        return false;
    f->countdown = f->is_lasting ? 1 : 0;
    errno = f->error;
    return true;
}

static int fault_code(int otherwise)
{
    errno = vfs_state.fault.error;
    return vfs_state.fault.error == ENOSPC  ? SQLITE_FULL
           : vfs_state.fault.error == EROFS ? SQLITE_READONLY
                                            : otherwise;
}

static void sync_wait(void)
{
    struct timespec t = {vfs_state.fault.sync_ms / 1000, vfs_state.fault.sync_ms % 1000 * 1000000L};
    vfs_state.fault.n_syncs++;
    if (vfs_state.fault.sync_ms)
        nanosleep(&t, NULL);
}

/* --- calls of the store itself --------------------------------------------------------------- */

int __real_openat64(int dir, const char *name, int flags, ...);
int __wrap_openat64(int dir, const char *name, int flags, ...);
int __real_renameat(int from_dir, const char *from, int to_dir, const char *to);
int __wrap_renameat(int from_dir, const char *from, int to_dir, const char *to);
int __real_unlinkat(int dir, const char *name, int flags);
int __wrap_unlinkat(int dir, const char *name, int flags);
int __real_mkdir(const char *path, mode_t mode);
int __wrap_mkdir(const char *path, mode_t mode);
int __real_fsync(int fd);
int __wrap_fsync(int fd);

/* Is fd this folder? */
static bool is_folder(int fd, const char *path)
{
    struct stat a, b;
    return vfs_state.trace && fstat(fd, &a) == 0 && stat(path, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

int __wrap_openat64(int dir, const char *name, int flags, ...)
{
    struct stat st;
    va_list ap;
    va_start(ap, flags);
    mode_t mode = flags & O_CREAT ? va_arg(ap, mode_t) : 0;
    va_end(ap);
    bool makes = (flags & O_CREAT) && is_folder(dir, vfs_state.dir) &&
                 fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0;
    int fd = __real_openat64(dir, name, flags, mode);
    if (makes && fd >= 0)
        note(DISK_CREATE, name, NULL);
    return fd;
}

int __wrap_renameat(int from_dir, const char *from, int to_dir, const char *to)
{
    int rc = __real_renameat(from_dir, from, to_dir, to);
    if (rc == 0 && is_folder(from_dir, vfs_state.dir))
        note(DISK_RENAME, from, to);
    return rc;
}

int __wrap_unlinkat(int dir, const char *name, int flags)
{
    int rc = __real_unlinkat(dir, name, flags);
    if (rc == 0 && is_folder(dir, vfs_state.dir))
        note(DISK_DELETE, name, NULL);
    return rc;
}

int __wrap_mkdir(const char *path, mode_t mode)
{
    int rc = __real_mkdir(path, mode);
    if (rc == 0 && vfs_state.trace && strcmp(path, vfs_state.dir) == 0)
        note(DISK_MAKE_FOLDER, NULL, NULL);
    return rc;
}

int __wrap_fsync(int fd)
{
    if (fault_due())
        return -1;
    sync_wait();
    int rc = __real_fsync(fd);
    if (rc == 0 && is_folder(fd, vfs_state.dir))
        note(DISK_SYNC_FOLDER, NULL, NULL);
    else if (rc == 0 && is_folder(fd, vfs_state.parent))
        note(DISK_SYNC_PARENT, NULL, NULL);
    return rc;
}

/* --- files ----------------------------------------------------------------------------------- */

static sqlite3_file *real_of(sqlite3_file *f)
{
    struct disk_file *mine = (void *)f;
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
    if (fault_due()) {
        if (vfs_state.fault.is_torn)
            (void)real->pMethods->xWrite(real, p, n / 2, at);
        return fault_code(SQLITE_IOERR_WRITE);
    }
    note_bytes((void *)f, DISK_WRITE, p, (size_t)n, at);
    return real->pMethods->xWrite(real, p, n, at);
}
static int f_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    if (fault_due())
        return fault_code(SQLITE_IOERR_TRUNCATE);
    note_bytes((void *)f, DISK_TRUNCATE, NULL, 0, size);
    return real_of(f)->pMethods->xTruncate(real_of(f), size);
}
static int f_sync(sqlite3_file *f, int flags)
{
    struct disk_file *mine = (void *)f;
    if (fault_due())
        return fault_code(SQLITE_IOERR_FSYNC);
    sync_wait();
    int rc = mine->real->pMethods->xSync(mine->real, flags);
    if (rc == SQLITE_OK) {
        note_bytes(mine, DISK_SYNC, NULL, 0, 0);
        if (!mine->is_folder_synced && mine->id >= 0)
            note(DISK_SYNC_FOLDER, NULL, NULL);
        mine->is_folder_synced = true;
    }
    return rc;
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

/* Version 1: no shared memory and no mapping, through which writes could pass unseen. */
static const sqlite3_io_methods disk_methods = {1,         f_close,  f_read,   f_write,  f_truncate,
                                                f_sync,    f_size,   f_lock,   f_unlock, f_reserved,
                                                f_control, f_sector, f_device, NULL,     NULL,
                                                NULL,      NULL,     NULL,     NULL};

static int v_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *f, int flags, int *ret_flags)
{
    struct disk_file *mine = (void *)f;
    const char *name = name_in_folder(path);
    int is_there = 0;
    (void)vfs;
    memset(mine, 0, sizeof *mine);
    mine->id = -1;
    mine->real = sqlite3_malloc(vfs_state.real->szOsFile);
    memset(mine->real, 0, (size_t)vfs_state.real->szOsFile);
    if (name)
        (void)vfs_state.real->xAccess(vfs_state.real, path, SQLITE_ACCESS_EXISTS, &is_there);
    int rc = vfs_state.real->xOpen(vfs_state.real, path, mine->real, flags, ret_flags);
    if (rc != SQLITE_OK) {
        sqlite3_free(mine->real);
        return rc;
    }
    if (name) {
        if (*id_of(name) < 0 || (!is_there && name[0]))
            note(DISK_CREATE, name, NULL);
        mine->id = *id_of(name);
        snprintf(mine->name, sizeof mine->name, "%s", name);
    }
    bool is_new_journal =
        (flags & SQLITE_OPEN_CREATE) &&
        (flags & (SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL));
    mine->is_folder_synced = !is_new_journal;
    mine->base.pMethods = &disk_methods;
    return rc;
}

static int v_delete(sqlite3_vfs *vfs, const char *path, int is_synced)
{
    const char *name = name_in_folder(path);
    (void)vfs;
    if (fault_due())
        return fault_code(SQLITE_IOERR_DELETE);
    int rc = vfs_state.real->xDelete(vfs_state.real, path, is_synced);
    if (rc == SQLITE_OK && name) {
        note(DISK_DELETE, name, NULL);
        if (is_synced)
            note(DISK_SYNC_FOLDER, NULL, NULL);
    }
    return rc;
}

void disk_vfs_install(void)
{
    static sqlite3_vfs vfs;
    vfs_state.real = sqlite3_vfs_find(NULL);
    vfs = *vfs_state.real;
    vfs.zName = "disk";
    vfs.szOsFile = sizeof(struct disk_file);
    vfs.xOpen = v_open;
    vfs.xDelete = v_delete;
    sqlite3_vfs_register(&vfs, 1);
}

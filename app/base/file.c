/* SPDX-License-Identifier: Apache-2.0 */
/* Files written whole and flushed, and where a folder lies. Any thread. */
#define _GNU_SOURCE /* O_PATH, fchown */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int code_of(int os_errno)
{
    switch (os_errno) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return ERR_STORE_FULL;
    case EACCES:
    case EPERM:
    case EROFS:
        return ERR_DENIED;
    case EEXIST:
        return ERR_EXISTS;
    default:
        return ERR_IO;
    }
}

int file_fail(struct err *err, const char *name)
{
    int os_errno = errno;
    (void)ERR(err, code_of(os_errno), "%s: %s", name, strerror(os_errno));
    errno = os_errno;
    return code_of(os_errno);
}

int file_write_all(int fd, const void *p, size_t n)
{
    const char *at = p;
    while (n > 0) {
        ssize_t done = write(fd, at, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return -1;
        at += done;
        n -= (size_t)done;
    }
    return 0;
}

/* @param owner_fd  folder whose owner gets it, -1: whose it is */
static int make_at(int dir_fd, const char *name, const void *p, size_t n, mode_t mode, int owner_fd)
{
    struct stat st;
    if (unlinkat(dir_fd, name, 0) != 0 && errno != ENOENT)
        return -1;
    YJ_CLEANUP(cleanup_close)
    int fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (fd < 0)
        return -1;
    bool is_made =
        (owner_fd < 0 || (fstat(owner_fd, &st) == 0 && fchown(fd, st.st_uid, st.st_gid) == 0)) &&
        file_write_all(fd, p, n) == 0 && fsync(fd) == 0;
    int why = errno;
    if (is_made)
        return 0;
    (void)unlinkat(dir_fd, name, 0); /* the next try removes it, too */
    errno = why;
    return -1;
}

int file_make_at(int dir_fd, const char *name, const void *p, size_t n, mode_t mode,
                 struct err *err)
{
    return make_at(dir_fd, name, p, n, mode, -1) == 0 ? 0 : file_fail(err, name);
}

/* @param path  for the message */
static int put_at(int dir_fd, const char *name, const void *p, size_t n, mode_t mode, unsigned how,
                  const char *path, struct err *err)
{
    char beside[NAME_MAX + 1];
    if (snprintf(beside, sizeof beside, "%s.new", name) >= (int)sizeof beside)
        return ERR(err, ERR_INVALID, "%s: the name is too long", path);
    int owner_fd = how & FILE_OF_FOLDER && geteuid() == 0 ? dir_fd : -1;
    if (make_at(dir_fd, beside, p, n, mode, owner_fd) != 0)
        return file_fail(err, path);
    /* A link refuses what is there already, a rename replaces it. */
    bool is_put = how & FILE_NEW ? linkat(dir_fd, beside, dir_fd, name, 0) == 0
                                 : renameat(dir_fd, beside, dir_fd, name) == 0;
    int rc = is_put ? 0 : file_fail(err, path);
    int why = errno;
    if (!is_put || how & FILE_NEW)
        (void)unlinkat(dir_fd, beside, 0); /* the next try removes it, too */
    errno = why;
    return rc;
}

int file_put_at(int dir_fd, const char *name, const void *p, size_t n, mode_t mode, struct err *err)
{
    return put_at(dir_fd, name, p, n, mode, 0, name, err);
}

/* @return a handle of the folder that holds the path's last part, or -1 with errno */
static int folder_of(const char *path)
{
    char dir[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t n = slash ? (size_t)(slash - path) : 1;
    if (n >= sizeof dir) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(dir, slash ? path : ".", n);
    dir[n] = '\0';
    return open(n ? dir : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int file_put(const char *path, const void *p, size_t n, mode_t mode, unsigned how, struct err *err)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    if (!*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return ERR(err, ERR_INVALID, "%s: is not the name of a file", path);
    YJ_CLEANUP(cleanup_close) int dir_fd = folder_of(path);
    if (dir_fd < 0)
        return file_fail(err, path);
    int rc = put_at(dir_fd, name, p, n, mode, how, path, err);
    if (rc == 0 && fsync(dir_fd) != 0)
        rc = file_fail(err, path);
    return rc;
}

int file_flush_folder_of(const char *path)
{
    char entry[PATH_MAX];
    if (snprintf(entry, sizeof entry, "%s", path) >= (int)sizeof entry) {
        errno = ENAMETOOLONG;
        return -1;
    }
    for (size_t n = strlen(entry); n > 1 && entry[n - 1] == '/'; n--)
        entry[n - 1] = '\0';
    YJ_CLEANUP(cleanup_close) int fd = folder_of(entry);
    return fd >= 0 && fsync(fd) == 0 ? 0 : -1;
}

/* ---- where a folder lies ---- */

static bool is_same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

bool file_is_inside_at(int dir_fd, int folder_fd)
{
    struct stat at, up, folder;
    YJ_CLEANUP(cleanup_close) int fd = openat(dir_fd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &at) != 0 || fstat(folder_fd, &folder) != 0)
        return false;
    while (!is_same(&at, &folder)) {
        int next = openat(fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
        cleanup_close(&fd);
        fd = next;
        if (fd < 0 || fstat(fd, &up) != 0 || is_same(&at, &up))
            return false; /* the root */
        at = up;
    }
    return true;
}

/* Part after part; the resolved text so far has no link and no "..", so that a ".." behind it may
 * be taken by its word. @return false: longer than a path can be */
static bool path_resolve(const char *path, char out[PATH_MAX])
{
    char real[PATH_MAX];
    if (path[0] == '/')
        snprintf(out, PATH_MAX, "/");
    else if (!getcwd(out, PATH_MAX))
        return false;
    while (*(path += strspn(path, "/"))) {
        size_t n = strcspn(path, "/"), used = strlen(out);
        if (n == 2 && strncmp(path, "..", 2) == 0) {
            char *slash = strrchr(out, '/');
            slash[slash == out] = '\0';
        } else if (n != 1 || path[0] != '.') {
            if (n > NAME_MAX || used + n + 2 > PATH_MAX)
                return false;
            snprintf(out + used, PATH_MAX - used, "%s%.*s", used > 1 ? "/" : "", (int)n, path);
            if (realpath(out, real))
                memcpy(out, real, strlen(real) + 1);
        }
        path += n;
    }
    return true;
}

bool file_is_inside(const char *path, const char *folder)
{
    char at[PATH_MAX], above[PATH_MAX];
    if (!path_resolve(path, at) || !path_resolve(folder, above))
        return false;
    size_t n = strlen(above);
    return strncmp(at, above, n) == 0 && (above[n - 1] == '/' || at[n] == '\0' || at[n] == '/');
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What the catalogue store does to the disk. Any thread; blocks. */
#define _DEFAULT_SOURCE /* renameat */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "catalogue_store.h"

enum { TREE_MAX_DEPTH = 6 };

/* What an administrator makes belongs to whom the data folder belongs to. */
static int give_to_owner(int dir_fd, int fd)
{
    struct stat st;
    if (geteuid() != 0)
        return 0;
    return fstat(dir_fd, &st) || fchown(fd, st.st_uid, st.st_gid) ? -1 : 0;
}

static int disk_make_dir(int dir_fd, const char *name)
{
    if (mkdirat(dir_fd, name, 0755) != 0)
        return -1;
    YJ_CLEANUP(cleanup_close)
    int fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return fd < 0 ? -1 : give_to_owner(dir_fd, fd);
}

static int disk_write_file(int dir_fd, const char *name, const void *p, size_t n)
{
    YJ_CLEANUP(cleanup_close)
    int fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    size_t done = 0;
    if (fd < 0 || give_to_owner(dir_fd, fd) != 0)
        return -1;
    while (done < n) {
        ssize_t got = write(fd, (const char *)p + done, n - done);
        if (got < 0 && errno != EINTR)
            return -1;
        done += got > 0 ? (size_t)got : 0;
    }
    return 0;
}

static int disk_make_link(const char *target, int dir_fd, const char *name)
{
    return symlinkat(target, dir_fd, name);
}

static int disk_rename(int dir_fd, const char *from, const char *to)
{
    return renameat(dir_fd, from, dir_fd, to);
}

static int disk_remove(int dir_fd, const char *name, bool is_dir)
{
    return unlinkat(dir_fd, name, is_dir ? AT_REMOVEDIR : 0);
}

const struct catalogue_store_ops catalogue_store_disk = {.make_dir = disk_make_dir,
                                                         .write_file = disk_write_file,
                                                         .make_link = disk_make_link,
                                                         .rename = disk_rename,
                                                         .remove = disk_remove,
                                                         .flush = fsync};

void catalogue_remove_tree(const struct catalogue_store_ops *ops, int dir_fd, const char *name,
                           int depth)
{
    int fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *entry;
    if (!d && fd >= 0)
        close(fd);
    while (d && (entry = readdir(d)) != NULL) { /* one stream, one thread */
        struct stat st;
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..") ||
            fstatat(dirfd(d), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        if (S_ISDIR(st.st_mode) && depth < TREE_MAX_DEPTH)
            catalogue_remove_tree(ops, dirfd(d), entry->d_name, depth + 1);
        else
            (void)ops->remove(dirfd(d), entry->d_name, false); /* next time */
    }
    if (d)
        closedir(d);
    (void)ops->remove(dir_fd, name, d != NULL); /* likewise; mostly it is not there */
}

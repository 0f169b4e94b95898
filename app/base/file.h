/* SPDX-License-Identifier: Apache-2.0 */
/* Files that a power cut leaves whole: the old one, the new one or none, never half of one. Any
 * thread. Every function blocks as long as the disk does; on a stick that is dying, without end.
 *
 * Errors name the file and say in the system's words what is wrong with it. Their codes:
 * ERR_STORE_FULL (no room, or more than the file system or a limit allows), ERR_DENIED (no
 * permission, or mounted read-only), ERR_EXISTS, else ERR_IO; errno is as the system left it.
 * Reading whole files: mem_read_file().
 */
#ifndef YJ_BASE_FILE_H
#define YJ_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

/** Fill err from errno: "<name>: <the system's words>". @return the code as above */
int file_fail(struct err *err, const char *name);

/** Write all n bytes, however many calls that takes. @return 0, or -1 with errno */
int file_write_all(int fd, const void *p, size_t n) YJ_CHECK;

/**
 * Make a file and flush it; what had the name is removed first. For folders that count only when
 * they are complete: a cut leaves the old file, none, or a part of the new one.
 * @param dir_fd  the folder, or AT_FDCWD; it is not flushed
 * @param name    of the file in it; a link of that name is not followed
 * @return 0 or an error; then nothing of the name is left
 */
int file_make_at(int dir_fd, const char *name, const void *p, size_t n, mode_t mode,
                 struct err *err) YJ_CHECK;

/**
 * Replace a file, or make it: written beside it as "<name>.new", flushed, renamed.
 * @param dir_fd  the folder; it is not flushed: fsync it before the file is relied on
 * @return 0 or an error; then the old file is still there, untouched
 */
int file_put_at(int dir_fd, const char *name, const void *p, size_t n, mode_t mode,
                struct err *err) YJ_CHECK;

enum file_how {
    FILE_NEW = 1,       /* refuse to replace: ERR_EXISTS */
    FILE_OF_FOLDER = 2, /* written by root, it belongs to whom its folder belongs to */
};

/**
 * file_put_at for a path, and the folder is flushed.
 * @param how  bits of enum file_how
 * @return 0 or an error; ERR_INVALID: no name at the end of the path. When only the folder cannot
 *         be flushed the new file is there, but may be gone after a power cut
 */
int file_put(const char *path, const void *p, size_t n, mode_t mode, unsigned how,
             struct err *err) YJ_CHECK;

/** Flush the folder that holds the entry `path`, so that making, renaming or removing it lasts.
 *  @return 0, or -1 with errno */
int file_flush_folder_of(const char *path);

/**
 * Is the folder behind dir_fd the other one, or anywhere below it? Links, "..", and slashes at the
 * end do not matter, since nothing but inodes is compared.
 */
bool file_is_inside_at(int dir_fd, int folder_fd);

/** The same for paths that need not exist yet: what there is of them is resolved, the rest taken by
 *  its words. */
bool file_is_inside(const char *path, const char *folder);

#endif

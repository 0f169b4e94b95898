/* SPDX-License-Identifier: Apache-2.0 */
/* Allocation that cannot fail and whole-file reading. Any thread. */
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void *mem_zalloc(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size ? size : 1);
    if (!p) {
        fprintf(stderr, "out of memory\n");
        abort();
    }
    return p;
}

void *mem_dup(const void *p, size_t n)
{
    char *copy = mem_zalloc(n + 1, 1);
    if (n)
        memcpy(copy, p, n);
    return copy;
}

char *mem_strdup(const char *s)
{
    return s ? mem_dup(s, strlen(s)) : NULL;
}

/* Up to the end, whatever size the file system names: that of a file of /proc is 0, and another
 * program may be writing. @return 0 or an error code; *data may have moved */
static int read_all(int fd, const char *path, size_t max_bytes, char **data, size_t cap,
                    size_t *ret_bytes, struct err *err)
{
    size_t n = 0;
    for (;;) {
        if (n == cap) {
            char *more = mem_zalloc(2 * cap + 1, 1);
            memcpy(more, *data, n);
            free(*data);
            *data = more;
            cap *= 2;
        }
        ssize_t got = read(fd, *data + n, cap - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return ERR(err, ERR_IO, "%s: %s", path, strerror(errno));
        if (got == 0)
            break;
        n += (size_t)got;
        if (n > max_bytes)
            return ERR(err, ERR_TOO_BIG, "%s: more than %zu bytes", path, max_bytes);
    }
    (*data)[n] = '\0';
    *ret_bytes = n;
    return 0;
}

int mem_read_file(const char *path, size_t max_bytes, char **ret_data, size_t *ret_bytes,
                  struct err *err)
{
    /* Not waiting, should it be a pipe. */
    YJ_CLEANUP(cleanup_close) int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        int code = errno == ENOENT ? ERR_NOT_FOUND : errno == EACCES ? ERR_DENIED : ERR_IO;
        return ERR(err, code, "%s: %s", path, strerror(errno));
    }
    struct stat st;
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
        return ERR(err, ERR_IO, "%s: not a regular file", path);
    if ((uint64_t)st.st_size > max_bytes)
        return ERR(err, ERR_TOO_BIG, "%s: %lld bytes, at most %zu", path, (long long)st.st_size,
                   max_bytes);
    size_t cap = st.st_size > 0 ? (size_t)st.st_size + 1 : 512; /* one more shows the end */
    YJ_CLEANUP(cleanup_free) char *data = mem_zalloc(cap + 1, 1);
    int rc = read_all(fd, path, max_bytes, &data, cap, ret_bytes, err);
    if (rc)
        return rc;
    *ret_data = data;
    data = NULL;
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Signed catalogue sets on disk; layout and steps in the header. Any thread. */
#define _DEFAULT_SOURCE /* flock */
#include "catalogue_store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"

enum { PATH_BYTES = 1024, LINK_BYTES = 80, LOCK_POLL_MS = 20 };

struct catalogue_store {
    char data_dir[PATH_BYTES];
    int dir_fd, sets_fd; /* DATA/catalogue (locked), its sets */
    const struct catalogue_store_ops *ops;
};

static int disk_error(struct err *err, const char *what)
{
    bool is_full = errno == ENOSPC || errno == EDQUOT;
    return ERR(err, is_full ? ERR_STORE_FULL : ERR_STORE_WRITE, "catalogue: %s: %s", what,
               strerror(errno));
}

/* ---- opening ---- */

static int lock_folder(int fd, int wait_ms)
{
    const struct timespec pause = {.tv_nsec = LOCK_POLL_MS * 1000000};
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return -1;
        if ((wait_ms -= LOCK_POLL_MS) < 0)
            return -1;
        nanosleep(&pause, NULL);
    }
    return 0;
}

static int open_folder(struct catalogue_store *s, int up_fd, const char *name, bool is_made,
                       struct err *err)
{
    const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    int fd = openat(up_fd, name, flags);
    if (fd < 0 && errno == ENOENT && is_made) {
        if ((s->ops->make_dir(up_fd, name) != 0 && errno != EEXIST) || s->ops->flush(up_fd) != 0)
            return disk_error(err, name);
        fd = openat(up_fd, name, flags);
    }
    if (fd < 0)
        return ERR(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_STORE_OPEN, "%s: %s", name,
                   strerror(errno));
    return fd;
}

int catalogue_store_open(const char *data_dir, bool is_made, int wait_ms,
                         const struct catalogue_store_ops *ops, struct catalogue_store **ret,
                         struct err *err)
{
    YJ_CLEANUP(cleanup_close)
    int data_fd = open(data_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (data_fd < 0)
        return ERR(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_STORE_OPEN, "%s: %s", data_dir,
                   strerror(errno));
    struct catalogue_store *s = mem_zalloc(1, sizeof *s);
    s->ops = ops ? ops : &catalogue_store_disk;
    s->dir_fd = s->sets_fd = -1;
    int rc = 0;
    if ((size_t)snprintf(s->data_dir, sizeof s->data_dir, "%s", data_dir) >= PATH_BYTES - 128)
        rc = ERR(err, ERR_STORE_OPEN, "the path of the data folder is too long");
    if (rc == 0)
        rc = s->dir_fd = open_folder(s, data_fd, "catalogue", is_made, err);
    if (rc >= 0 && lock_folder(s->dir_fd, wait_ms) != 0)
        rc = ERR(err, errno == EWOULDBLOCK ? ERR_BUSY : ERR_STORE_OPEN,
                 "another program works on the catalogue");
    if (rc >= 0)
        rc = s->sets_fd = open_folder(s, s->dir_fd, "sets", is_made, err);
    if (rc < 0) {
        catalogue_store_close(s);
        return rc;
    }
    *ret = s;
    return 0;
}

void catalogue_store_close(struct catalogue_store *s)
{
    if (!s)
        return;
    cleanup_close(&s->sets_fd);
    cleanup_close(&s->dir_fd); /* unlocks */
    free(s);
}

/* ---- slots ---- */

const char *catalogue_slot_word(enum catalogue_slot slot)
{
    static const char *const words[CATALOGUE_N_SLOTS] = {"current", "previous", "staged"};
    return words[slot];
}

static bool is_digest(const char *text)
{
    return strlen(text) == SEAL_DIGEST_BYTES - 1 &&
           strspn(text, "0123456789abcdef") == SEAL_DIGEST_BYTES - 1;
}

/* What a link's text names. */
static bool digest_of(const char *target, ssize_t n, char digest[SEAL_DIGEST_BYTES])
{
    char text[LINK_BYTES];
    digest[0] = '\0';
    if (n <= 0 || n >= LINK_BYTES)
        return false;
    snprintf(text, sizeof text, "%.*s", (int)n, target);
    if (strncmp(text, "sets/", 5) != 0 || !is_digest(text + 5))
        return false;
    memcpy(digest, text + 5, SEAL_DIGEST_BYTES);
    return true;
}

bool catalogue_store_peek(const char *data_dir, enum catalogue_slot slot,
                          char digest[SEAL_DIGEST_BYTES])
{
    char path[PATH_BYTES], target[LINK_BYTES];
    snprintf(path, sizeof path, "%s/catalogue/%s", data_dir, catalogue_slot_word(slot));
    return digest_of(target, readlink(path, target, sizeof target), digest);
}

void catalogue_store_path(const char *data_dir, const char *digest, char *ret, size_t cap)
{
    snprintf(ret, cap, "%s/catalogue/sets/%s", data_dir, digest);
}

static int set_slot(struct catalogue_store *s, enum catalogue_slot slot, const char *digest,
                    struct err *err)
{
    char name[16], fresh[24], target[LINK_BYTES];
    snprintf(name, sizeof name, "%s", catalogue_slot_word(slot));
    snprintf(fresh, sizeof fresh, "%s.new", name);
    snprintf(target, sizeof target, "sets/%s", digest);
    (void)s->ops->remove(s->dir_fd, fresh, false); /* of a cut before; mostly not there */
    if (s->ops->make_link(target, s->dir_fd, fresh) != 0 ||
        s->ops->rename(s->dir_fd, fresh, name) != 0 || s->ops->flush(s->dir_fd) != 0)
        return disk_error(err, name);
    return 0;
}

static int clear_slot(struct catalogue_store *s, enum catalogue_slot slot, struct err *err)
{
    const char *name = catalogue_slot_word(slot);
    if (s->ops->remove(s->dir_fd, name, false) != 0)
        return errno == ENOENT ? 0 : disk_error(err, name);
    return s->ops->flush(s->dir_fd) == 0 ? 0 : disk_error(err, name);
}

/* Sets that no slot names any more. A slot that cannot be read keeps everything. */
static void remove_unnamed(struct catalogue_store *s)
{
    char named[CATALOGUE_N_SLOTS][SEAL_DIGEST_BYTES];
    for (int i = 0; i < CATALOGUE_N_SLOTS; i++) {
        errno = 0;
        if (!catalogue_store_peek(s->data_dir, (enum catalogue_slot)i, named[i]) && errno != ENOENT)
            return;
    }
    int fd = openat(s->dir_fd, "sets", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *entry;
    if (!d && fd >= 0)
        close(fd);
    while (d && (entry = readdir(d)) != NULL) { /* one stream, one thread */
        bool is_named = !strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..");
        for (int i = 0; i < CATALOGUE_N_SLOTS; i++)
            is_named |= !strcmp(entry->d_name, named[i]);
        if (!is_named)
            catalogue_remove_tree(s->ops, s->sets_fd, entry->d_name, 1);
    }
    if (d)
        closedir(d);
}

/* ---- sets ---- */

static int verify_folder(const char *dir, const char *digest, const struct seal_verifier *publisher,
                         struct manifest **ret, struct err *err)
{
    struct manifest *m = NULL;
    int rc = manifest_open(dir, publisher, &m, err);
    if (rc == 0 && strcmp(m->digest, digest) != 0)
        rc = ERR(err, ERR_SEAL_MANIFEST, "the manifest is of another set");
    if (rc == 0)
        rc = manifest_check(m, dir, err);
    if (rc || !ret)
        manifest_free(m);
    else
        *ret = m;
    return rc;
}

int catalogue_store_verify(const char *data_dir, const char *digest,
                           const struct seal_verifier *publisher, struct manifest **ret,
                           struct err *err)
{
    char path[PATH_BYTES + SEAL_DIGEST_BYTES + 32];
    catalogue_store_path(data_dir, digest, path, sizeof path);
    return verify_folder(path, digest, publisher, ret, err);
}

/* Go down to the folder of a file, which may have to be made. Step by step and through no link: an
 * administrator's tool must not be led out of the store by whoever owns it.
 * @return descriptor or an error; *ret_base is the file's own name */
static int open_above(struct catalogue_store *s, int to_fd, const char *name, const char **ret_base,
                      struct err *err)
{
    char part[MANIFEST_NAME_BYTES];
    int fd = openat(to_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const char *slash;
    while (fd >= 0 && (slash = strchr(name, '/')) != NULL) {
        YJ_CLEANUP(cleanup_close) int up = fd;
        snprintf(part, sizeof part, "%.*s", (int)(slash - name), name);
        bool is_made = s->ops->make_dir(up, part) == 0 || errno == EEXIST;
        fd = is_made ? openat(up, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
        if (fd < 0)
            return disk_error(err, part);
        name = slash + 1;
    }
    *ret_base = name;
    return fd >= 0 ? fd : disk_error(err, name);
}

/* One file of the set, with the folders above it. */
static int copy_file(struct catalogue_store *s, const struct manifest *m, const char *from,
                     int to_fd, const char *name, struct err *err)
{
    YJ_CLEANUP(cleanup_free) char *data = NULL;
    const char *base = NULL;
    size_t n = 0;
    int rc = manifest_read_file(m, from, name, &data, &n, err);
    if (rc)
        return rc;
    YJ_CLEANUP(cleanup_close) int fd = open_above(s, to_fd, name, &base, err);
    if (fd < 0)
        return fd;
    return s->ops->write_file(fd, base, data, n) == 0 ? 0 : disk_error(err, name);
}

static int flush_one(struct catalogue_store *s, int to_fd, const char *name, int flags,
                     struct err *err)
{
    YJ_CLEANUP(cleanup_close)
    int fd = openat(to_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | flags);
    return fd >= 0 && s->ops->flush(fd) == 0 ? 0 : disk_error(err, name);
}

/* The folders above a file that do not stand above the one before: names are in order. */
static int flush_above(struct catalogue_store *s, int to_fd, const char *name, char *last,
                       struct err *err)
{
    int rc = 0;
    for (const char *slash = strchr(name, '/'); slash && rc == 0; slash = strchr(slash + 1, '/')) {
        size_t n = (size_t)(slash - name);
        if (!strncmp(name, last, n) && (last[n] == '/' || !last[n]))
            continue;
        snprintf(last, MANIFEST_NAME_BYTES, "%.*s", (int)n, name);
        rc = flush_one(s, to_fd, last, O_DIRECTORY, err);
    }
    return rc;
}

/* Files, and the names in their folders: all must last before the set gets its name. */
static int flush_set(struct catalogue_store *s, const struct manifest *m, struct err *err)
{
    char last[MANIFEST_NAME_BYTES] = "";
    YJ_CLEANUP(cleanup_close)
    int fd = openat(s->sets_fd, "new", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return disk_error(err, "new");
    int rc = flush_one(s, fd, MANIFEST_FILE, 0, err);
    if (rc == 0)
        rc = flush_one(s, fd, MANIFEST_SIGNATURE, 0, err);
    for (size_t i = 0; i < m->n_files && rc == 0; i++) {
        rc = flush_one(s, fd, m->file[i].name, 0, err);
        if (rc == 0)
            rc = flush_above(s, fd, m->file[i].name, last, err);
    }
    if (rc == 0 && s->ops->flush(fd) != 0)
        rc = disk_error(err, "new");
    return rc;
}

static int copy_set(struct catalogue_store *s, const char *dir, const struct manifest *m,
                    struct err *err)
{
    catalogue_remove_tree(s->ops, s->sets_fd, "new", 1);
    if (s->ops->make_dir(s->sets_fd, "new") != 0)
        return disk_error(err, "new");
    YJ_CLEANUP(cleanup_close)
    int fd = openat(s->sets_fd, "new", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return disk_error(err, "new");
    int rc = copy_file(s, m, dir, fd, MANIFEST_FILE, err);
    if (rc == 0)
        rc = copy_file(s, m, dir, fd, MANIFEST_SIGNATURE, err);
    for (size_t i = 0; i < m->n_files && rc == 0; i++)
        rc = copy_file(s, m, dir, fd, m->file[i].name, err);
    return rc;
}

/* Give the checked copy its name. A set of that name that is no longer whole makes room. */
static int name_set(struct catalogue_store *s, const char *digest,
                    const struct seal_verifier *publisher, struct err *err)
{
    if (faccessat(s->sets_fd, digest, F_OK, 0) == 0) {
        if (catalogue_store_verify(s->data_dir, digest, publisher, NULL, NULL) == 0)
            return 0; /* the copy goes with what nobody names */
        catalogue_remove_tree(s->ops, s->sets_fd, digest, 1);
    }
    if (s->ops->rename(s->sets_fd, "new", digest) != 0 || s->ops->flush(s->sets_fd) != 0)
        return disk_error(err, "sets");
    return 0;
}

int catalogue_store_stage(struct catalogue_store *s, const char *dir,
                          const struct seal_verifier *publisher, catalogue_check check, void *ctx,
                          char ret_digest[SEAL_DIGEST_BYTES], struct err *err)
{
    char copy[PATH_BYTES + SEAL_DIGEST_BYTES + 32];
    struct manifest *m = NULL;
    catalogue_store_path(s->data_dir, "new", copy, sizeof copy);
    int rc = manifest_open(dir, publisher, &m, err);
    if (rc == 0) /* before copying: a folder that was never signed is refused for what it is */
        rc = manifest_check(m, dir, err);
    if (rc == 0)
        rc = copy_set(s, dir, m, err);
    if (rc == 0) /* what was copied is what counts, signature and all */
        rc = verify_folder(copy, m->digest, publisher, NULL, err);
    if (rc == 0)
        rc = check(ctx, copy, err);
    if (rc == 0) /* only now: a set that is refused costs no flush */
        rc = flush_set(s, m, err);
    if (rc == 0)
        rc = name_set(s, m->digest, publisher, err);
    if (rc == 0)
        rc = set_slot(s, CATALOGUE_STAGED, m->digest, err);
    if (rc == 0)
        memcpy(ret_digest, m->digest, SEAL_DIGEST_BYTES);
    manifest_free(m);
    remove_unnamed(s);
    return rc;
}

int catalogue_store_commit(struct catalogue_store *s, const char *before, struct err *err)
{
    char staged[SEAL_DIGEST_BYTES], current[SEAL_DIGEST_BYTES];
    if (!catalogue_store_peek(s->data_dir, CATALOGUE_STAGED, staged))
        return ERR(err, ERR_WRONG_STATE, "no set is staged");
    catalogue_store_peek(s->data_dir, CATALOGUE_CURRENT, current);
    int rc = 0;
    /* A commit that was cut off after its second step has kept the set before already. */
    if (strcmp(staged, current) != 0) {
        rc = is_digest(before) && strcmp(before, staged) != 0
                 ? set_slot(s, CATALOGUE_PREVIOUS, before, err)
                 : clear_slot(s, CATALOGUE_PREVIOUS, err);
        if (rc == 0)
            rc = set_slot(s, CATALOGUE_CURRENT, staged, err);
    }
    if (rc == 0)
        rc = clear_slot(s, CATALOGUE_STAGED, err);
    if (rc == 0)
        remove_unnamed(s);
    return rc;
}

int catalogue_store_unstage(struct catalogue_store *s, struct err *err)
{
    int rc = clear_slot(s, CATALOGUE_STAGED, err);
    if (rc == 0)
        remove_unnamed(s);
    return rc;
}

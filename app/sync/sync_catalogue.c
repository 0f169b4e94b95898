/* SPDX-License-Identifier: Apache-2.0 */
/* A signed catalogue set as it grows on the disk; layout in the header. Everything below
 * DATA/catalogue is reached downwards with O_NOFOLLOW. Thread: outbox. */
#define _DEFAULT_SOURCE /* fstatvfs, renameat */
#include "sync/sync_catalogue.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <jansson.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "store/store.h"

enum {
    PATH_BYTES = 1024,
    MAX_DEPTH = 6,
    /* a whole set, and what records need beside it */
    FLOOR_MIB = STORE_FREE_FLOOR_MIB + (MANIFEST_MAX_TOTAL_BYTES >> 20),
    PART_BYTES = 80,
    DIR_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
};

struct sync_catalogue {
    char set_path[PATH_BYTES]; /* DATA/catalogue/fetch/set */
    int dir_fd;                /* DATA/catalogue */
    int fetch_fd, set_fd;      /* fetch, fetch/set */
    struct manifest *manifest;
    size_t at; /* the file in hand */
    uint64_t total_bytes;
};

static int disk_error(struct err *err, const char *what)
{
    bool is_full = errno == ENOSPC || errno == EDQUOT;
    return ERR(err, is_full ? ERR_STORE_FULL : ERR_STORE_WRITE, "catalogue: %s: %s", what,
               strerror(errno));
}

/* ---- folders and files ---- */

static void tree_remove(int dir_fd, const char *name, int depth)
{
    int fd = openat(dir_fd, name, DIR_FLAGS);
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *entry;
    if (!d && fd >= 0)
        close(fd);
    while (d && (entry = readdir(d)) != NULL) { /* one stream, one thread */
        struct stat st;
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..") ||
            fstatat(dirfd(d), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        if (S_ISDIR(st.st_mode) && depth < MAX_DEPTH)
            tree_remove(dirfd(d), entry->d_name, depth + 1);
        else
            (void)unlinkat(dirfd(d), entry->d_name, 0); /* next time */
    }
    bool is_dir = d != NULL;
    if (d)
        closedir(d);
    (void)unlinkat(dir_fd, name, is_dir ? AT_REMOVEDIR : 0); /* likewise; mostly not there */
}

/* @return descriptor of a folder that is made when it is absent, or an error */
static int folder_open(int up_fd, const char *name, struct err *err)
{
    if (mkdirat(up_fd, name, 0755) != 0 && errno != EEXIST)
        return disk_error(err, name);
    int fd = openat(up_fd, name, DIR_FLAGS);
    return fd >= 0 ? fd : disk_error(err, name);
}

/* Down to the folder of a file. @return descriptor or an error; *ret_base is the file's own name */
static int folder_above(int set_fd, const char *name, const char **ret_base, struct err *err)
{
    char part[MANIFEST_NAME_BYTES];
    int fd = openat(set_fd, ".", DIR_FLAGS);
    const char *slash;
    while (fd >= 0 && (slash = strchr(name, '/')) != NULL) {
        YJ_CLEANUP(cleanup_close) int up = fd;
        snprintf(part, sizeof part, "%.*s", (int)(slash - name), name);
        fd = folder_open(up, part, err);
        if (fd < 0)
            return fd;
        name = slash + 1;
    }
    *ret_base = name;
    return fd >= 0 ? fd : disk_error(err, "set");
}

/* A whole file of the set, flushed; one that is there already is replaced. */
static int set_put(int set_fd, const char *name, const void *p, size_t n, struct err *err)
{
    const char *base = NULL;
    YJ_CLEANUP(cleanup_close) int dir_fd = folder_above(set_fd, name, &base, err);
    if (dir_fd < 0)
        return dir_fd;
    return file_make_at(dir_fd, base, p, n, 0644, NULL) == 0 ? 0 : disk_error(err, name);
}

static int space_check(const struct sync_catalogue *c, struct err *err)
{
    struct statvfs v;
    if (fstatvfs(c->dir_fd, &v) != 0)
        return disk_error(err, "free space");
    if ((uint64_t)v.f_bavail * v.f_frsize < (uint64_t)FLOOR_MIB << 20)
        return ERR(err, ERR_STORE_FULL, "catalogue: less than %d MiB free", (int)FLOOR_MIB);
    return 0;
}

/* ---- the answer that begins it ---- */

static void json_drop(json_t **json)
{
    json_decref(*json);
}

/* base64 with padding, as the contract has it. @return owned, NULL: it is none */
static char *unbase64(const char *text, size_t *ret_bytes)
{
    size_t n = text ? strlen(text) : 0;
    if (n == 0 || n % 4)
        return NULL;
    YJ_CLEANUP(cleanup_free) char *url = mem_strdup(text);
    for (int pad = 0; pad < 2 && url[n - 1] == '='; pad++)
        url[--n] = '\0';
    for (size_t i = 0; i < n; i++) {
        if (url[i] == '-' || url[i] == '_')
            return NULL;
        url[i] = url[i] == '+' ? '-' : url[i] == '/' ? '_' : url[i];
    }
    char *bytes = mem_zalloc(n + 1, 1);
    int got = bytes_unb64url(url, n, (uint8_t *)bytes, n);
    if (got <= 0) {
        free(bytes);
        return NULL;
    }
    *ret_bytes = (size_t)got;
    return bytes;
}

static int folders_open(struct sync_catalogue *c, const char *data_dir, struct err *err)
{
    if ((size_t)snprintf(c->set_path, sizeof c->set_path, "%s/catalogue/fetch/set", data_dir) >=
        sizeof c->set_path)
        return ERR(err, ERR_STORE_WRITE, "the path of the data folder is too long");
    YJ_CLEANUP(cleanup_close) int data_fd = open(data_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (data_fd < 0)
        return disk_error(err, "data folder");
    if ((c->dir_fd = folder_open(data_fd, "catalogue", err)) < 0 ||
        (c->fetch_fd = folder_open(c->dir_fd, "fetch", err)) < 0 ||
        (c->set_fd = folder_open(c->fetch_fd, "set", err)) < 0)
        return err ? err->code : ERR_STORE_WRITE;
    return 0;
}

/* Does the disk hold the beginning of this very set? */
static bool is_same_set(const struct sync_catalogue *c, const char *manifest, size_t n)
{
    char path[PATH_BYTES + 32];
    YJ_CLEANUP(cleanup_free) char *there = NULL;
    size_t there_bytes = 0;
    snprintf(path, sizeof path, "%s/" MANIFEST_FILE, c->set_path);
    return mem_read_file(path, n, &there, &there_bytes, NULL) == 0 && there_bytes == n &&
           memcmp(there, manifest, n) == 0;
}

static int manifest_lay(struct sync_catalogue *c, const char *manifest, size_t n,
                        const char *signature, size_t signature_bytes, struct err *err)
{
    if (!is_same_set(c, manifest, n)) {
        cleanup_close(&c->set_fd);
        cleanup_close(&c->fetch_fd);
        tree_remove(c->dir_fd, "fetch", 1);
        if ((c->fetch_fd = folder_open(c->dir_fd, "fetch", err)) < 0)
            return c->fetch_fd;
        if ((c->set_fd = folder_open(c->fetch_fd, "set", err)) < 0)
            return c->set_fd;
    }
    int rc = set_put(c->set_fd, MANIFEST_FILE, manifest, n, err);
    return rc ? rc : set_put(c->set_fd, MANIFEST_SIGNATURE, signature, signature_bytes, err);
}

int sync_catalogue_begin(const char *data_dir, const char *json, size_t n,
                         const struct seal_verifier *publisher, struct sync_catalogue **ret,
                         struct err *err)
{
    YJ_CLEANUP(json_drop) json_t *root = json_loadb(json, n, JSON_REJECT_DUPLICATES, NULL);
    size_t n_manifest = 0, n_signature = 0;
    YJ_CLEANUP(cleanup_free)
    char *manifest = unbase64(json_string_value(json_object_get(root, "manifest")), &n_manifest);
    YJ_CLEANUP(cleanup_free)
    char *signature = unbase64(json_string_value(json_object_get(root, "signature")), &n_signature);
    if (!manifest || !signature)
        return ERR(err, ERR_SYNC_NOT_CENTRE, "the answer holds no manifest with a signature");
    struct err why = {0};
    struct sync_catalogue *c = mem_zalloc(1, sizeof *c);
    c->dir_fd = c->fetch_fd = c->set_fd = -1;
    int rc = folders_open(c, data_dir, &why);
    if (rc == 0)
        rc = space_check(c, &why);
    if (rc == 0)
        rc = manifest_lay(c, manifest, n_manifest, signature, n_signature, &why);
    if (rc == 0) {
        rc = manifest_open(c->set_path, publisher, &c->manifest, &why);
        if (rc) /* nothing of an unsigned set stays */
            tree_remove(c->dir_fd, "fetch", 1);
    }
    if (rc) {
        if (err)
            *err = why;
        sync_catalogue_free(c);
        return rc;
    }
    *ret = c;
    return 0;
}

void sync_catalogue_free(struct sync_catalogue *c)
{
    if (!c)
        return;
    cleanup_close(&c->set_fd);
    cleanup_close(&c->fetch_fd);
    cleanup_close(&c->dir_fd);
    manifest_free(c->manifest);
    free(c);
}

const char *sync_catalogue_digest(const struct sync_catalogue *c)
{
    return c->manifest->digest;
}

/* ---- file after file ---- */

static void part_name(const struct manifest_entry *e, char name[PART_BYTES])
{
    snprintf(name, PART_BYTES, "part-%s", e->digest);
}

static int64_t part_bytes(const struct sync_catalogue *c, const struct manifest_entry *e)
{
    char name[PART_BYTES];
    struct stat st;
    part_name(e, name);
    return fstatat(c->fetch_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 ? (int64_t)st.st_size : 0;
}

/* A file of a folder when it is the one that was signed, else NULL. */
static char *file_read(const struct sync_catalogue *c, const char *dir, const char *name,
                       size_t *ret_bytes)
{
    char *data = NULL;
    return manifest_read_file(c->manifest, dir, name, &data, ret_bytes, NULL) == 0 ? data : NULL;
}

/* @return 1: the file in hand is there, 0: it must be fetched, or an error */
static int file_settle(struct sync_catalogue *c, const char *base, struct err *err)
{
    const struct manifest_entry *e = &c->manifest->file[c->at];
    size_t n = 0;
    YJ_CLEANUP(cleanup_free) char *there = file_read(c, c->set_path, e->name, &n);
    if (there) {
        c->total_bytes += n;
        return 1;
    }
    YJ_CLEANUP(cleanup_free) char *known = base ? file_read(c, base, e->name, &n) : NULL;
    if (!known)
        return 0;
    int rc = set_put(c->set_fd, e->name, known, n, err);
    c->total_bytes += n;
    return rc ? rc : 1;
}

int sync_catalogue_step(struct sync_catalogue *c, const char *base, int budget_ms,
                        bool *ret_is_whole, struct sync_piece *ret, struct err *err)
{
    int64_t until_ms = clock_mono_ms() + budget_ms;
    *ret_is_whole = false;
    ret->path[0] = '\0';
    for (; c->at < c->manifest->n_files && clock_mono_ms() <= until_ms; c->at++) {
        int settled = file_settle(c, base, err);
        if (settled < 0)
            return settled;
        if (settled)
            continue;
        snprintf(ret->path, sizeof ret->path, "/v1/catalogue/files/%s",
                 c->manifest->file[c->at].digest);
        ret->first = part_bytes(c, &c->manifest->file[c->at]);
        ret->last = ret->first + SYNC_PIECE_BYTES - 1;
        return space_check(c, err);
    }
    *ret_is_whole = c->at == c->manifest->n_files;
    return 0;
}

static int part_append(struct sync_catalogue *c, const char *name, bool is_whole, const void *p,
                       size_t n, struct err *err)
{
    int flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | (is_whole ? O_TRUNC : O_APPEND);
    YJ_CLEANUP(cleanup_close) int fd = openat(c->fetch_fd, name, flags, 0644);
    if (fd < 0 || file_write_all(fd, p, n) != 0)
        return disk_error(err, "part");
    return 0;
}

static int part_drop(struct sync_catalogue *c, const char *name, const char *why, struct err *err)
{
    (void)unlinkat(c->fetch_fd, name, 0);
    return ERR(err, ERR_SEAL_MANIFEST, "%s: %s", c->manifest->file[c->at].name, why);
}

int sync_catalogue_take(struct sync_catalogue *c, int status, const void *p, size_t n,
                        struct err *err)
{
    const struct manifest_entry *e = &c->manifest->file[c->at];
    char name[PART_BYTES], path[PATH_BYTES + PART_BYTES + 8], digest[SEAL_DIGEST_BYTES];
    YJ_CLEANUP(cleanup_free) char *data = NULL;
    size_t n_data = 0;
    bool is_whole = status == 200, is_end = status == 416 || n == 0;
    if (status != 200 && status != 206 && status != 416)
        return ERR(err, ERR_SYNC_NOT_CENTRE, "HTTP %d to a file of the catalogue", status);
    part_name(e, name);
    int rc = status == 416 ? 0 : part_append(c, name, is_whole, p, n, err);
    if (rc)
        return rc;
    snprintf(path, sizeof path, "%s/../%s", c->set_path, name);
    if (mem_read_file(path, MANIFEST_MAX_FILE_BYTES, &data, &n_data, NULL) != 0)
        return part_drop(c, name, "cannot be a file of a set", err);
    seal_digest(data, n_data, digest);
    if (strcmp(digest, e->digest) != 0) /* more is to come, unless this was the end */
        return is_end || is_whole ? part_drop(c, name, "not the file that was signed", err) : 0;
    if (c->total_bytes + n_data > MANIFEST_MAX_TOTAL_BYTES)
        return part_drop(c, name, "the set is too large", err);
    rc = set_put(c->set_fd, e->name, data, n_data, err);
    if (rc == 0)
        (void)unlinkat(c->fetch_fd, name, 0);
    return rc;
}

/* ---- the end ---- */

/* The names in every folder of the set; the files are flushed one by one as they come. */
static int folders_flush(int fd, int depth)
{
    DIR *d = fdopendir(fd); /* takes fd */
    const struct dirent *entry;
    int rc = d ? fsync(fd) : -1;
    if (!d)
        close(fd);
    while (d && rc == 0 && (entry = readdir(d)) != NULL) { /* one stream, one thread */
        int below = entry->d_name[0] == '.' || depth >= MAX_DEPTH
                        ? -1
                        : openat(dirfd(d), entry->d_name, DIR_FLAGS);
        if (below >= 0)
            rc = folders_flush(below, depth + 1);
    }
    if (d)
        closedir(d);
    return rc;
}

int sync_catalogue_finish(struct sync_catalogue *c, struct err *err)
{
    int fd = openat(c->set_fd, ".", DIR_FLAGS);
    if (fd < 0 || folders_flush(fd, 1) != 0)
        return disk_error(err, "flush");
    tree_remove(c->dir_fd, "incoming", 1);
    if (renameat(c->fetch_fd, "set", c->dir_fd, "incoming") != 0 || fsync(c->dir_fd) != 0)
        return disk_error(err, "incoming");
    tree_remove(c->dir_fd, "fetch", 1);
    return 0;
}

void sync_catalogue_drop(const char *data_dir)
{
    YJ_CLEANUP(cleanup_close) int data_fd = open(data_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    YJ_CLEANUP(cleanup_close) int fd = data_fd < 0 ? -1 : openat(data_fd, "catalogue", DIR_FLAGS);
    if (fd < 0)
        return;
    tree_remove(fd, "fetch", 1);
    tree_remove(fd, "incoming", 1);
}

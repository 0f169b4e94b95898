/* SPDX-License-Identifier: Apache-2.0 */
/* Catalogue set. Workers; one lock around what was read. A set that is being replaced is complete
 * or not taken: the one before goes on as long as its files are there. */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

enum {
    MAX_MANIFEST_BYTES = 2 << 20,
    MAX_FILE_BYTES = 8 << 20,
    AGAIN_MS = 5000,
};

/* Further parts of a version would not fit into a number of JSON. */
#define MAX_NUMBER INT64_C(90000000000)

struct set {
    json_t *names; /* digest → name */
    json_t *answer;
    int64_t number;
    struct timespec changed_at;
    ino_t inode;
};

struct files {
    pthread_mutex_t lock;
    char *dir;
    int64_t broken_ms; /* a new set was not good then; monotonic */
    struct set set;
};

static void set_clear(struct set *s)
{
    json_decref(s->names);
    json_decref(s->answer);
    *s = (struct set){0};
}

static void decref_json(json_t **p)
{
    json_decref(*p);
}

/* No way out of the folder, in the form manifests have. */
static bool is_name_good(const char *name)
{
    size_t n = strlen(name);
    return n > 0 && n < 256 && name[0] != '/' && !strstr(name, "..") && !strstr(name, "//");
}

static bool path_of(const struct files *f, const char *name, char ret[PATH_MAX])
{
    return snprintf(ret, PATH_MAX, "%s/%s", f->dir, name) < PATH_MAX;
}

/* Read one file of the set. */
static int read_part(const struct files *f, const char *name, size_t most, char **ret,
                     size_t *ret_n, struct err *err)
{
    char path[PATH_MAX];
    if (!path_of(f, name, path))
        return ERR(err, ERR_SEAL_MANIFEST, "a path of the catalogue is too long");
    return mem_read_file(path, most, ret, ret_n, err);
}

static int check_file(const struct files *f, const char *name, const char *digest, struct err *err)
{
    char sum[KEYRING_SHA256_HEX_BYTES];
    YJ_CLEANUP(cleanup_free) char *data = NULL;
    size_t n;
    if (!is_name_good(name) || !digest || strlen(digest) != 64)
        return ERR(err, ERR_SEAL_MANIFEST, "the manifest names a file that cannot be served");
    int r = read_part(f, name, MAX_FILE_BYTES, &data, &n, err);
    if (r < 0)
        return r;
    keyring_sha256(data, n, sum);
    return strcmp(sum, digest) == 0
               ? 0
               : ERR(err, ERR_SEAL_MANIFEST, "%s is not the file of the manifest", name);
}

static int64_t number_of(const json_t *manifest)
{
    const json_t *number = json_object_get(manifest, "number");
    if (json_is_integer(number))
        return json_integer_value(number);
    const char *at = json_string_value(json_object_get(manifest, "version"));
    int64_t n = 0;
    while (at && *at && n < MAX_NUMBER) {
        size_t digits = strspn(at, "0123456789");
        int64_t part = digits && digits < 6 ? strtoll(at, NULL, 10) : 0;
        if (digits)
            n = n * (part < 100 ? 100 : part < 10000 ? 10000 : 100000) + part;
        at += digits ? digits : 1;
    }
    return n;
}

static int read_set(const struct files *f, const struct stat *st, struct set *ret, struct err *err)
{
    YJ_CLEANUP(cleanup_free) char *text = NULL;
    YJ_CLEANUP(cleanup_free) char *sig = NULL;
    size_t n, n_sig;
    int r = read_part(f, "manifest.json", MAX_MANIFEST_BYTES, &text, &n, err);
    if (r == 0)
        r = read_part(f, "manifest.sig", MAX_MANIFEST_BYTES, &sig, &n_sig, err);
    if (r < 0)
        return r;
    YJ_CLEANUP(decref_json) json_t *manifest = json_loadb(text, n, JSON_REJECT_DUPLICATES, NULL);
    const json_t *list = json_object_get(manifest, "files");
    if (!json_is_object(list))
        return ERR(err, ERR_SEAL_MANIFEST, "manifest.json names no files");
    struct set set = {.names = json_object(),
                      .number = number_of(manifest),
                      .changed_at = st->st_mtim,
                      .inode = st->st_ino};
    const char *name;
    json_t *digest;
    json_object_foreach((json_t *)list, name, digest)
    {
        if (r == 0)
            r = check_file(f, name, json_string_value(digest), err);
        if (r == 0)
            json_object_set_new(set.names, json_string_value(digest), json_string(name));
    }
    YJ_CLEANUP(cleanup_free) char *b64 = keyring_b64(text, n);
    YJ_CLEANUP(cleanup_free) char *sig_b64 = keyring_b64(sig, n_sig);
    set.answer = json_pack("{ss ss}", "manifest", b64, "signature", sig_b64);
    if (r < 0)
        set_clear(&set);
    else
        *ret = set;
    return r;
}

/* Take a new set when there is one. With the lock held. */
static int refresh(struct files *f, struct err *err)
{
    char path[PATH_MAX];
    struct stat st;
    if (!path_of(f, "manifest.json", path) || stat(path, &st) < 0)
        return ERR(err, ERR_NOT_FOUND, "the catalogue has no manifest.json");
    if (f->set.answer && f->set.inode == st.st_ino &&
        memcmp(&f->set.changed_at, &st.st_mtim, sizeof st.st_mtim) == 0)
        return 0;
    struct set set = {0};
    int r = read_set(f, &st, &set, err);
    if (r < 0)
        return r;
    set_clear(&f->set);
    f->set = set;
    return 0;
}

int files_open(const char *dir, struct files **ret, struct err *err)
{
    struct files *f = mem_zalloc(1, sizeof *f);
    pthread_mutex_init(&f->lock, NULL);
    f->dir = mem_strdup(dir);
    int r = refresh(f, err);
    if (r < 0) {
        files_close(f);
        return r;
    }
    *ret = f;
    return 0;
}

void files_close(struct files *f)
{
    if (!f)
        return;
    set_clear(&f->set);
    pthread_mutex_destroy(&f->lock);
    free(f->dir);
    free(f);
}

static void lock_fresh(struct files *f)
{
    struct err err = {0};
    pthread_mutex_lock(&f->lock);
    int64_t now_ms = clock_mono_ms();
    if (f->broken_ms && now_ms - f->broken_ms < AGAIN_MS)
        return;
    f->broken_ms = 0;
    if (refresh(f, &err) < 0) {
        log_err(LOG_WARN, "catalogue", &err);
        f->broken_ms = now_ms;
    }
}

int64_t files_number(struct files *f)
{
    if (!f)
        return 0;
    lock_fresh(f);
    int64_t n = f->set.number;
    pthread_mutex_unlock(&f->lock);
    return n;
}

void files_get_manifest(const struct centre *c, const struct request *q, struct reply *r)
{
    (void)q;
    if (!c->files) {
        reply_problem(r, 404, NULL, "no catalogue", "this centre hands out no catalogue");
        return;
    }
    lock_fresh(c->files);
    json_t *answer = json_deep_copy(c->files->set.answer);
    pthread_mutex_unlock(&c->files->lock);
    reply_json(r, 200, answer);
}

/* "bytes=A-", "bytes=A-B", "bytes=-N" of one range. @return 200: all, 206, or 416 */
static int range_of(const char *text, uint64_t size, uint64_t *ret_first, uint64_t *ret_n)
{
    char first[20] = "", last[20] = "";
    *ret_first = 0;
    *ret_n = size;
    const char *dash = text && strncmp(text, "bytes=", 6) == 0 ? strchr(text, '-') : NULL;
    int64_t a = 0, b = 0;
    if (!dash || strchr(dash, ',') || dash - text - 6 > 18 || strlen(dash + 1) > 18)
        return 200; /* several ranges, or another unit: the whole is a good answer */
    snprintf(first, sizeof first, "%.*s", (int)(dash - text - 6), text + 6);
    snprintf(last, sizeof last, "%s", dash + 1);
    if ((*first && !request_number(first, INT64_MAX, &a)) ||
        (*last && !request_number(last, INT64_MAX, &b)) || (!*first && !*last))
        return 200;
    if (!*first) {
        a = (uint64_t)b < size ? (int64_t)size - b : 0;
        b = (int64_t)size - 1;
    } else if (!*last || (uint64_t)b >= size) {
        b = (int64_t)size - 1;
    }
    if ((uint64_t)a >= size || b < a)
        return 416;
    *ret_first = (uint64_t)a;
    *ret_n = (uint64_t)(b - a) + 1;
    return 206;
}

static bool is_etag(const char *header, const char *etag)
{
    return header && (strcmp(header, "*") == 0 || strstr(header, etag) != NULL);
}

static void serve(const struct request *q, const char *path, const char *digest, struct reply *r)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        if (fd >= 0)
            close(fd);
        reply_problem(r, 503, NULL, "not now", "the file of the set cannot be read");
        return;
    }
    snprintf(r->etag, sizeof r->etag, "\"%s\"", digest);
    r->is_cacheable = true;
    if (is_etag(q->value[REQUEST_IF_NONE_MATCH], r->etag)) {
        close(fd);
        r->status = 304;
        return;
    }
    const char *range = q->value[REQUEST_RANGE], *since = q->value[REQUEST_IF_RANGE];
    if (since && strcmp(since, r->etag) != 0)
        range = NULL;
    r->whole_bytes = (uint64_t)st.st_size;
    r->status = range_of(range, r->whole_bytes, &r->file_offset, &r->file_bytes);
    if (r->status == 416) {
        close(fd);
        return;
    }
    r->type = "application/octet-stream";
    r->fd = fd;
}

void files_get_file(const struct centre *c, const struct request *q, struct reply *r)
{
    char path[PATH_MAX] = "";
    if (c->files) {
        lock_fresh(c->files);
        const char *name = json_string_value(json_object_get(c->files->set.names, q->param[0]));
        if (name && !path_of(c->files, name, path))
            path[0] = '\0';
        pthread_mutex_unlock(&c->files->lock);
    }
    if (!path[0])
        reply_problem(r, 404, NULL, "no such file", "the set in use has no file of this digest");
    else
        serve(q, path, q->param[0], r);
}

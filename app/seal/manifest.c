/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests: reading, checking, signing. Files are reached from the folder downwards with
 * O_NOFOLLOW, so that a name can lead nowhere else. Any thread. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "seal/manifest_priv.h"

enum { MAX_DEPTH = 4, MAX_MANIFEST_BYTES = 1 << 20, MAX_SIGNATURE_BYTES = 256 };

static const char domain[] = "yijian-catalogue-1\n";

/* ---- names and files ---- */

static bool is_name_char(char c, bool is_first)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || (c == '.' && !is_first);
}

/* "national/newborn.json": plain names joined by single slashes, none hidden. */
static bool is_name(const char *name)
{
    size_t n = strlen(name), depth = 1;
    bool is_first = true;
    for (size_t i = 0; i < n; i++) {
        bool is_slash = name[i] == '/' && !is_first && name[i + 1];
        if (!is_slash && !is_name_char(name[i], is_first))
            return false;
        depth += is_slash;
        is_first = is_slash;
    }
    return n > 0 && n < MANIFEST_NAME_BYTES && depth <= MAX_DEPTH;
}

/* Go down to the file, through real folders only. @return descriptor or -1 with errno */
static int open_below(int dir_fd, const char *name)
{
    char part[MANIFEST_NAME_BYTES];
    YJ_CLEANUP(cleanup_close) int folder = -1;
    const char *slash;
    while ((slash = strchr(name, '/')) != NULL) {
        snprintf(part, sizeof part, "%.*s", (int)(slash - name), name);
        int next = openat(folder < 0 ? dir_fd : folder, part,
                          O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (next < 0)
            return -1;
        if (folder >= 0)
            close(folder);
        folder = next;
        name = slash + 1;
    }
    /* O_NONBLOCK: a pipe must not hold us up before we see that it is one */
    return openat(folder < 0 ? dir_fd : folder, name,
                  O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
}

static int read_below(int dir_fd, const char *name, size_t max_bytes, char **ret, size_t *ret_bytes,
                      struct err *err)
{
    YJ_CLEANUP(cleanup_close) int fd = open_below(dir_fd, name);
    struct stat st;
    if (fd < 0)
        return ERR(err, ERR_SEAL_MANIFEST, "%s: %s", name, strerror(errno));
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
        return ERR(err, ERR_SEAL_MANIFEST, "%s: not a regular file", name);
    if ((uint64_t)st.st_size > max_bytes)
        return ERR(err, ERR_SEAL_MANIFEST, "%s: larger than %zu bytes", name, max_bytes);
    size_t n = 0, cap = (size_t)st.st_size;
    YJ_CLEANUP(cleanup_free) char *data = mem_zalloc(cap + 1, 1);
    while (n < cap) {
        ssize_t got = read(fd, data + n, cap - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return ERR(err, ERR_SEAL_MANIFEST, "%s: cannot be read", name);
        n += (size_t)got;
    }
    *ret = data;
    *ret_bytes = n;
    data = NULL;
    return 0;
}

int manifest_open_dir(const char *dir, struct err *err)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd >= 0 ? fd : ERR(err, ERR_SEAL_MANIFEST, "%s: %s", dir, strerror(errno));
}

/* ---- walking a folder ---- */

static int walk_folder(struct manifest_walk *w, int fd, const char *prefix, int depth,
                       struct err *err);

static int walk_entry(struct manifest_walk *w, int fd, const char *entry, const char *prefix,
                      int depth, struct err *err)
{
    char name[MANIFEST_NAME_BYTES + 256];
    struct stat st;
    snprintf(name, sizeof name, "%.*s%s", MANIFEST_NAME_BYTES, prefix, entry);
    if (!strcmp(name, MANIFEST_FILE) || !strcmp(name, MANIFEST_SIGNATURE))
        return 0;
    if (!is_name(name))
        return ERR(err, ERR_SEAL_MANIFEST, "%.95s: this name cannot be part of a set", name);
    if (fstatat(fd, entry, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return ERR(err, ERR_SEAL_MANIFEST, "%s: %s", name, strerror(errno));
    if (S_ISDIR(st.st_mode) && depth < MAX_DEPTH) {
        int below = openat(fd, entry, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (below < 0)
            return ERR(err, ERR_SEAL_MANIFEST, "%s: %s", name, strerror(errno));
        snprintf(name + strlen(name), sizeof name - strlen(name), "/");
        return walk_folder(w, below, name, depth + 1, err);
    }
    if (!S_ISREG(st.st_mode))
        return ERR(err, ERR_SEAL_MANIFEST, "%s: not a regular file", name);
    w->total_bytes += (uint64_t)st.st_size;
    if (++w->n_files > MANIFEST_MAX_FILES || w->total_bytes > MANIFEST_MAX_TOTAL_BYTES)
        return ERR(err, ERR_SEAL_MANIFEST, "more than %d files or %d MiB", MANIFEST_MAX_FILES,
                   MANIFEST_MAX_TOTAL_BYTES >> 20);
    return w->visit(w, name, err);
}

/* At most MAX_DEPTH deep. Takes fd. */
static int walk_folder(struct manifest_walk *w, int fd, const char *prefix, int depth,
                       struct err *err)
{
    DIR *d = fdopendir(fd);
    const struct dirent *entry;
    int rc = 0;
    if (!d) {
        close(fd);
        return ERR(err, ERR_SEAL_MANIFEST, "%s: %s", prefix, strerror(errno));
    }
    while (rc == 0 && (entry = readdir(d)) != NULL) /* one stream, one thread */
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            rc = walk_entry(w, dirfd(d), entry->d_name, prefix, depth, err);
    closedir(d);
    return rc;
}

int manifest_walk_folder(struct manifest_walk *w, int fd, struct err *err)
{
    return walk_folder(w, fd, "", 1, err);
}

int manifest_digest_below(int dir_fd, const char *name, char hex[SEAL_DIGEST_BYTES],
                          struct err *err)
{
    YJ_CLEANUP(cleanup_free) char *data = NULL;
    size_t n = 0;
    int rc = read_below(dir_fd, name, MANIFEST_MAX_FILE_BYTES, &data, &n, err);
    if (rc == 0)
        seal_digest(data, n, hex);
    return rc;
}

/* ---- checking ---- */

static int compare_entries(const void *a, const void *b)
{
    const struct manifest_entry *x = a, *y = b;
    return strcmp(x->name, y->name);
}

static const struct manifest_entry *find_entry(const struct manifest *m, const char *name)
{
    struct manifest_entry wanted;
    if ((size_t)snprintf(wanted.name, sizeof wanted.name, "%s", name) >= sizeof wanted.name)
        return NULL;
    return bsearch(&wanted, m->file, m->n_files, sizeof wanted, compare_entries);
}

int manifest_read_file(const struct manifest *m, const char *dir, const char *name, char **ret,
                       size_t *ret_bytes, struct err *err)
{
    char digest[SEAL_DIGEST_BYTES];
    const struct manifest_entry *entry = find_entry(m, name);
    const char *wanted = entry ? entry->digest : !strcmp(name, MANIFEST_FILE) ? m->digest : NULL;
    if (!wanted && strcmp(name, MANIFEST_SIGNATURE) != 0)
        return ERR(err, ERR_SEAL_MANIFEST, "%.95s: not in the manifest", name);
    YJ_CLEANUP(cleanup_close) int fd = manifest_open_dir(dir, err);
    YJ_CLEANUP(cleanup_free) char *data = NULL;
    size_t n = 0;
    int rc = fd < 0 ? fd
                    : read_below(fd, name, wanted ? MANIFEST_MAX_FILE_BYTES : MAX_SIGNATURE_BYTES,
                                 &data, &n, err);
    if (rc)
        return rc;
    seal_digest(data, n, digest);
    if (wanted && strcmp(digest, wanted) != 0)
        return ERR(err, ERR_SEAL_MANIFEST, "%s: changed after signing", name);
    *ret = data;
    *ret_bytes = n;
    data = NULL;
    return 0;
}

int manifest_read_version(int dir_fd, char ret[MANIFEST_VERSION_BYTES], struct err *err)
{
    YJ_CLEANUP(cleanup_free) char *text = NULL;
    size_t n = 0;
    json_error_t at;
    int rc = read_below(dir_fd, "catalogue.json", MANIFEST_MAX_FILE_BYTES, &text, &n, err);
    if (rc)
        return rc;
    json_t *head = json_loadb(text, n, JSON_REJECT_DUPLICATES, &at);
    const char *version = json_string_value(json_object_get(head, "version"));
    if (!version || !*version || strlen(version) >= MANIFEST_VERSION_BYTES)
        rc = ERR(err, ERR_SEAL_MANIFEST, "catalogue.json: the version is missing or too long");
    else
        snprintf(ret, MANIFEST_VERSION_BYTES, "%s", version);
    json_decref(head);
    return rc;
}

/* What decides about older and newer is what the set calls itself. */
static int check_version(const struct manifest *m, int dir_fd, struct err *err)
{
    char version[MANIFEST_VERSION_BYTES];
    int rc = manifest_read_version(dir_fd, version, err);
    if (rc == 0 && strcmp(version, m->version) != 0)
        rc = ERR(err, ERR_SEAL_MANIFEST, "catalogue.json: not the version of the manifest");
    return rc;
}

static int check_visit(struct manifest_walk *w, const char *name, struct err *err)
{
    char digest[SEAL_DIGEST_BYTES];
    const struct manifest_entry *entry = find_entry(w->manifest, name);
    if (!entry)
        return ERR(err, ERR_SEAL_MANIFEST, "%s: not in the manifest", name);
    int rc = manifest_digest_below(w->dir_fd, name, digest, err);
    if (rc == 0 && strcmp(digest, entry->digest) != 0)
        rc = ERR(err, ERR_SEAL_MANIFEST, "%s: changed after signing", name);
    return rc;
}

int manifest_check(const struct manifest *m, const char *dir, struct err *err)
{
    YJ_CLEANUP(cleanup_close) int fd = manifest_open_dir(dir, err);
    struct manifest_walk w = {.visit = check_visit, .manifest = m, .dir_fd = fd};
    if (fd < 0)
        return fd;
    int root = manifest_open_dir(dir, err);
    int rc = root < 0 ? root : manifest_walk_folder(&w, root, err);
    if (rc == 0 && w.n_files != m->n_files) { /* each was found once: which one was not? */
        for (size_t i = 0; i < m->n_files; i++) {
            YJ_CLEANUP(cleanup_close) int file = open_below(fd, m->file[i].name);
            if (file < 0)
                return ERR(err, ERR_SEAL_MANIFEST, "%s: missing", m->file[i].name);
        }
        rc = ERR(err, ERR_SEAL_MANIFEST, "a file is missing");
    }
    return rc ? rc : check_version(m, fd, err);
}

static int read_entries(const json_t *files, struct manifest *m, struct err *err)
{
    const char *name;
    json_t *value;
    if (json_object_size(files) == 0 || json_object_size(files) > MANIFEST_MAX_FILES)
        return ERR(err, ERR_SEAL_MANIFEST, "manifest: 1 to %d files are allowed",
                   MANIFEST_MAX_FILES);
    m->file = mem_zalloc(json_object_size(files), sizeof *m->file);
    json_object_foreach((json_t *)(uintptr_t)files, name, value)
    {
        struct manifest_entry *entry = &m->file[m->n_files++];
        const char *digest = json_string_value(value);
        if (!is_name(name) || !strcmp(name, MANIFEST_FILE) || !strcmp(name, MANIFEST_SIGNATURE))
            return ERR(err, ERR_SEAL_MANIFEST, "manifest: \"%.60s\" cannot be part of a set", name);
        if (!digest || strlen(digest) != SEAL_DIGEST_BYTES - 1 ||
            strspn(digest, "0123456789abcdef") != SEAL_DIGEST_BYTES - 1)
            return ERR(err, ERR_SEAL_MANIFEST, "manifest: the digest of %s is no SHA-256", name);
        snprintf(entry->name, sizeof entry->name, "%s", name);
        snprintf(entry->digest, sizeof entry->digest, "%s", digest);
    }
    qsort(m->file, m->n_files, sizeof *m->file, compare_entries);
    return 0;
}

static int read_manifest(const char *text, size_t n, struct manifest *m, struct err *err)
{
    json_error_t at;
    json_t *root = json_loadb(text, n, JSON_REJECT_DUPLICATES, &at);
    const char *schema = json_string_value(json_object_get(root, "schema"));
    const char *version = json_string_value(json_object_get(root, "version"));
    const json_t *files = json_object_get(root, "files");
    int rc = 0;
    if (!root)
        rc = ERR(err, ERR_SEAL_MANIFEST, "manifest: line %d: %s", at.line, at.text);
    else if (!schema || strcmp(schema, "manifest/1") != 0)
        rc = ERR(err, ERR_SEAL_MANIFEST, "manifest: schema is not manifest/1");
    else if (!version || !*version || strlen(version) >= sizeof m->version)
        rc = ERR(err, ERR_SEAL_MANIFEST, "manifest: the version is missing or too long");
    else if (!json_is_object(files) || json_object_size(root) != 3)
        rc = ERR(err, ERR_SEAL_MANIFEST, "manifest: schema, version and files are expected");
    else
        rc = read_entries(files, m, err);
    if (rc == 0)
        snprintf(m->version, sizeof m->version, "%s", version);
    json_decref(root);
    return rc;
}

/* The domain's name and the manifest, which is what is signed. */
char *manifest_signed_text(const char *text, size_t n, size_t *ret_bytes)
{
    char *whole = mem_zalloc(sizeof domain + n, 1);
    memcpy(whole, domain, sizeof domain - 1);
    memcpy(whole + sizeof domain - 1, text, n);
    *ret_bytes = sizeof domain - 1 + n;
    return whole;
}

int manifest_check_signature(const struct seal_verifier *v, const char *text, size_t n,
                             char *signature, struct err *err)
{
    uint8_t der[SEAL_SIGNATURE_BYTES];
    size_t chars = strlen(signature), bytes = 0;
    if (chars && signature[chars - 1] == '\n')
        signature[chars - 1] = '\0';
    int der_bytes = seal_unbase64(signature, der, sizeof der);
    if (der_bytes <= 0)
        return ERR(err, ERR_SEAL_SIGNATURE, MANIFEST_SIGNATURE " is not base64");
    YJ_CLEANUP(cleanup_free) char *whole = manifest_signed_text(text, n, &bytes);
    return seal_suite_p256.verify(v->key, whole, bytes, der, (size_t)der_bytes, err);
}

int manifest_parse(const char *text, size_t n, struct manifest **ret, struct err *err)
{
    struct manifest *m = mem_zalloc(1, sizeof *m);
    seal_digest(text, n, m->digest);
    int rc = read_manifest(text, n, m, err);
    if (rc) {
        manifest_free(m);
        return rc;
    }
    *ret = m;
    return 0;
}

int manifest_open(const char *dir, const struct seal_verifier *v, struct manifest **ret,
                  struct err *err)
{
    YJ_CLEANUP(cleanup_free) char *text = NULL;
    YJ_CLEANUP(cleanup_free) char *signature = NULL;
    YJ_CLEANUP(cleanup_close) int fd = manifest_open_dir(dir, err);
    size_t n = 0, signature_bytes = 0;
    if (fd < 0)
        return fd;
    int rc = read_below(fd, MANIFEST_FILE, MAX_MANIFEST_BYTES, &text, &n, err);
    if (rc == 0)
        rc = read_below(fd, MANIFEST_SIGNATURE, MAX_SIGNATURE_BYTES, &signature, &signature_bytes,
                        err);
    if (!text || !signature) /* never good without both */
        return rc ? rc : ERR_SEAL_MANIFEST;
    rc = manifest_check_signature(v, text, n, signature, err);
    return rc ? rc : manifest_parse(text, n, ret, err);
}

void manifest_free(struct manifest *m)
{
    if (!m)
        return;
    free(m->file);
    free(m);
}

/* ---- keys ---- */

int manifest_publisher_open(const char *path, struct seal_verifier **ret, struct err *err)
{
    FILE *f = fopen(path, "r");
    if (!f)
        return ERR(err, ERR_SEAL_KEY, "the publisher's key cannot be read");
    EVP_PKEY *key = PEM_read_PUBKEY(f, NULL, NULL, NULL);
    fclose(f);
    ERR_clear_error();
    if (!key)
        return seal_verifier_open(path, ret, err);
    if (!seal_key_is(key, SEAL_KEY_P256)) {
        EVP_PKEY_free(key);
        return ERR(err, ERR_SEAL_KEY, "the publisher's key is not on P-256");
    }
    *ret = mem_zalloc(1, sizeof **ret);
    (*ret)->key = key;
    return 0;
}

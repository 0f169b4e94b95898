/* SPDX-License-Identifier: Apache-2.0 */
/* Folders and files of a catalogue set: of a folder on disk, or of a source that vouches for them.
 * Thread: the caller's; blocks: disk. */
#include "core/catalogue_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"

static int compare_names(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;
    return strcmp(*x, *y);
}

static bool path_join(char *path, size_t cap, const char *dir, const char *name)
{
    return (size_t)snprintf(path, cap, "%s%s%s", dir, name ? "/" : "", name ? name : "") < cap;
}

/* @return false when the folder is full */
static bool put_name(struct folder *f, const char *name, size_t n)
{
    f->is_cut = f->n == FOLDER_MAX_NAMES;
    if (f->is_cut)
        return false;
    char *copy = mem_zalloc(n + 1, 1);
    memcpy(copy, name, n);
    f->name[f->n++] = copy;
    return true;
}

static bool is_json_name(const char *name)
{
    size_t n = strlen(name);
    return n > 5 && !strcmp(name + n - 5, ".json");
}

/* ---- a folder on disk ---- */

static bool is_wanted(const char *path, const char *name, enum folder_kind kind)
{
    if (name[0] == '.')
        return false;
    if (kind == FOLDER_JSON_FILES)
        return is_json_name(name);
    char full[FOLDER_PATH_BYTES];
    struct stat st;
    return path_join(full, sizeof full, path, name) && !stat(full, &st) && S_ISDIR(st.st_mode);
}

static int list_disk(const char *dir, const char *name, enum folder_kind kind, struct folder *f)
{
    char path[FOLDER_PATH_BYTES];
    if (!path_join(path, sizeof path, dir, name))
        return ERR_NOT_FOUND;
    DIR *d = opendir(path);
    if (!d)
        return errno == EACCES || errno == EPERM ? ERR_DENIED : ERR_NOT_FOUND;
    const struct dirent *entry;
    while ((entry = readdir(d)) != NULL) /* one stream, one thread */
        if (is_wanted(path, entry->d_name, kind) &&
            !put_name(f, entry->d_name, strlen(entry->d_name)))
            break;
    closedir(d);
    qsort(f->name, f->n, sizeof *f->name, compare_names);
    return 0;
}

/* ---- a source ---- */

/* Its names are whole paths in order: those of one folder stand together. */
static int list_source(const struct catalogue_source *source, const char *name,
                       enum folder_kind kind, struct folder *f)
{
    size_t n = name ? strlen(name) : 0;
    bool is_there = !name, is_full = false;
    const char *path;
    for (size_t i = 0; !is_full && (path = source->name(source->ctx, i)) != NULL; i++) {
        if (name && (strncmp(path, name, n) != 0 || path[n] != '/'))
            continue;
        is_there = true;
        const char *own = name ? path + n + 1 : path;
        size_t length = strcspn(own, "/");
        if (kind == FOLDER_JSON_FILES ? own[length] == '/' || !is_json_name(own) : !own[length])
            continue;
        bool is_same =
            f->n && strlen(f->name[f->n - 1]) == length && !strncmp(f->name[f->n - 1], own, length);
        is_full = !is_same && !put_name(f, own, length);
    }
    return is_there ? 0 : ERR_NOT_FOUND;
}

static bool source_has(const struct catalogue_source *source, const char *name)
{
    size_t n = strlen(name);
    const char *path;
    for (size_t i = 0; (path = source->name(source->ctx, i)) != NULL; i++)
        if (!strncmp(path, name, n) && (!path[n] || path[n] == '/'))
            return true;
    return false;
}

static int read_source(const struct catalogue_source *source, const char *file, char **ret,
                       size_t *ret_bytes, struct err *err)
{
    return source_has(source, file) ? source->read(source->ctx, file, ret, ret_bytes, err)
                                    : ERR_NOT_FOUND;
}

/* ---- either ---- */

int folder_list(const struct catalogue_cfg *cfg, const char *name, enum folder_kind kind,
                struct folder *ret)
{
    struct folder f = {.name = mem_zalloc(FOLDER_MAX_NAMES, sizeof *f.name)};
    int rc = cfg->source ? list_source(cfg->source, name, kind, &f)
                         : list_disk(cfg->dir, name, kind, &f);
    if (rc)
        folder_free(&f);
    *ret = f;
    return rc;
}

void folder_free(struct folder *f)
{
    for (size_t i = 0; i < f->n; i++)
        free(f->name[i]);
    free(f->name);
    *f = (struct folder){0};
}

bool folder_has(const struct catalogue_cfg *cfg, const char *name)
{
    char path[FOLDER_PATH_BYTES];
    struct stat st;
    if (cfg->source)
        return source_has(cfg->source, name);
    return path_join(path, sizeof path, cfg->dir, name) && !stat(path, &st);
}

char *folder_read(const struct catalogue_cfg *cfg, const char *file, bool is_needed,
                  struct complaint_sink *sink, size_t *ret_bytes)
{
    char path[FOLDER_PATH_BYTES], *text = NULL;
    struct err err = {0};
    if (!cfg->source && !path_join(path, sizeof path, cfg->dir, file)) {
        sink_put(sink, file, "", "the path is too long");
        return NULL;
    }
    int r = cfg->source ? read_source(cfg->source, file, &text, ret_bytes, &err)
                        : mem_read_file(path, MATTER_MAX_FILE_BYTES, &text, ret_bytes, &err);
    if (r && (is_needed || r != ERR_NOT_FOUND))
        sink_put(sink, file, "", "%s",
                 r == ERR_TOO_BIG ? "the file is larger than 1 MiB" : err_text(r));
    return r ? NULL : text;
}

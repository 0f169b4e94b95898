/* SPDX-License-Identifier: Apache-2.0 */
/* The catalogue: all matter files of a folder. The one place of app/core that touches the disk,
 * at start-up and when the catalogue is replaced. Thread: the caller's. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/matter_priv.h"

enum { SET_MAX_FILES = 1024 };

struct matter_set {
    struct matter **matter; /* owned */
    size_t n;
};

/* Where complaints of several files go. */
struct sink {
    struct matter_complaint *complaint;
    size_t cap, n;
};

static void sink_put(struct sink *sink, const char *file, const char *pointer, const char *reason)
{
    if (sink->n++ >= sink->cap)
        return;
    struct matter_complaint *c = &sink->complaint[sink->n - 1];
    snprintf(c->file, sizeof c->file, "%s", file);
    snprintf(c->pointer, sizeof c->pointer, "%s", pointer);
    snprintf(c->reason, sizeof c->reason, "%s", reason);
}

static int compare_names(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;
    return strcmp(*x, *y);
}

static bool is_matter_file(const char *name)
{
    size_t n = strlen(name);
    return name[0] != '.' && n > 5 && !strcmp(name + n - 5, ".json");
}

/* @return names in order, *ret_n of them, or NULL with errno. The list is cut at the limit and
 *         *ret_n then counts on. */
static char **list_names(const char *dir, size_t *ret_n)
{
    DIR *d = opendir(dir);
    if (!d)
        return NULL;
    char **name = mem_zalloc(SET_MAX_FILES, sizeof *name);
    const struct dirent *entry;
    size_t n = 0;
    while ((entry = readdir(d)) != NULL) { /* one stream, one thread */
        if (!is_matter_file(entry->d_name))
            continue;
        if (n < SET_MAX_FILES)
            name[n] = mem_strdup(entry->d_name);
        n++;
    }
    closedir(d);
    qsort(name, n < SET_MAX_FILES ? n : SET_MAX_FILES, sizeof *name, compare_names);
    *ret_n = n;
    return name;
}

static bool set_has(const struct matter_set *set, const char *code)
{
    for (size_t i = 0; i < set->n; i++)
        if (!strcmp(set->matter[i]->code, code))
            return true;
    return false;
}

static void load_one(struct matter_set *set, const char *dir, const char *name, struct sink *sink)
{
    YJ_CLEANUP(cleanup_free) char *text = NULL;
    char path[4096];
    size_t bytes = 0;
    struct err err = {0};
    if ((size_t)snprintf(path, sizeof path, "%s/%s", dir, name) >= sizeof path) {
        sink_put(sink, name, "", "the path is too long");
        return;
    }
    int r = mem_read_file(path, MATTER_MAX_FILE_BYTES, &text, &bytes, &err);
    if (r) {
        sink_put(sink, name, "", r == ERR_TOO_BIG ? "the file is larger than 1 MiB" : err_text(r));
        return;
    }
    size_t used = sink->n < sink->cap ? sink->n : sink->cap, n = 0;
    struct matter *m = NULL;
    r = matter_parse(text, bytes, name, sink->complaint ? sink->complaint + used : NULL,
                     sink->cap - used, &n, &m);
    sink->n += n;
    if (r)
        return;
    if (set_has(set, m->code)) {
        sink_put(sink, name, "/code", "another file has this code already");
        matter_free(m);
        return;
    }
    set->matter[set->n++] = m;
}

int matter_set_load(const char *dir, struct matter_complaint *complaints, size_t cap,
                    size_t *ret_n_complaints, struct matter_set **ret, struct err *err)
{
    size_t n = 0;
    char **name = list_names(dir, &n);
    if (!name)
        return ERR(err, errno == EACCES || errno == EPERM ? ERR_DENIED : ERR_NOT_FOUND,
                   "the folder of matters cannot be opened: %s", strerror(errno));
    struct sink sink = {.complaint = complaints, .cap = cap};
    struct matter_set *set = mem_zalloc(1, sizeof *set);
    if (n > SET_MAX_FILES) {
        sink_put(&sink, "", "", "more files than one catalogue can hold");
        n = SET_MAX_FILES;
    }
    set->matter = mem_zalloc(n + 1, sizeof(struct matter *));
    for (size_t i = 0; i < n; i++) {
        load_one(set, dir, name[i], &sink);
        free(name[i]);
    }
    free(name);
    *ret_n_complaints = sink.n;
    *ret = set;
    return 0;
}

void matter_set_free(struct matter_set *set)
{
    if (!set)
        return;
    for (size_t i = 0; i < set->n; i++)
        matter_free(set->matter[i]);
    free(set->matter);
    free(set);
}

size_t matter_set_count(const struct matter_set *set)
{
    return set->n;
}

const struct matter *matter_set_at(const struct matter_set *set, size_t i)
{
    return i < set->n ? set->matter[i] : NULL;
}

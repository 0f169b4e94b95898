/* SPDX-License-Identifier: Apache-2.0 */
/* A set of matters, and its loading from a plain folder. Thread: the caller's. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/catalogue_files.h"

struct matter_set {
    struct matter **matter; /* owned */
    size_t n, cap;
    struct arena arena; /* regions and versions of merged matters */
};

struct matter_set *matter_set_new(size_t cap)
{
    struct matter_set *set = mem_zalloc(1, sizeof *set);
    set->matter = mem_zalloc(cap + 1, sizeof(struct matter *));
    set->cap = cap;
    return set;
}

static const char *keep_text(struct matter_set *set, const char *text)
{
    size_t n = strlen(text);
    char *copy = matter_arena_alloc(&set->arena, n + 1, 1);
    memcpy(copy, text, n + 1);
    return copy;
}

void matter_set_add(struct matter_set *set, struct matter *m, const char *region,
                    const char *version)
{
    if (set->n == set->cap) { /* the caller counted wrong */
        matter_free(m);
        return;
    }
    m->region = keep_text(set, region);
    if (version)
        m->version = keep_text(set, version);
    set->matter[set->n++] = m;
}

int matter_set_find(const struct matter_set *set, const char *code)
{
    for (size_t i = 0; i < set->n; i++)
        if (!strcmp(set->matter[i]->code, code))
            return (int)i;
    return -1;
}

static void load_one(const struct matter_context *context, struct matter_set *set,
                     const struct catalogue_cfg *cfg, const char *name, struct complaint_sink *sink)
{
    size_t bytes = 0, cap = 0, n = 0;
    YJ_CLEANUP(cleanup_free) char *text = folder_read(cfg, name, true, sink, &bytes);
    if (!text)
        return;
    struct matter *m = NULL;
    struct matter_complaint *room = sink_room(sink, &cap);
    int r = matter_parse(context, text, bytes, name, room, cap, &n, &m);
    sink->n += n;
    if (r)
        return;
    if (matter_set_find(set, m->code) >= 0) {
        sink_put(sink, name, "/code", "another file has this code already");
        matter_free(m);
        return;
    }
    matter_set_add(set, m, "", NULL);
}

int matter_set_load(const struct matter_context *context, const char *dir,
                    struct matter_complaint *complaints, size_t cap, size_t *ret_n_complaints,
                    struct matter_set **ret, struct err *err)
{
    struct folder folder = {0};
    const struct catalogue_cfg cfg = {.dir = dir};
    int rc = folder_list(&cfg, NULL, FOLDER_JSON_FILES, &folder);
    if (rc)
        return ERR(err, rc, "the folder of matters cannot be opened: %s", err_text(rc));
    struct complaint_sink sink = {.list = complaints, .cap = cap};
    if (folder.is_cut)
        sink_put(&sink, "", "", "more files than one catalogue can hold");
    struct matter_set *set = matter_set_new(folder.n);
    for (size_t i = 0; i < folder.n; i++)
        load_one(context, set, &cfg, folder.name[i], &sink);
    folder_free(&folder);
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
    matter_arena_free(&set->arena);
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

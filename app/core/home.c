/* SPDX-License-Identifier: Apache-2.0 */
/* home.json to the trees of the home page. All mistakes are found in one pass. No I/O; any
 * thread. */
#include "core/home.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/catalogue_priv.h"

enum {
    MAX_STAGES = 16, /* of one tree */
    MAX_PLACES = 1024,
    MAX_POPULAR = 12,
    MAX_TREE_NAME = 6,
    MAX_STAGE_NAME = 8,
};

/* What home_parse hands out; the public part comes first so that home_free finds the rest. */
struct home_owned {
    struct home home;
    struct arena arena;
};

/* One home.json being read. */
struct home_reader {
    struct reader r;
    const struct matter_set *set;
    const char *const *absent; /* codes whose files were refused */
    size_t n_absent;
    struct home *home;
    struct home_tree *tree;                 /* the same as home->tree, to be written */
    struct home_stage *all[2 * MAX_STAGES]; /* stages of all trees */
    size_t n_all;
};

static const char *const tree_ids[] = {"person", "business"};
static const char *const stage_ids[] = {
    "person.birth",      "person.education", "person.work",           "person.life",
    "person.home",       "person.travel",    "person.medical",        "person.relief",
    "person.retirement", "person.death",     "business.entry",        "business.hiring",
    "business.tax",      "business.growth",  "business.construction", "business.exit"};

static bool has(const int *list, size_t n, int matter)
{
    for (size_t i = 0; i < n; i++)
        if (list[i] == matter)
            return true;
    return false;
}

/* A list of matter codes into places of the set. */
static size_t read_codes(struct home_reader *h, const struct spot *up, const char *key,
                         enum presence presence, size_t max, int *ret)
{
    size_t n = 0, used = 0;
    struct spot array = read_array(&h->r, up, key, presence, 0, max, &n);
    for (size_t i = 0; i < n; i++) {
        struct spot at = read_element(&array, i);
        const char *code = json_string_value(at.json);
        int matter = code ? matter_set_find(h->set, code) : -1;
        if (!code)
            reader_complain(&h->r, &at, NULL, "the code of a matter is expected here");
        else if (matter < 0 && !word_is_known(h->absent, h->n_absent, code))
            reader_complain(&h->r, &at, NULL, "there is no matter \"%.40s\"", code);
        else if (matter >= 0 && has(ret, used, matter))
            reader_complain(&h->r, &at, NULL, "the matter is there twice");
        else if (matter >= 0)
            ret[used++] = matter;
    }
    return used;
}

static const struct home_stage *find_stage(const struct home_reader *h, const char *id)
{
    for (size_t i = 0; i < h->n_all; i++)
        if (h->all[i]->id && !strcmp(h->all[i]->id, id))
            return h->all[i];
    return NULL;
}

static void read_stage_id(struct home_reader *h, const struct spot *at,
                          const struct home_tree *tree, struct home_stage *stage)
{
    const char *id = read_text(&h->r, at, "id", NEEDED, 40);
    if (!id)
        return;
    size_t n = tree->id ? strlen(tree->id) : 0;
    if (!word_is_known(stage_ids, YJ_COUNT(stage_ids), id))
        reader_complain(&h->r, at, "id", "there is no stage \"%.40s\"", id);
    else if (n && (strncmp(id, tree->id, n) != 0 || id[n] != '.'))
        reader_complain(&h->r, at, "id", "the stage does not belong to this tree");
    else if (find_stage(h, id))
        reader_complain(&h->r, at, "id", "the stage is there twice");
    stage->id = id;
}

static void read_stage(struct home_reader *h, const struct spot *at, const struct home_tree *tree,
                       struct home_stage *stage)
{
    static const char *const known[] = {"id", "name", "icon", "matters"};
    if (!read_object(&h->r, at, known, YJ_COUNT(known)))
        return;
    read_stage_id(h, at, tree, stage);
    stage->name = read_text(&h->r, at, "name", NEEDED, MAX_STAGE_NAME);
    stage->icon = read_formed(&h->r, at, "icon", NEEDED, 40, "[a-z][a-z0-9-]*",
                              "picture name (small letters, digits and -)");
    /* room for what the matters add themselves */
    int *list = matter_arena_alloc(h->r.arena, MAX_PLACES + matter_set_count(h->set), sizeof *list);
    stage->n_matters = read_codes(h, at, "matters", NEEDED, MAX_PLACES, list);
    stage->matter = list;
    h->all[h->n_all++] = stage;
}

static void read_tree(struct home_reader *h, const struct spot *at, struct home_tree *tree)
{
    static const char *const known[] = {"id", "name", "stages"};
    size_t n = 0;
    if (!read_object(&h->r, at, known, YJ_COUNT(known)))
        return;
    int word = read_word(&h->r, at, "id", tree_ids, YJ_COUNT(tree_ids));
    for (const struct home_tree *t = h->tree; word >= 0 && t < tree; t++)
        if (t->id && !strcmp(t->id, tree_ids[word]))
            reader_complain(&h->r, at, "id", "the tree is there twice");
    tree->id = word >= 0 ? tree_ids[word] : NULL;
    tree->name = read_text(&h->r, at, "name", NEEDED, MAX_TREE_NAME);
    struct spot stages = read_array(&h->r, at, "stages", NEEDED, 1, MAX_STAGES, &n);
    struct home_stage *stage = matter_arena_alloc(h->r.arena, n, sizeof *stage);
    for (size_t i = 0; i < n; i++) {
        struct spot spot = read_element(&stages, i);
        read_stage(h, &spot, tree, &stage[i]);
    }
    tree->stage = stage;
    tree->n_stages = n;
}

/* A matter stands in every stage that it names itself. */
static void add_matter(struct home_reader *h, int place, const char *stage_id)
{
    const struct matter *m = matter_set_at(h->set, (size_t)place);
    const struct home_stage *found = find_stage(h, stage_id);
    if (!found) {
        reader_complain_at(&h->r, "/trees", "no tree has the stage %s of %s", stage_id, m->code);
        return;
    }
    struct home_stage *stage = (struct home_stage *)(uintptr_t)found;
    if (!has(stage->matter, stage->n_matters, place))
        ((int *)(uintptr_t)stage->matter)[stage->n_matters++] = place;
}

/* Open ones first, then those that are explained, then those that are only named; within each the
 * order of the file. */
static void sort_stage(struct home_reader *h, struct home_stage *stage)
{
    int *list = (int *)(uintptr_t)stage->matter;
    int *sorted = matter_arena_alloc(h->r.arena, stage->n_matters, sizeof *sorted);
    size_t n = 0;
    for (int status = MATTER_OPEN; status <= MATTER_LISTED; status++)
        for (size_t i = 0; i < stage->n_matters; i++)
            if ((int)matter_set_at(h->set, (size_t)list[i])->status == status)
                sorted[n++] = list[i];
    stage->matter = sorted;
}

static void read_root(struct home_reader *h, const json_t *json)
{
    static const char *const known[] = {"$schema", "schema", "trees", "popular"};
    static const char *const schemas[] = {"home/1"};
    struct spot root = {.json = json};
    size_t n = 0;
    if (!read_object(&h->r, &root, known, YJ_COUNT(known)))
        return;
    (void)read_word(&h->r, &root, "schema", schemas, 1);
    struct spot trees = read_array(&h->r, &root, "trees", NEEDED, 1, YJ_COUNT(tree_ids), &n);
    h->tree = matter_arena_alloc(h->r.arena, n, sizeof *h->tree);
    h->home->tree = h->tree;
    h->home->n_trees = n;
    for (size_t i = 0; i < n; i++) {
        struct spot at = read_element(&trees, i);
        read_tree(h, &at, &h->tree[i]);
    }
    int *popular = matter_arena_alloc(h->r.arena, MAX_POPULAR, sizeof *popular);
    h->home->n_popular = read_codes(h, &root, "popular", OPTIONAL, MAX_POPULAR, popular);
    h->home->popular = popular;
    for (size_t i = 0; i < matter_set_count(h->set); i++) {
        const struct matter *m = matter_set_at(h->set, i);
        add_matter(h, (int)i, m->stage);
        for (size_t s = 0; s < m->n_more_stages; s++)
            add_matter(h, (int)i, m->more_stage[s]);
    }
    for (size_t i = 0; i < h->n_all; i++)
        sort_stage(h, h->all[i]);
}

int home_read(const char *text, size_t len, const char *file, const struct matter_set *set,
              const char *const *absent, size_t n_absent, struct complaint_sink *sink,
              struct home **ret)
{
    struct home_owned *owned = mem_zalloc(1, sizeof *owned);
    struct home_reader h = {.r = {.file = file, .arena = &owned->arena},
                            .set = set,
                            .absent = absent,
                            .n_absent = n_absent,
                            .home = &owned->home};
    h.r.complaint = sink_room(sink, &h.r.cap);
    json_t *json = reader_json(&h.r, text, len);
    if (json)
        read_root(&h, json);
    json_decref(json);
    sink->n += h.r.n_complaints;
    if (h.r.n_complaints) {
        home_free(&owned->home);
        return ERR_MATTER_FILE;
    }
    *ret = &owned->home;
    return 0;
}

int home_parse(const char *text, size_t len, const char *file, const struct matter_set *set,
               struct matter_complaint *complaints, size_t cap, size_t *ret_n_complaints,
               struct home **ret)
{
    struct complaint_sink sink = {.list = complaints, .cap = cap};
    int rc = home_read(text, len, file, set, NULL, 0, &sink, ret);
    *ret_n_complaints = sink.n;
    return rc;
}

void home_free(struct home *home)
{
    if (!home)
        return;
    struct home_owned *owned = (struct home_owned *)home;
    matter_arena_free(&owned->arena);
    free(owned);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* guide.json to steps and choices. All mistakes are found in one pass. No I/O; any thread. */
#include "core/guide.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/catalogue_priv.h"

enum { MAX_STEPS = 64, MIN_CHOICES = 2, MAX_QUESTION = 30, MAX_LABEL = 20 };

/* What guide_parse hands out; the public part comes first so that guide_free finds the rest. */
struct guide_owned {
    struct guide guide;
    struct arena arena;
};

struct guide_reader {
    struct reader r;
    const struct matter_set *set;
    struct guide *guide;
    struct guide_step *step;   /* the same as guide->step, to be written */
    int depth[MAX_STEPS];      /* longest way from the start, 0: not reached */
    bool is_on_way[MAX_STEPS]; /* of the walk through the steps */
};

static int find_step(const struct guide_reader *g, const char *id)
{
    for (size_t i = 0; i < g->guide->n_steps; i++)
        if (!strcmp(g->step[i].id, id))
            return (int)i;
    return -1;
}

static void read_matters(struct guide_reader *g, const struct spot *at, struct guide_choice *choice)
{
    size_t n = 0;
    struct spot array = read_array(&g->r, at, "matters", NEEDED, 1, GUIDE_MAX_MATTERS, &n);
    for (size_t i = 0; i < n; i++) {
        struct spot spot = read_element(&array, i);
        const char *code = json_string_value(spot.json);
        int matter = code ? matter_set_find(g->set, code) : -1;
        bool is_twice = false;
        for (size_t j = 0; j < choice->n_matters; j++)
            is_twice |= choice->matter[j] == matter;
        if (!code)
            reader_complain(&g->r, &spot, NULL, "the code of a matter is expected here");
        else if (matter < 0)
            reader_complain(&g->r, &spot, NULL, "there is no matter \"%.40s\"", code);
        else if (is_twice)
            reader_complain(&g->r, &spot, NULL, "the matter is there twice");
        else
            choice->matter[choice->n_matters++] = matter;
    }
}

static void read_choice(struct guide_reader *g, const struct spot *at, struct guide_choice *choice)
{
    static const char *const known[] = {"label", "step", "matters"};
    choice->step = -1;
    if (!read_object(&g->r, at, known, YJ_COUNT(known)))
        return;
    choice->label = read_text(&g->r, at, "label", NEEDED, MAX_LABEL);
    bool has_step = json_object_get(at->json, "step"),
         has_list = json_object_get(at->json, "matters");
    if (has_step == has_list) {
        reader_complain(&g->r, at, NULL, "a choice leads to a step or to matters");
        return;
    }
    if (has_list) {
        read_matters(g, at, choice);
        return;
    }
    const char *id = read_text(&g->r, at, "step", NEEDED, MATTER_MAX_ID);
    choice->step = id ? find_step(g, id) : -1;
    if (id && choice->step < 0)
        reader_complain(&g->r, at, "step", "there is no step \"%.40s\"", id);
}

static void read_step(struct guide_reader *g, const struct spot *steps, size_t index)
{
    static const char *const known[] = {"id", "question", "choices"};
    struct guide_step *step = &g->step[index];
    struct spot at = read_element(steps, index);
    if (!read_object(&g->r, &at, known, YJ_COUNT(known)))
        return;
    const char *id = read_formed(&g->r, &at, "id", NEEDED, MATTER_MAX_ID, FORM_ID, "id");
    if (id && find_step(g, id) != (int)index)
        reader_complain(&g->r, &at, "id", "the id is there twice");
    step->question = read_text(&g->r, &at, "question", NEEDED, MAX_QUESTION);
    struct spot array =
        read_array(&g->r, &at, "choices", NEEDED, MIN_CHOICES, GUIDE_MAX_CHOICES, &step->n_choices);
    for (size_t i = 0; i < step->n_choices; i++) {
        struct spot spot = read_element(&array, i);
        read_choice(g, &spot, &step->choice[i]);
    }
}

/* Follow every way from a step; none is longer than the deepest step allowed, plus one. */
static void walk(struct guide_reader *g, int index, int depth) /* at most GUIDE_MAX_DEPTH deep */
{
    const struct guide_step *step = &g->step[index];
    if (g->depth[index] >= depth)
        return; /* was here on a way as long */
    g->depth[index] = depth;
    g->is_on_way[index] = true;
    for (size_t i = 0; i < step->n_choices; i++) {
        int next = step->choice[i].step;
        char pointer[64];
        snprintf(pointer, sizeof pointer, "/steps/%d/choices/%zu/step", index, i);
        if (next < 0)
            continue;
        if (g->is_on_way[next])
            reader_complain_at(&g->r, pointer, "the steps lead in a circle");
        else if (depth == GUIDE_MAX_DEPTH)
            reader_complain_at(&g->r, pointer, "more than %d questions on one way",
                               GUIDE_MAX_DEPTH);
        else
            walk(g, next, depth + 1);
    }
    g->is_on_way[index] = false;
}

static void read_start(struct guide_reader *g, const struct spot *root)
{
    const char *id = read_text(&g->r, root, "start", NEEDED, MATTER_MAX_ID);
    int start = id ? find_step(g, id) : -1;
    if (id && start < 0)
        reader_complain(&g->r, root, "start", "there is no step \"%.40s\"", id);
    if (start < 0 || g->r.n_complaints)
        return; /* ways through broken steps say nothing */
    g->guide->start = start;
    walk(g, start, 1);
    for (size_t i = 0; i < g->guide->n_steps && !g->r.n_complaints; i++) {
        char pointer[32];
        snprintf(pointer, sizeof pointer, "/steps/%zu", i);
        if (!g->depth[i])
            reader_complain_at(&g->r, pointer, "no choice leads to this step");
    }
}

static void read_root(struct guide_reader *g, const json_t *json)
{
    static const char *const known[] = {"$schema", "schema", "start", "steps"};
    static const char *const schemas[] = {"guide/1"};
    struct spot root = {.json = json};
    if (!read_object(&g->r, &root, known, YJ_COUNT(known)))
        return;
    (void)read_word(&g->r, &root, "schema", schemas, 1);
    struct spot steps = read_array(&g->r, &root, "steps", NEEDED, 1, MAX_STEPS, &g->guide->n_steps);
    g->step = matter_arena_alloc(g->r.arena, g->guide->n_steps, sizeof *g->step);
    g->guide->step = g->step;
    for (size_t i = 0; i < g->guide->n_steps; i++) { /* ids first: choices may lead forward */
        const char *id = json_string_value(json_object_get(json_array_get(steps.json, i), "id"));
        size_t bytes = strlen(id ? id : "") + 1;
        char *copy = matter_arena_alloc(g->r.arena, bytes, 1);
        memcpy(copy, id ? id : "", bytes);
        g->step[i].id = copy;
    }
    for (size_t i = 0; i < g->guide->n_steps; i++)
        read_step(g, &steps, i);
    read_start(g, &root);
}

int guide_parse(const char *text, size_t len, const char *file, const struct matter_set *set,
                struct matter_complaint *complaints, size_t cap, size_t *ret_n_complaints,
                struct guide **ret)
{
    struct guide_owned *owned = mem_zalloc(1, sizeof *owned);
    struct guide_reader g = {
        .r = {.file = file, .arena = &owned->arena, .complaint = complaints, .cap = cap},
        .set = set,
        .guide = &owned->guide};
    json_t *json = reader_json(&g.r, text, len);
    if (json)
        read_root(&g, json);
    json_decref(json);
    *ret_n_complaints = g.r.n_complaints;
    if (g.r.n_complaints) {
        guide_free(&owned->guide);
        return ERR_MATTER_FILE;
    }
    *ret = &owned->guide;
    return 0;
}

void guide_free(struct guide *guide)
{
    if (!guide)
        return;
    struct guide_owned *owned = (struct guide_owned *)guide;
    matter_arena_free(&owned->arena);
    free(owned);
}

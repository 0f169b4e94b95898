/* SPDX-License-Identifier: Apache-2.0 */
/* The set in the tree: every matter can be come to by the home page, and what can be handed in or
 * read about by the guide and by its own name in the search. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/catalogue.h"
#include "cunit_main.h"

enum { MAX_COMPLAINTS = 8, MAX_TABLE_BYTES = 1 << 20, TODAY = 20261123 };

struct world {
    struct code_tables *codes;
    char *pinyin;
    struct catalogue *c;
};

static struct world world_open(void)
{
    struct world w = {0};
    struct matter_complaint complaint[MAX_COMPLAINTS];
    struct err err = {0};
    size_t n = 0, bytes = 0;
    CU_ASSERT_EQUAL_FATAL(code_tables_load(YJ_SOURCE_DIR "/assets/codes", &w.codes, &err), 0);
    CU_ASSERT_EQUAL_FATAL(mem_read_file(YJ_SOURCE_DIR "/assets/search/pinyin.tsv", MAX_TABLE_BYTES,
                                        &w.pinyin, &bytes, &err),
                          0);
    const struct catalogue_cfg cfg = {.dir = YJ_SOURCE_DIR "/assets/matters",
                                      .codes = w.codes,
                                      .pinyin = w.pinyin,
                                      .pinyin_len = bytes};
    CU_ASSERT_EQUAL_FATAL(catalogue_load(&cfg, complaint, MAX_COMPLAINTS, &n, &w.c, &err), 0);
    for (size_t i = 0; i < n && i < MAX_COMPLAINTS; i++)
        fprintf(stderr, "\n%s %s: %s", complaint[i].file, complaint[i].pointer,
                complaint[i].reason);
    CU_ASSERT_EQUAL(n, 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(w.c->home);
    CU_ASSERT_PTR_NOT_NULL_FATAL(w.c->guide);
    CU_ASSERT_FATAL(matter_set_count(w.c->matters) > 0);
    return w;
}

static void world_close(struct world *w)
{
    catalogue_free(w->c);
    code_tables_free(w->codes);
    free(w->pinyin);
}

static bool guide_reaches(const struct guide *g, int matter)
{
    for (size_t s = 0; s < g->n_steps; s++)
        for (size_t i = 0; i < g->step[s].n_choices; i++)
            for (size_t k = 0; k < g->step[s].choice[i].n_matters; k++)
                if (g->step[s].choice[i].matter[k] == matter)
                    return true;
    return false;
}

static bool home_shows(const struct home *h, int matter)
{
    for (size_t t = 0; t < h->n_trees; t++)
        for (size_t s = 0; s < h->tree[t].n_stages; s++)
            for (size_t k = 0; k < h->tree[t].stage[s].n_matters; k++)
                if (h->tree[t].stage[s].matter[k] == matter)
                    return true;
    return false;
}

static void the_home_page_shows_every_matter(void)
{
    struct world w = world_open();
    for (size_t i = 0; i < matter_set_count(w.c->matters); i++) {
        if (!home_shows(w.c->home, (int)i))
            fprintf(stderr, "\n%s stands in no stage", matter_set_at(w.c->matters, i)->code);
        CU_ASSERT(home_shows(w.c->home, (int)i));
    }
    for (size_t t = 0; t < w.c->home->n_trees; t++)
        for (size_t s = 0; s < w.c->home->tree[t].n_stages; s++)
            CU_ASSERT(w.c->home->tree[t].stage[s].n_matters > 0);
    world_close(&w);
}

static void the_guide_leads_to_what_is_offered(void)
{
    struct world w = world_open();
    for (size_t i = 0; i < matter_set_count(w.c->matters); i++) {
        const struct matter *m = matter_set_at(w.c->matters, i);
        if (m->status == MATTER_LISTED)
            continue;
        if (!guide_reaches(w.c->guide, (int)i))
            fprintf(stderr, "\nno choice leads to %s", m->code);
        CU_ASSERT(guide_reaches(w.c->guide, (int)i));
    }
    world_close(&w);
}

static void the_search_finds_every_name(void)
{
    struct world w = world_open();
    for (size_t i = 0; i < matter_set_count(w.c->matters); i++) {
        const struct matter *m = matter_set_at(w.c->matters, i);
        struct search_hit hit[SEARCH_MAX_HITS];
        size_t n = search_find(w.c->search, m->name, TODAY, hit);
        bool is_first = n > 0 && hit[0].matter == (int)i;
        if (!is_first && matter_is_valid_on(m, TODAY))
            fprintf(stderr, "\n%s is not found by its name", m->code);
        CU_ASSERT(is_first || !matter_is_valid_on(m, TODAY));
    }
    world_close(&w);
}

static CU_TestInfo cases[] = {
    {"the home page shows every matter", the_home_page_shows_every_matter},
    {"the guide leads to what is offered", the_guide_leads_to_what_is_offered},
    {"the search finds every name", the_search_finds_every_name},
    CU_TEST_INFO_NULL,
};
CUNIT_MAIN("core.ways", cases)

/* SPDX-License-Identifier: Apache-2.0 */
/* The catalogue in the tree, loaded for the search's bench and its gate. */
#include "search/world.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

enum { MAX_FILE_BYTES = 4 << 20, MAX_COMPLAINTS = 16 };

static bool read_text(const char *root, const char *name, char **ret, size_t *ret_len)
{
    char path[512];
    struct err err = {0};
    snprintf(path, sizeof path, "%s/%s", root, name);
    if (!mem_read_file(path, MAX_FILE_BYTES, ret, ret_len, &err))
        return true;
    fprintf(stderr, "%s: %s\n", path, err.msg);
    return false;
}

static bool load_phrases(const char *root, const char *name, struct phrases *ret)
{
    char path[512];
    snprintf(path, sizeof path, "%s/tests/bench/search/%s", root, name);
    return phrases_load(path, ret);
}

bool search_world_open(const char *root, struct search_world *ret)
{
    struct matter_complaint complaint[MAX_COMPLAINTS];
    char codes[512], matters[512];
    struct err err = {0};
    size_t n = 0;
    *ret = (struct search_world){0};
    snprintf(codes, sizeof codes, "%s/assets/codes", root);
    snprintf(matters, sizeof matters, "%s/assets/matters", root);
    if (!read_text(root, "assets/search/pinyin.tsv", &ret->pinyin, &ret->pinyin_len) ||
        !read_text(root, "assets/matters/words.json", &ret->words, &ret->words_len) ||
        !load_phrases(root, "tune.tsv", &ret->tune) ||
        !load_phrases(root, "heldout.tsv", &ret->heldout) ||
        !load_phrases(root, "stranger.tsv", &ret->stranger))
        return false;
    if (code_tables_load(codes, &ret->codes, &err)) {
        fprintf(stderr, "%s: %s\n", codes, err.msg);
        return false;
    }
    const struct catalogue_cfg cfg = {
        .dir = matters, .codes = ret->codes, .pinyin = ret->pinyin, .pinyin_len = ret->pinyin_len};
    if (catalogue_load(&cfg, complaint, MAX_COMPLAINTS, &n, &ret->catalogue, &err)) {
        fprintf(stderr, "%s: %s\n", matters, err.msg);
        return false;
    }
    for (size_t i = 0; i < n && i < MAX_COMPLAINTS; i++)
        fprintf(stderr, "%s %s: %s\n", complaint[i].file, complaint[i].pointer,
                complaint[i].reason);
    return true;
}

void search_world_close(struct search_world *w)
{
    phrases_free(&w->tune);
    phrases_free(&w->heldout);
    phrases_free(&w->stranger);
    catalogue_free(w->catalogue);
    code_tables_free(w->codes);
    free(w->pinyin);
    free(w->words);
}

static size_t find(void *ctx, const char *words, int ret[PHRASES_MAX_HITS])
{
    struct search_hit hit[SEARCH_MAX_HITS];
    size_t n = search_find(ctx, words, 0, hit);
    for (size_t i = 0; i < n; i++)
        ret[i] = hit[i].matter;
    return n;
}

struct engine search_world_engine(const char *name, struct search *search)
{
    return (struct engine){.name = name, .find = find, .ctx = search};
}

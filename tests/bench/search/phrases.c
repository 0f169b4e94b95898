/* SPDX-License-Identifier: Apache-2.0 */
/* Phrases of people with the matters that they mean, and how often a search finds those. */
#include "search/phrases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { MAX_FILE_BYTES = 1 << 20 };

/* Cut at the next separator; NULL when there is none. */
static char *cut(char *at, char separator)
{
    char *end = at ? strchr(at, separator) : NULL;
    if (!end)
        return NULL;
    *end = '\0';
    return end + 1;
}

bool phrases_load(const char *path, struct phrases *ret)
{
    size_t bytes = 0;
    struct err err = {0};
    *ret = (struct phrases){0};
    if (mem_read_file(path, MAX_FILE_BYTES, &ret->text, &bytes, &err)) {
        fprintf(stderr, "%s: %s\n", path, err.msg);
        return false;
    }
    for (char *line = ret->text, *next; line && *line && ret->n < PHRASES_MAX; line = next) {
        next = cut(line, '\n');
        if (*line == '#')
            continue;
        char *codes = cut(line, '\t'), *words = cut(codes, '\t');
        if (words)
            ret->phrase[ret->n++] = (struct phrase){line, codes, words};
    }
    return true;
}

void phrases_free(struct phrases *p)
{
    free(p->text);
    *p = (struct phrases){0};
}

static bool is_right(const char *codes, const char *code)
{
    size_t n = strlen(code);
    for (const char *at = codes; (at = strstr(at, code)) != NULL; at++)
        if ((at == codes || at[-1] == ',') && (at[n] == '\0' || at[n] == ','))
            return true;
    return false;
}

/* @return place of the first right hit from 1, 0: none of them is; a wanted "nothing" is 1. */
static size_t place_of(const struct phrase *p, const struct matter_set *set, const int *hit,
                       size_t n)
{
    if (!strcmp(p->codes, "-"))
        return n == 0;
    for (size_t i = 0; i < n; i++)
        if (is_right(p->codes, matter_set_at(set, (size_t)hit[i])->code))
            return i + 1;
    return 0;
}

static struct tally_row *row_of(struct phrases_result *r, const char *kind)
{
    for (size_t i = 0; i < r->n_rows; i++)
        if (!strcmp(r->row[i].kind, kind))
            return &r->row[i];
    if (r->n_rows == KINDS_MAX)
        return &r->row[KINDS_MAX - 1];
    r->row[r->n_rows].kind = kind;
    return &r->row[r->n_rows++];
}

struct phrases_result phrases_judge(const struct phrases *p, const struct matter_set *set,
                                    const struct engine *engine, bool shows_misses)
{
    struct phrases_result r = {.all.kind = "all"};
    for (size_t i = 0; i < p->n; i++) {
        int hit[PHRASES_MAX_HITS];
        const struct phrase *one = &p->phrase[i];
        size_t n = engine->find(engine->ctx, one->words, hit);
        size_t place = place_of(one, set, hit, n);
        struct tally_row *rows[] = {&r.all, row_of(&r, one->kind)};
        for (size_t k = 0; k < YJ_COUNT(rows); k++) {
            rows[k]->n++;
            rows[k]->first += place == 1;
            rows[k]->third += place >= 1 && place <= 3;
        }
        if (!shows_misses || place == 1)
            continue;
        printf("  miss %-9s %s -> %s:", one->kind, one->words, one->codes);
        for (size_t k = 0; k < n && k < 4; k++)
            printf(" %s", matter_set_at(set, (size_t)hit[k])->code);
        printf("%s\n", n ? "" : " nothing");
    }
    return r;
}

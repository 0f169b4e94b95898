/* SPDX-License-Identifier: Apache-2.0 */
/* Folders of a catalogue set for tests: write files, load, print complaints as lines. The includer
 * defines _GNU_SOURCE (mkdtemp, nftw). */
#ifndef YJ_TESTS_SET_KIT_H
#define YJ_TESTS_SET_KIT_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "core/catalogue.h"
#include "cunit_main.h"

enum { SET_CAP = 64, SET_LINES = 16384 };

struct set_kit {
    char dir[32];
    struct code_tables *codes;
    struct matter_complaint complaint[SET_CAP];
    size_t n;
    char lines[SET_LINES];
    struct catalogue *c; /* of the last load */
};

/* Write one file, with the folders above it. NULL text removes it. */
static inline void set_put(const struct set_kit *k, const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", k->dir, name);
    for (char *slash = strchr(path + strlen(k->dir) + 1, '/'); slash;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        (void)mkdir(path, 0700);
        *slash = '/';
    }
    if (!text) {
        (void)remove(path);
        return;
    }
    FILE *f = fopen(path, "w");
    if (!f || fputs(text, f) < 0 || fclose(f) != 0)
        exit(2);
}

/* The sample matter with another code: the first "T.GOOD" is replaced. */
static inline void set_put_matter(const struct set_kit *k, const char *name, const char *code)
{
    char *text = NULL;
    size_t n = 0;
    if (mem_read_file(YJ_SOURCE_DIR "/tests/unit/core/good/minimal.json", 1 << 20, &text, &n, NULL))
        exit(2);
    char *at = strstr(text, "T.GOOD");
    char *changed = mem_zalloc(n + 64, 1);
    snprintf(changed, n + 64, "%.*s%s%s", (int)(at - text), text, code, at + strlen("T.GOOD"));
    set_put(k, name, changed);
    free(changed);
    free(text);
}

/* A matter that is only listed, under a stage. */
static inline void set_put_listed(const struct set_kit *k, const char *name, const char *code,
                                  const char *stage)
{
    char text[512];
    snprintf(
        text, sizeof text,
        "{\"schema\":\"matter/1\",\"code\":\"%s\",\"name\":\"示例\",\"version\":\"1\","
        "\"status\":\"listed\",\"stage\":\"%s\",\"icon\":\"sample\",\"lead_dept\":\"示例部门\","
        "\"co_depts\":[]}",
        code, stage);
    set_put(k, name, text);
}

static inline struct set_kit *set_new(void)
{
    struct set_kit *k = mem_zalloc(1, sizeof *k);
    struct err err = {0};
    snprintf(k->dir, sizeof k->dir, "/tmp/yj-set-XXXXXX");
    if (!mkdtemp(k->dir))
        exit(2);
    if (code_tables_load(YJ_SOURCE_DIR "/assets/codes", &k->codes, &err) < 0) {
        fprintf(stderr, "%s\n", err.msg);
        exit(2);
    }
    set_put(k, "catalogue.json",
            "{\"schema\":\"catalogue/1\",\"version\":\"2026.11\",\"title\":\"示例\"}");
    set_put_matter(k, "national/good.json", "T.GOOD");
    return k;
}

static inline void set_write_lines(struct set_kit *k)
{
    size_t used = 0;
    k->lines[0] = '\0';
    for (size_t i = 0; i < k->n && i < SET_CAP; i++)
        used +=
            (size_t)snprintf(k->lines + used, sizeof k->lines - used, "%s: %s: %s\n",
                             k->complaint[i].file, k->complaint[i].pointer, k->complaint[i].reason);
}

/* Load for a region; k->c and k->lines hold what came of it. */
static inline const char *set_load(struct set_kit *k, const char *region)
{
    struct catalogue_cfg cfg = {.dir = k->dir, .region = region, .codes = k->codes};
    struct err err = {0};
    catalogue_free(k->c);
    k->c = NULL;
    CU_ASSERT_EQUAL_FATAL(catalogue_load(&cfg, k->complaint, SET_CAP, &k->n, &k->c, &err), 0);
    set_write_lines(k);
    return k->lines;
}

static inline const struct matter *set_matter(const struct set_kit *k, const char *code)
{
    for (size_t i = 0; i < matter_set_count(k->c->matters); i++)
        if (!strcmp(matter_set_at(k->c->matters, i)->code, code))
            return matter_set_at(k->c->matters, i);
    return NULL;
}

/* Fails with both texts. */
static inline bool set_is(const char *got, const char *want)
{
    bool is_same = !strcmp(got, want);
    if (!is_same)
        fprintf(stderr, "\ngot:\n%swant:\n%s", got, want);
    return is_same;
}

static inline int set_remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st;
    (void)flag;
    (void)ftw;
    return remove(path);
}

static inline void set_free(struct set_kit *k)
{
    catalogue_free(k->c);
    code_tables_free(k->codes);
    (void)nftw(k->dir, set_remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(k);
}

#endif

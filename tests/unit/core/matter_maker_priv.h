/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files of the maker. */
#ifndef YJ_TESTS_MATTER_MAKER_PRIV_H
#define YJ_TESTS_MATTER_MAKER_PRIV_H

#include "matter_maker.h"

enum { MAKER_TEXT = 1024, MAKER_ID = 48 };

struct made_var {
    char id[MAKER_ID];
    const char *type;
    const char *value[4]; /* some options of enum and set, fewer than there are */
    size_t n_values;
    int group; /* -1: a question */
};

struct made_group {
    char id[MAKER_ID];
    int min, max;    /* max 0: no repeat */
    size_t first, n; /* its variables; n 0: not made yet */
};

struct made_task {
    char id[MAKER_ID];
    const char *need;
    int task_group; /* -1: none */
    unsigned rank;  /* waits only for lower ones */
};

struct maker {
    struct dice dice;
    enum maker_size size;
    json_t *root;
    struct made_var var[MATTER_MAX_VARS];
    size_t n_vars;
    struct made_group group[MATTER_MAX_GROUPS];
    size_t n_groups;
    struct made_task task[MATTER_MAX_TASKS];
    size_t n_tasks, n_task_groups;
    int scope; /* repeated group in which names mean the same member, -1 */
};

/** Random number from..to. */
int maker_number(struct maker *k, int from, int to);
bool maker_is(struct maker *k, unsigned percent);

/** obj[key] = random text of at most max characters. */
void maker_put_words(struct maker *k, json_t *obj, const char *key, unsigned max);
void maker_put(json_t *obj, const char *key, const char *text);
void maker_put_number(json_t *obj, const char *key, int number);

/** A condition over the first `before` variables that can be true and can be false. */
void maker_condition(struct maker *k, size_t before, char *ret, size_t cap);

/** A computed value for variable `before`, over those in front of it. kind: 'n' number, 'd' date,
 *  't' text */
void maker_calc(struct maker *k, char kind, size_t before, char *ret, size_t cap);

/** Questions, groups and fields; tasks are planned already (matter_maker_fields.c). */
void maker_plan_groups(struct maker *k);
void maker_questions(struct maker *k);
void maker_fields(struct maker *k);

/** Tasks and materials (matter_maker_tasks.c). */
void maker_plan_tasks(struct maker *k);
void maker_tasks(struct maker *k);
void maker_materials(struct maker *k);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a condition: refused with a column, or evaluated to one of three values that no
 * later answer may turn (unless has() asks for emptiness). */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/expr.h"

enum { N_VARS = 8, N_TASKS = 4 };

/* "v0" .. "v7" and "baby.birth" (5), "t0" .. "t3". */
static int find_var(const void *ctx, const char *name)
{
    (void)ctx;
    if (!strcmp(name, "baby.birth"))
        return 5;
    return name[0] == 'v' && name[1] >= '0' && name[1] < '0' + N_VARS && !name[2] ? name[1] - '0'
                                                                                  : -1;
}

static int find_task(const void *ctx, const char *name)
{
    (void)ctx;
    return name[0] == 't' && name[1] >= '0' && name[1] < '0' + N_TASKS && !name[2] ? name[1] - '0'
                                                                                   : -1;
}

/* "g": a group of two; "g.s": variables 0 and 2 of it. */
static int find_group(const void *ctx, const char *name)
{
    (void)ctx;
    return strcmp(name, "g") ? -1 : 0;
}

static int find_column(const void *ctx, const char *name, int *ret_group, int *ret_step)
{
    (void)ctx;
    *ret_group = 0;
    *ret_step = 2;
    return strcmp(name, "g.s") ? -1 : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct expr_names names = {
        .var = find_var, .task = find_task, .group = find_group, .column = find_column};
    static const char *const full[N_VARS] = {"true",       "false",      "12.5", "-3",
                                             "2026-01-31", "2024-02-29", "x",    "x"};
    char text[2048];
    if (size >= sizeof text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    struct expr *e = NULL;
    struct err err = {0};
    if (expr_parse(text, &names, &e, &err)) {
        if (strncmp(err.msg, "column ", 7) != 0)
            abort();
        return 0;
    }
    const char *value[N_VARS] = {NULL};
    const uint8_t count[1] = {2};
    struct answers a = {
        .value = value, .n_values = N_VARS, .selected = 5, .today = 20261123, .count = count};
    enum tri before = expr_eval(e, &a);
    for (int i = 0; i < N_VARS; i++) {
        value[i] = full[i];
        enum tri after = expr_eval(e, &a);
        if (before != TRI_UNKNOWN && after != before && !strstr(text, "has"))
            abort();
        before = after;
    }
    expr_free(e);
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a computed value: refused with a column, or a result that is nothing, a number, a
 * day, or a text that was given. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/calc.h"
#include "core/codes.h"
#include "core/expr_priv.h"

enum { N_VARS = 8 };

/* "v0" .. "v7" */
static int find_var(const void *ctx, const char *name)
{
    (void)ctx;
    return name[0] == 'v' && name[1] >= '0' && name[1] < '0' + N_VARS && !name[2] ? name[1] - '0'
                                                                                  : -1;
}

static int find_task(const void *ctx, const char *name)
{
    (void)ctx;
    return strcmp(name, "t0") ? -1 : 0;
}

static int find_group(const void *ctx, const char *name)
{
    (void)ctx;
    return strcmp(name, "g") ? -1 : 0;
}

/* "g.s": variables 1, 2 and 3 */
static int find_column(const void *ctx, const char *name, int *ret_group, int *ret_step)
{
    (void)ctx;
    *ret_group = 0;
    *ret_step = 1;
    return strcmp(name, "g.s") ? -1 : 1;
}

static void check_result(const struct calc *c, const char *result)
{
    int64_t number = 0;
    if (!result[0])
        return;
    if (calc_kind(c) == CALC_NUMBER && !expr_number_parse(result, strlen(result), &number))
        abort();
    if (calc_kind(c) == CALC_DATE && !codes_date_parse(result))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct expr_names names = {
        .var = find_var, .task = find_task, .group = find_group, .column = find_column};
    static const char *const full[N_VARS] = {
        "true",       "999999999999.9999",  "-999999999999", "0.0001",
        "2026-01-31", "11010519491231002X", "2199-12-31",    "x"};
    char text[2048], result[64];
    if (size >= sizeof text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    struct calc *c = NULL;
    struct err err = {0};
    if (calc_parse(text, &names, &c, &err)) {
        if (strncmp(err.msg, "column ", 7) != 0)
            abort();
        return 0;
    }
    const char *value[N_VARS] = {NULL};
    const uint8_t count[1] = {3};
    struct answers a = {.value = value, .n_values = N_VARS, .today = 20261123, .count = count};
    calc_eval(c, &a, result, sizeof result);
    check_result(c, result);
    for (int i = 0; i < N_VARS; i++) {
        value[i] = full[i];
        calc_eval(c, &a, result, sizeof result);
        check_result(c, result);
    }
    calc_free(c);
    return 0;
}

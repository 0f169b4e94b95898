/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a matter file: complaints that can be shown, or a matter that can be planned and
 * checked with any answers. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "core/matter.h"

enum { CAP = 16 };

static void use(const struct matter *m)
{
    static const char *const pool[] = {NULL,     "true", "false",       "x", "2026-01-31",
                                       "张小宝", "12",   "13800000000", "01"};
    const char *value[MATTER_MAX_VARS];
    struct matter_plan plan;
    for (size_t round = 0; round < sizeof pool / sizeof pool[0]; round++) {
        for (size_t i = 0; i < m->n_vars; i++)
            value[i] = pool[(i + round) % (sizeof pool / sizeof pool[0])];
        struct answers a = {
            .value = value, .n_values = m->n_vars, .selected = (uint32_t)round, .today = 20261123};
        matter_plan(m, &a, &plan);
        if (plan.gate >= (int)m->n_gates || plan.longest_days < 0)
            abort();
        for (size_t i = 0; i < m->n_vars; i++) {
            const char *id = NULL, *text = NULL;
            if (matter_check(m, i, &a, &id, &text) && !id && !text)
                abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct matter_complaint c[CAP];
    struct matter *m = NULL;
    size_t n = 0;
    if (!matter_parse((const char *)data, size, "fuzz.json", c, CAP, &n, &m)) {
        use(m);
        matter_free(m);
        return 0;
    }
    if (!n)
        abort(); /* refused without a reason */
    for (size_t i = 0; i < n && i < CAP; i++)
        if (!c[i].reason[0] || !bytes_utf8_valid(c[i].reason, strlen(c[i].reason)) ||
            !bytes_utf8_valid(c[i].pointer, strlen(c[i].pointer)))
            abort();
    return 0;
}

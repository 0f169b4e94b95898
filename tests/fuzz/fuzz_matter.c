/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a matter file (over a small dictionary) and as a dictionary: complaints that can be
 * shown, or a matter that can be planned, computed and checked with any answers. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "core/matter.h"

enum { CAP = 16 };

static const char dictionary_text[] =
    "{\"schema\":\"fields/1\",\"fields\":{"
    "\"person.name\":{\"label\":\"n\",\"type\":\"name\",\"prefill\":{\"from\":\"card.name\"}},"
    "\"person.relation\":{\"label\":\"r\",\"type\":\"enum\",\"options\":["
    "{\"value\":\"10\",\"label\":\"a\"},{\"value\":\"20\",\"label\":\"b\"}]},"
    "\"consent.share\":{\"label\":\"c\",\"type\":\"consent\",\"text\":\"t\",\"text_version\":\"1\"}"
    ","
    "\"q.agent\":{\"label\":\"q\",\"type\":\"bool\"}},\"materials\":{"
    "\"id_card\":{\"name\":\"i\",\"mode\":\"E2\",\"certificate\":\"c\"},"
    "\"photo\":{\"name\":\"p\",\"mode\":\"E6\",\"actions\":[\"later\"],\"later_days\":3}}}";

static void use_plan(const struct matter *m, const struct answers *a)
{
    struct matter_plan plan;
    matter_plan(m, a, &plan);
    if (plan.gate >= (int)m->n_gates || plan.longest_days < 0)
        abort();
    for (size_t i = 0; i < m->n_tasks; i++)
        if (plan.finish_days[i] < 0 || plan.finish_days[i] > plan.longest_days)
            abort();
    for (size_t i = 0; i < m->n_vars; i++) {
        const char *id = NULL, *text = NULL;
        char computed[64] = "";
        if (matter_check(m, i, a, &id, &text) && !id && !text)
            abort();
        if (m->var[i].prefill_calc)
            calc_eval(m->var[i].prefill_calc, a, computed, sizeof computed);
        if (matter_var_find(m, m->var[i].id) != (int)i)
            abort();
    }
}

static void use(const struct matter *m)
{
    static const char *const pool[] = {NULL, "true", "false",       "x",  "2026-01-31", "张小宝",
                                       "12", "a,b",  "13800000000", "01", "430102",     "-0.5"};
    enum { POOL = sizeof pool / sizeof pool[0] };
    const char *value[MATTER_MAX_VARS];
    uint8_t count[MATTER_MAX_GROUPS];
    const struct matter_window *window = NULL;
    for (size_t round = 0; round < POOL; round++) {
        for (size_t i = 0; i < m->n_vars; i++)
            value[i] = pool[(i + round) % POOL];
        for (size_t g = 0; g < MATTER_MAX_GROUPS; g++)
            count[g] = (uint8_t)((g + round) % (MATTER_MAX_REPEAT + 1));
        struct answers a = {.value = value,
                            .n_values = m->n_vars,
                            .selected = (uint32_t)round * 0x249249u,
                            .today = 20261123,
                            .count = round ? count : NULL};
        use_plan(m, &a);
        (void)matter_is_open_on(m, 20260101 + (int)round * 100, &window);
    }
}

static void check_complaints(const struct matter_complaint *c, size_t n)
{
    if (!n)
        abort(); /* refused without a reason */
    for (size_t i = 0; i < n && i < CAP; i++)
        if (!c[i].reason[0] || !bytes_utf8_valid(c[i].reason, strlen(c[i].reason)) ||
            !bytes_utf8_valid(c[i].pointer, strlen(c[i].pointer)))
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct matter_complaint c[CAP];
    struct matter_dictionary *dictionary = NULL, *other = NULL;
    struct matter *m = NULL;
    size_t n = 0;
    if (matter_dictionary_parse(NULL, dictionary_text, sizeof dictionary_text - 1, "d.json", c, CAP,
                                &n, &dictionary))
        abort();
    const struct matter_context context = {.dictionary = dictionary};
    if (!matter_parse(&context, (const char *)data, size, "fuzz.json", c, CAP, &n, &m)) {
        use(m);
        matter_free(m);
    } else {
        check_complaints(c, n);
    }
    if (matter_dictionary_parse(NULL, (const char *)data, size, "fuzz.json", c, CAP, &n, &other))
        check_complaints(c, n);
    matter_dictionary_free(other);
    matter_dictionary_free(dictionary);
    return 0;
}

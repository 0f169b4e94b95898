/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns of matter files: judged and compiled when the file is read, so that nothing is compiled
 * while a visitor types. Pure; any thread (a compiled pattern is only read). */
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/matter_priv.h"

struct matter_pattern {
    regex_t regex;
};

const char *matter_pattern_mistake(const char *pattern)
{
    if (strlen(pattern) > MATTER_MAX_PATTERN_BYTES)
        return "the pattern is too long";
    /* back references and large repeats can take the C library minutes and gigabytes */
    long product = 1;
    for (const char *p = pattern; *p; p++) {
        if (p[0] == '\\' && p[1] >= '0' && p[1] <= '9')
            return "back references are not allowed";
        if (p[0] == '\\' && p[1]) {
            p++;
            continue;
        }
        if (*p != '{')
            continue;
        long largest = 1;
        const char *q = p + 1;
        for (; *q && *q != '}'; q++)
            if (*q >= '0' && *q <= '9') {
                char *end = NULL;
                long count = strtol(q, &end, 10);
                largest = count > largest ? count : largest;
                q = end - 1;
            }
        product = largest > 100 ? 1001 : product * largest;
        if (product > 1000)
            return "the repeats of the pattern are too large";
    }
    regex_t regex;
    if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB))
        return "the pattern cannot be compiled";
    regfree(&regex);
    return NULL;
}

struct matter_pattern *matter_pattern_new(const char *pattern)
{
    char whole[MATTER_MAX_PATTERN_BYTES + 8];
    struct matter_pattern *p = mem_zalloc(1, sizeof *p);
    snprintf(whole, sizeof whole, "^(%s)$", pattern);
    if (regcomp(&p->regex, whole, REG_EXTENDED | REG_NOSUB)) {
        free(p);
        return NULL;
    }
    return p;
}

void matter_pattern_free(struct matter_pattern *p)
{
    if (!p)
        return;
    regfree(&p->regex);
    free(p);
}

bool matter_pattern_met(const struct matter_pattern *p, const char *value)
{
    return p && !regexec(&p->regex, value, 0, NULL, 0);
}

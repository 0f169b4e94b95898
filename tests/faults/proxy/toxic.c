/* SPDX-License-Identifier: Apache-2.0 */
/* Words, spans and choice of toxics. Pure. */
#include "toxic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const words[TOXIC_N_KINDS] = {
    [TOXIC_NONE] = "none",
    [TOXIC_LATENCY] = "latency",
    [TOXIC_BANDWIDTH] = "bandwidth",
    [TOXIC_SLOW_CLOSE] = "slow_close",
    [TOXIC_TIMEOUT] = "timeout",
    [TOXIC_RESET_PEER] = "reset_peer",
    [TOXIC_SLICER] = "slicer",
    [TOXIC_LIMIT_UP] = "limit_up",
    [TOXIC_LIMIT_DOWN] = "limit_down",
    [TOXIC_LOST_REPLY] = "lost_reply",
    [TOXIC_DOWN] = "down",
    [TOXIC_DIVERT] = "divert",
};

const char *toxic_word(enum toxic_kind kind)
{
    return words[kind];
}

int64_t toxic_random(uint64_t *chance, int64_t low, int64_t high)
{
    *chance ^= *chance >> 12;
    *chance ^= *chance << 25;
    *chance ^= *chance >> 27;
    uint64_t value = (*chance * 0x2545f4914f6cdd1dULL) >> 1;
    return high <= low ? low : low + (int64_t)(value % (uint64_t)(high - low + 1));
}

/* "5" or "5-9" */
static bool span_parse(const char *text, struct toxic *t)
{
    char *end = NULL;
    t->low = t->high = strtoll(text, &end, 10);
    if (end == text || t->low < 0)
        return false;
    if (*end == '-') {
        const char *high = end + 1;
        t->high = strtoll(high, &end, 10);
        if (end == high || t->high < t->low)
            return false;
    }
    return *end == '\0';
}

static bool part_parse(const char *text, struct toxic *t)
{
    char word[24] = "", value[48] = "";
    long long jitter = 0;
    *t = (struct toxic){0};
    int n = sscanf(text, " %d %23s %47s %lld", &t->weight, word, value, &jitter);
    if (n < 2 || t->weight < 1)
        return false;
    while (t->kind < TOXIC_N_KINDS && strcmp(words[t->kind], word) != 0)
        t->kind++;
    t->jitter = jitter;
    bool has_value = t->kind != TOXIC_NONE && t->kind != TOXIC_DOWN;
    return t->kind < TOXIC_N_KINDS && has_value == (n >= 3) &&
           (n < 4 || t->kind == TOXIC_LATENCY) && (!has_value || span_parse(value, t));
}

bool toxic_mix_parse(const char *text, struct toxic_mix *ret)
{
    char copy[1024];
    char *rest = NULL;
    struct toxic_mix mix = {0};
    if (snprintf(copy, sizeof copy, "%s", text) >= (int)sizeof copy)
        return false;
    for (char *part = strtok_r(copy, ",", &rest); part; part = strtok_r(NULL, ",", &rest))
        if (mix.n == TOXIC_MAX_MIX || !part_parse(part, &mix.toxic[mix.n++]))
            return false;
    if (mix.n == 0)
        return false;
    *ret = mix;
    return true;
}

struct toxic toxic_draw(const struct toxic_mix *mix, uint64_t *chance)
{
    int64_t total = 0;
    for (int i = 0; i < mix->n; i++)
        total += mix->toxic[i].weight;
    int64_t at = toxic_random(chance, 1, total);
    int i = 0;
    while (at > mix->toxic[i].weight)
        at -= mix->toxic[i++].weight;
    struct toxic t = mix->toxic[i];
    t.low = t.high = toxic_random(chance, t.low, t.high);
    return t;
}

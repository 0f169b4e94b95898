/* SPDX-License-Identifier: Apache-2.0 */
/* Chance, texts and answers. One thread. */
#include <stdio.h>
#include <string.h>

#include "matter_maker_priv.h"

static uint64_t dice_next(struct dice *d)
{
    uint64_t z = d->state += UINT64_C(0x9e3779b97f4a7c15); /* SplitMix64 */
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

unsigned dice_below(struct dice *d, unsigned n)
{
    return (unsigned)(dice_next(d) % n);
}

bool dice_percent(struct dice *d, unsigned percent)
{
    return dice_below(d, 100) < percent;
}

static size_t put_char(char *out, uint32_t cp)
{
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    size_t n = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
    for (size_t i = n; i-- > 1; cp >>= 6)
        out[i] = (char)(0x80 | (cp & 0x3f));
    out[0] = (char)((0xf0 << (4 - n) & 0xff) | cp);
    return n;
}

/* Digits are rare: long runs of them could be somebody's number. */
void matter_words(struct dice *d, unsigned max_chars, char *ret, size_t cap)
{
    static const char plain[] = "abcXYZ.,;:!?()[]{}<>/\\\"'~%&+-=*#@|^$_ ";
    static const uint32_t rare[] = {0xb7, 0xe9, 0x3000, 0x1f600, 0x20bb7, 0xff01, 0x300a, 0x2460};
    unsigned usual = max_chars < 12 ? max_chars : 12;
    unsigned n = dice_percent(d, 4) ? max_chars : 1 + dice_below(d, usual);
    unsigned digits = 0;
    size_t used = 0;
    for (unsigned i = 0; i < n && used + 5 < cap; i++) {
        unsigned kind = i == 0 || i + 1 == n ? 0 : dice_below(d, 20);
        if (kind < 15)
            used += put_char(ret + used, 0x4e00 + dice_below(d, 0x5000));
        else if (kind < 17)
            ret[used++] = plain[dice_below(d, sizeof plain - 1)];
        else if (kind < 18 && digits++ < 3)
            ret[used++] = (char)('0' + dice_below(d, 10));
        else
            used += put_char(ret + used, rare[dice_below(d, sizeof rare / sizeof *rare)]);
    }
    ret[used] = '\0';
}

void matter_garbage(struct dice *d, char *ret, size_t cap)
{
    static const char *const edges[] = {"-",
                                        ".",
                                        "-0",
                                        "1e9",
                                        "00.0000",
                                        "true",
                                        "2026-02-30",
                                        "0000-00-00",
                                        ",",
                                        ",,a,",
                                        "999999999999.9999",
                                        "-999999999999",
                                        "9999-12-31",
                                        "''",
                                        "\xef\xbf\xbf",
                                        "\x7f",
                                        "\n",
                                        " ",
                                        "%s%n"};
    if (dice_percent(d, 30)) {
        snprintf(ret, cap, "%s", edges[dice_below(d, sizeof edges / sizeof *edges)]);
        return;
    }
    size_t used = 0, n = dice_percent(d, 20) ? cap : dice_below(d, 40);
    while (used < n && used + 5 < cap) {
        unsigned kind = dice_below(d, 6);
        uint32_t cp = kind < 2   ? 1 + dice_below(d, 0x7f)
                      : kind < 4 ? '0' + dice_below(d, 10)
                      : kind < 5 ? 0x80 + dice_below(d, 0x2000)
                                 : 0x10000 + dice_below(d, 0x100000);
        used += put_char(ret + used, cp);
    }
    ret[used] = '\0';
}

static void answer_set(struct dice *d, const struct matter_var *var, char *ret, size_t cap)
{
    size_t used = 0;
    ret[0] = '\0';
    for (size_t i = 0; i < var->n_options; i++)
        if (dice_percent(d, 40) && used < cap)
            used += (size_t)snprintf(ret + used, cap - used, "%s%s", used ? "," : "",
                                     var->option[i].value);
}

static void answer_number(struct dice *d, bool is_decimal, char *ret, size_t cap)
{
    int whole = (int)dice_below(d, 60) - 10;
    if (dice_percent(d, 10))
        whole = (int)dice_below(d, 2000000) - 1000000;
    if (is_decimal && dice_percent(d, 60))
        snprintf(ret, cap, "%d.%u", whole, dice_below(d, 9999));
    else
        snprintf(ret, cap, "%d", whole);
}

void matter_answer(struct dice *d, const struct matter_var *var, char *ret, size_t cap)
{
    static const char *const of_type[][3] = {
        [TYPE_BOOL] = {"true", "false", "true"},
        [TYPE_NAME] = {"张三", "陳大文", "DOE JOHN"},
        [TYPE_ADDRESS] = {"北京市朝阳区示例路1号", "示例路", "湖南省长沙市"},
        [TYPE_IDNO] = {"11010519491231002X", "440524188001010014", "810000199003070023"},
        [TYPE_MOBILE] = {"13800000000", "13800138000", "1380000000"},
        [TYPE_DIGITS] = {"12", "000000", "7"},
        [TYPE_CODE] = {"A", "AB12", "KAZ110090123105"},
        [TYPE_BANKCARD] = {"6222020000000000000", "6222021234567890128", "62"},
        [TYPE_USCC] = {"91350100M000100Y43", "123", "91350100M000100Y44"},
        [TYPE_TEL] = {"0731-12345", "12345", "010"},
        [TYPE_EMAIL] = {"a@example.com", "b", "c@d"},
        [TYPE_REGION] = {"430102", "110105", "430000"},
        [TYPE_CONSENT] = {"true", "true", "false"},
    };
    if (dice_percent(d, 4)) {
        matter_garbage(d, ret, cap);
        return;
    }
    if (var->type == TYPE_ENUM)
        snprintf(ret, cap, "%s", var->option[dice_below(d, (unsigned)var->n_options)].value);
    else if (var->type == TYPE_SET)
        answer_set(d, var, ret, cap);
    else if (var->type == TYPE_TEXT && dice_percent(d, 50))
        matter_words(d, 20, ret, cap);
    else if (var->type == TYPE_TEXT)
        snprintf(ret, cap, "%s", dice_percent(d, 50) ? "x" : "甲");
    else if (var->type == TYPE_DATE)
        snprintf(ret, cap, "%04u-%02u-%02u", 1940 + dice_below(d, 100), 1 + dice_below(d, 12),
                 1 + dice_below(d, 29));
    else if (var->type == TYPE_INTEGER || var->type == TYPE_DECIMAL)
        answer_number(d, var->type == TYPE_DECIMAL, ret, cap);
    else
        snprintf(ret, cap, "%s", of_type[var->type][dice_below(d, 3)]);
}

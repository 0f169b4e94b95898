/* SPDX-License-Identifier: Apache-2.0 */
/* Code tables GB/T 2261.1 and GB/T 3304, and the masks of personal data. Pure; any thread. */
#include "core/codes.h"

#include <stdint.h>
#include <string.h>

#include "base/bytes.h"

static const struct codes_entry sex_table[] = {
    {"0", "未知"}, {"1", "男"}, {"2", "女"}, {"9", "未说明"}};

/* Source: GB/T 3304-1991, table 1, and the two codes of the registers beside it. */
static const struct codes_entry nation_table[] = {
    {"01", "汉族"},       {"02", "蒙古族"},
    {"03", "回族"},       {"04", "藏族"},
    {"05", "维吾尔族"},   {"06", "苗族"},
    {"07", "彝族"},       {"08", "壮族"},
    {"09", "布依族"},     {"10", "朝鲜族"},
    {"11", "满族"},       {"12", "侗族"},
    {"13", "瑶族"},       {"14", "白族"},
    {"15", "土家族"},     {"16", "哈尼族"},
    {"17", "哈萨克族"},   {"18", "傣族"},
    {"19", "黎族"},       {"20", "傈僳族"},
    {"21", "佤族"},       {"22", "畲族"},
    {"23", "高山族"},     {"24", "拉祜族"},
    {"25", "水族"},       {"26", "东乡族"},
    {"27", "纳西族"},     {"28", "景颇族"},
    {"29", "柯尔克孜族"}, {"30", "土族"},
    {"31", "达斡尔族"},   {"32", "仫佬族"},
    {"33", "羌族"},       {"34", "布朗族"},
    {"35", "撒拉族"},     {"36", "毛南族"},
    {"37", "仡佬族"},     {"38", "锡伯族"},
    {"39", "阿昌族"},     {"40", "普米族"},
    {"41", "塔吉克族"},   {"42", "怒族"},
    {"43", "乌孜别克族"}, {"44", "俄罗斯族"},
    {"45", "鄂温克族"},   {"46", "德昂族"},
    {"47", "保安族"},     {"48", "裕固族"},
    {"49", "京族"},       {"50", "塔塔尔族"},
    {"51", "独龙族"},     {"52", "鄂伦春族"},
    {"53", "赫哲族"},     {"54", "门巴族"},
    {"55", "珞巴族"},     {"56", "基诺族"},
    {"97", "其他"},       {"98", "外国血统中国籍人士"},
};

const struct codes_entry *codes_sex(size_t *ret_n)
{
    *ret_n = YJ_COUNT(sex_table);
    return sex_table;
}

const struct codes_entry *codes_nation(size_t *ret_n)
{
    *ret_n = YJ_COUNT(nation_table);
    return nation_table;
}

static const char *table_name(const struct codes_entry *table, size_t n, const char *code)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(table[i].code, code))
            return table[i].name;
    return NULL;
}

const char *codes_sex_name(const char *code)
{
    return table_name(sex_table, YJ_COUNT(sex_table), code);
}

const char *codes_nation_name(const char *code)
{
    return table_name(nation_table, YJ_COUNT(nation_table), code);
}

/* Append a piece; what does not fit is left out and nothing after it is added. */
static void mask_put(char *ret, size_t cap, size_t *used, const char *piece, size_t n)
{
    if (*used + n >= cap)
        return;
    memcpy(ret + *used, piece, n);
    *used += n;
    ret[*used] = '\0';
}

void codes_mask_name(const char *name, char *ret, size_t cap)
{
    size_t total = strlen(name), used = 0;
    ret[0] = '\0';
    if (!total)
        return;
    if (!bytes_utf8_valid(name, total)) {
        mask_put(ret, cap, &used, "*", 1);
        return;
    }
    bool is_masked = false, is_single = bytes_utf8_count(name) == 1;
    for (size_t i = 0; i < total;) {
        uint32_t cp = 0;
        size_t n = bytes_utf8_next(name + i, total - i, &cp);
        bool is_separator = cp == ' ' || cp == 0xb7 || cp == '-';
        if (!is_masked && !is_separator && (i > 0 || is_single)) {
            mask_put(ret, cap, &used, "*", 1);
            is_masked = true;
        } else {
            mask_put(ret, cap, &used, name + i, n);
        }
        i += n;
    }
}

/* Text of one-byte characters: head and tail stay, stars between. */
static void mask_middle(const char *text, size_t head, size_t tail, char *ret, size_t cap)
{
    size_t n = strlen(text), used = 0;
    ret[0] = '\0';
    if (n < head + tail + 2) {
        head = n >= 6 ? 2 : 0;
        tail = head;
    }
    for (size_t i = 0; i < n; i++) {
        bool is_shown = (i < head || i >= n - tail) && (unsigned char)text[i] < 0x80;
        mask_put(ret, cap, &used, is_shown ? &text[i] : "*", 1);
    }
}

void codes_mask_idno(const char *idno, char *ret, size_t cap)
{
    mask_middle(idno, 4, 4, ret, cap);
}

void codes_mask_mobile(const char *number, char *ret, size_t cap)
{
    mask_middle(number, 3, 4, ret, cap);
}

void codes_mask_tel(const char *number, char *ret, size_t cap)
{
    mask_middle(number, 4, 3, ret, cap);
}

void codes_mask_email(const char *address, char *ret, size_t cap)
{
    size_t total = strlen(address), used = 0;
    const char *domain = memchr(address, '@', total);
    ret[0] = '\0';
    if (!total)
        return;
    if (domain && domain - address > 1 && (unsigned char)address[0] < 0x80)
        mask_put(ret, cap, &used, address, 1);
    mask_put(ret, cap, &used, "***", 3);
    if (domain && bytes_utf8_valid(domain, strlen(domain)))
        mask_put(ret, cap, &used, domain, strlen(domain));
}

void codes_mask_bankcard(const char *number, char *ret, size_t cap)
{
    mask_middle(number, 0, 4, ret, cap);
}

void codes_mask_text(const char *text, char *ret, size_t cap)
{
    size_t total = strlen(text), used = 0, shown = 0;
    ret[0] = '\0';
    if (!total)
        return;
    /* short text shows less than half of itself */
    size_t keep = bytes_utf8_valid(text, total) ? bytes_utf8_count(text) / 2 : 0;
    if (keep > 6)
        keep = 6;
    for (size_t i = 0; i < total && shown < keep; shown++) {
        uint32_t cp = 0;
        size_t n = bytes_utf8_next(text + i, total - i, &cp);
        mask_put(ret, cap, &used, text + i, n);
        i += n;
    }
    mask_put(ret, cap, &used, "***", 3);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Invented cards as the reader's wire has them. Test code, single-threaded. */
#include "card_blocks.h"

#include <openssl/evp.h>
#include <string.h>

#include "base/bytes.h"

struct part {
    const char *text;
    size_t n;
};

static const struct part persons[N_PERSONS][16] = {
    [PERSON_CITIZEN] = {{"张三", 30},
                        {"1", 2},
                        {"01", 4},
                        {"19491231", 16},
                        {"北京市朝阳区示例路1号", 70},
                        {"11010519491231002X", 36},
                        {"北京市公安局朝阳分局", 30},
                        {"20200101", 16},
                        {"长期", 16},
                        {"", 36}},
    [PERSON_J] = {{"陳大文", 30},
                  {"2", 2},
                  {"", 4},
                  {"19900307", 16},
                  {"广东省深圳市福田区示例道2号", 70},
                  {"810000199003070023", 36},
                  {"深圳市公安局", 30},
                  {"20240501", 16},
                  {"20290501", 16},
                  {"H12345678", 18},
                  {"01", 4},
                  {"", 6},
                  {"J", 2},
                  {"", 6}},
    [PERSON_I] = {{"DOE, JOHN", 120},
                  {"1", 2},
                  {"KAZ110090123105", 30},
                  {"KAZ", 6},
                  {"杜约翰", 30},
                  {"20180101", 16},
                  {"20280101", 16},
                  {"19901231", 16},
                  {"01", 4},
                  {"1500", 8},
                  {"I", 2},
                  {"", 6}},
    [PERSON_Y] = {{"杜约翰", 30},
                  {"1", 2},
                  {"01", 4},
                  {"19901231", 16},
                  {"DOE, JOHN", 70},
                  {"911398199012310021", 36},
                  {"", 30},
                  {"20240101", 16},
                  {"20340101", 16},
                  {"", 22},
                  {"KAZ", 6},
                  {"Y", 2},
                  {"000", 6}},
};

void block_field(const char *text, uint8_t *out, size_t n)
{
    size_t at = 0, left = strlen(text);
    while (left > 0 && at + 2 <= n) {
        uint32_t cp = '?';
        size_t used = bytes_utf8_next(text, left, &cp);
        if (cp > 0xFFFF && at + 4 <= n) { /* a surrogate pair */
            uint32_t high = 0xD800 + ((cp - 0x10000) >> 10);
            out[at++] = (uint8_t)high;
            out[at++] = (uint8_t)(high >> 8);
            cp = 0xDC00 + ((cp - 0x10000) & 0x3FF);
        }
        out[at++] = (uint8_t)cp;
        out[at++] = (uint8_t)(cp >> 8);
        text += used;
        left -= used;
    }
    for (; at + 2 <= n; at += 2) {
        out[at] = 0x20;
        out[at + 1] = 0;
    }
}

void block_text(enum block_person person, uint8_t out[BLOCK_TEXT])
{
    size_t at = 0;
    for (const struct part *p = persons[person]; p->n > 0; p++) {
        block_field(p->text, out + at, p->n);
        at += p->n;
    }
}

void block_photo(uint8_t out[BLOCK_PHOTO])
{
    static const uint8_t head[12] = {0x57, 0x4C, 0x66, 0, 0x7E, 0, 0x32, 0, 0, 0xFF, 0x85, 0};
    for (size_t i = 0; i < BLOCK_PHOTO; i++)
        out[i] = i < sizeof head ? head[i] : (uint8_t)(7 * i + 3);
}

size_t block_answer(uint8_t sw3, const void *data, size_t n, uint8_t *out)
{
    size_t len = n + 4;
    uint8_t x = 0;
    memcpy(out, "\xAA\xAA\xAA\x96\x69", 5);
    out[5] = (uint8_t)(len >> 8);
    out[6] = (uint8_t)len;
    out[7] = out[8] = 0;
    out[9] = sw3;
    if (n > 0)
        memcpy(out + 10, data, n);
    for (size_t i = 5; i < 10 + n; i++)
        x ^= out[i];
    out[10 + n] = x;
    return len + 7;
}

size_t block_frame(enum block_person person, int n_fingers, uint8_t out[BLOCK_FRAME_MAX])
{
    uint8_t data[BLOCK_FRAME_MAX] = {1, 0, 4, 0};
    size_t n = 4;
    if (n_fingers >= 0) {
        data[n++] = (uint8_t)(n_fingers * 2);
        data[n++] = 0;
    }
    block_text(person, data + n);
    block_photo(data + n + BLOCK_TEXT);
    n += BLOCK_TEXT + BLOCK_PHOTO;
    for (int k = 0; k < n_fingers; k++) {
        uint8_t record[512] = {0x43, 1, 0, 0, 1, k == 0 ? 0x0B : 0x10, 0x50};
        for (int i = 7; i <= 510; i++)
            record[i] = (uint8_t)(5 * i + k);
        memcpy(data + n, record, sizeof record);
        n += sizeof record;
    }
    return block_answer(0x90, data, n, out);
}

bool block_has_sha256(const uint8_t *p, size_t n, const char *expected_hex)
{
    uint8_t digest[32];
    char hex[65];
    unsigned len = 0;
    if (EVP_Digest(p, n, digest, &len, EVP_sha256(), NULL) != 1)
        return false;
    bytes_hex(digest, sizeof digest, hex);
    return strcmp(hex, expected_hex) == 0;
}

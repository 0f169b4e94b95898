/* SPDX-License-Identifier: Apache-2.0 */
/* Base64 and blocks of bytes. Pure, any thread. */
#include <stdbool.h>
#include <stdlib.h>

#include <openssl/evp.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "keyring.h"

void keyring_blob_free(struct keyring_blob *blob)
{
    if (blob->data)
        bytes_wipe(blob->data, blob->bytes);
    free(blob->data);
    *blob = (struct keyring_blob){0};
}

/* One more than the value of a digit; 0: it is none. */
static const uint8_t digit_of[256] = {
    ['A'] = 1,  ['B'] = 2,  ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,  ['G'] = 7,  ['H'] = 8,
    ['I'] = 9,  ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16,
    ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
    ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32,
    ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40,
    ['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
    ['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
    ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63, ['/'] = 64,
};

/* Whole groups of four digits. @return false at the first that is none */
static bool decode_groups(const uint8_t *text, size_t n_groups, uint8_t *out)
{
    for (size_t i = 0; i < n_groups; i++, text += 4, out += 3) {
        uint32_t a = digit_of[text[0]], b = digit_of[text[1]], c = digit_of[text[2]],
                 d = digit_of[text[3]];
        if (!a || !b || !c || !d)
            return false;
        uint32_t v = (a - 1) << 18 | (b - 1) << 12 | (c - 1) << 6 | (d - 1);
        out[0] = (uint8_t)(v >> 16);
        out[1] = (uint8_t)(v >> 8);
        out[2] = (uint8_t)v;
    }
    return true;
}

/* The last group, with one or two pads; the bits that are left over must be zero. */
static bool decode_last(const uint8_t *text, size_t pad, uint8_t *out)
{
    uint32_t a = digit_of[text[0]], b = digit_of[text[1]], c = pad == 2 ? 1 : digit_of[text[2]];
    if (!a || !b || !c)
        return false;
    uint32_t v = (a - 1) << 18 | (b - 1) << 12 | (c - 1) << 6;
    out[0] = (uint8_t)(v >> 16);
    if (pad == 1)
        out[1] = (uint8_t)(v >> 8);
    return (v & (pad == 2 ? 0xFFFFu : 0xFFu)) == 0;
}

int keyring_unb64(const char *text, size_t chars, struct keyring_blob *ret, struct err *err)
{
    if (chars == 0 || chars % 4)
        return ERR(err, ERR_INVALID, "the base64 text has a wrong length");
    const uint8_t *in = (const uint8_t *)text;
    size_t pad = text[chars - 1] == '=' ? (text[chars - 2] == '=' ? 2 : 1) : 0;
    size_t n = chars / 4 * 3 - pad, n_groups = chars / 4 - (pad != 0);
    uint8_t *data = mem_zalloc(n + 1, 1);
    if (!decode_groups(in, n_groups, data) ||
        (pad && !decode_last(in + n_groups * 4, pad, data + n_groups * 3))) {
        free(data);
        return ERR(err, ERR_INVALID, "the text is not base64");
    }
    *ret = (struct keyring_blob){data, n};
    return 0;
}

char *keyring_b64(const void *data, size_t bytes)
{
    char *text = mem_zalloc((bytes + 2) / 3 * 4 + 1, 1);
    EVP_EncodeBlock((unsigned char *)text, data, (int)bytes);
    return text;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* base/hash against its authors' vectors; base/text on the characters that must not hide. */
#include "cunit_main.h"

#include "base/err.h"
#include "base/hash.h"
#include "base/text.h"

/* Source: "SipHash: a fast short-input PRF", appendix A, and the reference vectors: the key is
 * 00..0f, the input 00, 01, ... */
static void sip_hash_as_its_authors_have_it(void)
{
    static const struct {
        size_t n;
        uint64_t hash;
    } vectors[] = {{0, UINT64_C(0x726FDB47DD0E0E31)},
                   {1, UINT64_C(0x74F839C593DC67FD)},
                   {8, UINT64_C(0x93F5F5799A932462)},
                   {15, UINT64_C(0xA129CA6149BE45E5)}};
    uint8_t key[HASH_KEY_BYTES], data[16];
    for (uint8_t i = 0; i < 16; i++)
        key[i] = data[i] = i;
    for (size_t i = 0; i < YJ_COUNT(vectors); i++)
        CU_ASSERT_EQUAL(hash_keyed(key, data, vectors[i].n), vectors[i].hash);
    key[0] ^= 1;
    CU_ASSERT_NOT_EQUAL(hash_keyed(key, data, 15), vectors[3].hash);
}

static void hidden_characters(void)
{
    static const uint32_t hidden[] = {0,      0x1F,   0x7F,   0x9F,   0xAD,   0x061C,
                                      0x200B, 0x200F, 0x202E, 0x2060, 0x2066, 0x206F,
                                      0xFEFF, 0xFFFD, 0xFFFF, 0x1FFFE};
    static const uint32_t plain[] = {' ',    '~',    0xA0,   0xB7,    0x3007,
                                     0x4E00, 0xE000, 0xF8FF, 0x20BB7, 0x2C386};
    for (size_t i = 0; i < YJ_COUNT(hidden); i++)
        CU_ASSERT_TRUE(text_is_hidden(hidden[i]));
    for (size_t i = 0; i < YJ_COUNT(plain); i++)
        CU_ASSERT_FALSE(text_is_hidden(plain[i]));
}

static void check_characters(void)
{
    CU_ASSERT_EQUAL(text_check_11643("11010519491231002"), 'X');
    CU_ASSERT_EQUAL(text_check_11643("44052418800101001"), '4');
    CU_ASSERT_EQUAL(text_check_11643("81000019900307002"), '3');
    CU_ASSERT_EQUAL(text_check_11643("91139819901231002"), '1');
}

static CU_TestInfo cases[] = {
    {"keyed hash", sip_hash_as_its_authors_have_it},
    {"hidden characters", hidden_characters},
    {"check characters", check_characters},
    CU_TEST_INFO_NULL,
};
CUNIT_MAIN("base.hash", cases)

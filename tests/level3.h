/* SPDX-License-Identifier: Apache-2.0 */
/* The ideographs of GB 18030-2022, implementation level 3: 87 887 ideographs and 228 radicals,
 * 88 115 in all. Ranges as the standard's repertoire (clauses 4 and 7, annexes A and C) names them
 * by their places in ISO/IEC 10646; the sums below are the ones it states. */
#ifndef YJ_TESTS_LEVEL3_H
#define YJ_TESTS_LEVEL3_H

#include <stddef.h>
#include <stdint.h>

enum { LEVEL3_IDEOGRAPHS = 87887, LEVEL3_RADICALS = 228 };

struct level3_range {
    uint32_t first, last;
    const char *name;
};

static const struct level3_range level3_ideographs[] = {
    {0x4E00, 0x9FA5, "unified"},       {0x9FA6, 0x9FEF, "unified, added later"},
    {0x3400, 0x4DB5, "extension A"},   {0x20000, 0x2A6D6, "extension B"},
    {0x2A700, 0x2B734, "extension C"}, {0x2B740, 0x2B81D, "extension D"},
    {0x2B820, 0x2CEA1, "extension E"}, {0x2CEB0, 0x2EBE0, "extension F"},
    {0xFA0E, 0xFA0F, "compatibility"}, {0xFA11, 0xFA11, "compatibility"},
    {0xFA13, 0xFA14, "compatibility"}, {0xFA1F, 0xFA1F, "compatibility"},
    {0xFA21, 0xFA21, "compatibility"}, {0xFA23, 0xFA24, "compatibility"},
    {0xFA27, 0xFA29, "compatibility"},
};

static const struct level3_range level3_radicals[] = {
    {0x2F00, 0x2FD5, "Kangxi radicals"}, {0x2E81, 0x2E81, "radicals"}, {0x2E84, 0x2E84, "radicals"},
    {0x2E88, 0x2E88, "radicals"},        {0x2E8B, 0x2E8C, "radicals"}, {0x2E97, 0x2E97, "radicals"},
    {0x2EA7, 0x2EA7, "radicals"},        {0x2EAA, 0x2EAA, "radicals"}, {0x2EAE, 0x2EAE, "radicals"},
    {0x2EB3, 0x2EB3, "radicals"},        {0x2EB6, 0x2EB7, "radicals"}, {0x2EBB, 0x2EBB, "radicals"},
    {0x2ECA, 0x2ECA, "radicals"},
};

#endif

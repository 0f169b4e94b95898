/* SPDX-License-Identifier: Apache-2.0 */
/* A fuzz input read from its front, byte by byte; past its end come zeros. Thread: one. */
#ifndef YJ_TESTS_FUZZ_WIRE_INPUT_H
#define YJ_TESTS_FUZZ_WIRE_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wire_input {
    const uint8_t *p;
    size_t n;
};

static inline uint8_t wire_u8(struct wire_input *in)
{
    if (in->n == 0)
        return 0;
    in->n--;
    return *in->p++;
}

static inline uint16_t wire_u16(struct wire_input *in)
{
    uint8_t low = wire_u8(in);
    return (uint16_t)(wire_u8(in) << 8 | low);
}

/* @return up to n bytes, borrowed from the input; *ret_n says how many there were */
static inline const uint8_t *wire_bytes(struct wire_input *in, size_t n, size_t *ret_n)
{
    const uint8_t *p = in->p;
    *ret_n = n < in->n ? n : in->n;
    in->p += *ret_n;
    in->n -= *ret_n;
    return p;
}

#endif

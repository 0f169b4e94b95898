/* SPDX-License-Identifier: Apache-2.0 */
/* A code while it is being received: bounded, wiped, and remembering why it cannot be used while
 * its rest is still read away. Pure. Thread: any. */
#ifndef YJ_SCANNER_SCANNER_CODE_H
#define YJ_SCANNER_SCANNER_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"

enum { SCANNER_CODE_MAX = 4096 }; /* a QR code holds 2953 bytes; escapes make it longer */

struct scanner_code {
    bool is_begun;
    int fault; /* why it is refused in the end; 0 so far none */
    size_t n;
    uint8_t data[SCANNER_CODE_MAX];
};

static inline void scanner_code_drop(struct scanner_code *c)
{
    bytes_wipe(c, sizeof *c);
}

/* The first reason stays. */
static inline void scanner_code_spoil(struct scanner_code *c, int fault)
{
    c->is_begun = true;
    if (c->fault == 0)
        c->fault = fault;
}

static inline void scanner_code_add(struct scanner_code *c, const uint8_t *data, size_t n)
{
    c->is_begun = true;
    if (n > sizeof c->data - c->n) {
        scanner_code_spoil(c, ERR_SCANNER_TOO_LONG);
        return;
    }
    for (size_t i = 0; i < n; i++)
        c->data[c->n++] = data[i];
}

#endif

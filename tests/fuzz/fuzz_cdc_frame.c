/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes on the serial line, in any pieces. Input: one byte suffix and size of the pieces, then
 * the stream. The codes must not depend on how the stream was cut. */
#include <stdlib.h>
#include <string.h>

#include "drivers/scanner/cdc_acm_frame.h"
#include "drivers/scanner/scanner_aim.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What became of a stream: codes counted and summed up. */
struct outcome {
    size_t n_codes, n_bytes;
    uint32_t sum;
};

static void code_note(struct outcome *o, struct scanner_code *code)
{
    size_t n = code->n;
    if (n > SCANNER_CODE_MAX)
        abort();
    o->n_codes++;
    o->n_bytes += n;
    o->sum = o->sum * 31 + (uint32_t)-code->fault;
    for (size_t i = 0; i < n; i++)
        o->sum = o->sum * 31 + code->data[i];
    if (aim_eci_undo(code->data, n, &n) == 0 && n > code->n)
        abort();
    scanner_code_drop(code);
}

static struct outcome run(enum cdc_suffix suffix, const uint8_t *data, size_t size, size_t piece)
{
    static struct scanner_code code;
    struct cdc_frame f = {.suffix = suffix};
    struct outcome o = {0};
    scanner_code_drop(&code);
    for (size_t i = 0; i < size; i += piece) {
        size_t left = size - i < piece ? size - i : piece;
        const uint8_t *p = data + i;
        while (left > 0) {
            size_t used = 0;
            if (cdc_frame_feed(&f, &code, p, left, &used))
                code_note(&o, &code);
            if (used == 0 || used > left)
                abort();
            p += used;
            left -= used;
        }
    }
    if (cdc_frame_pause(&f) == 0 && code.is_begun)
        code_note(&o, &code);
    return o;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    enum cdc_suffix suffix = (enum cdc_suffix)(data[0] & 3);
    size_t piece = (data[0] >> 2) + 1u;
    struct outcome cut = run(suffix, data + 1, size - 1, piece);
    struct outcome whole = run(suffix, data + 1, size - 1, size);
    if (cut.n_codes != whole.n_codes || cut.n_bytes != whole.n_bytes || cut.sum != whole.sum)
        abort();
    return 0;
}

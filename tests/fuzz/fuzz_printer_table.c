/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as a printer table and as the terminal's settings: refused with a sentence, or read into
 * profiles that keep their promises to the encoder and the parser. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "drivers/printer/printer_profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void answer_check(const struct dialect_answer *a)
{
    uint8_t bytes[DIALECT_MAX_BYTES] = {0};
    if (a->n_bytes > DIALECT_MAX_BYTES || a->n_bits > DIALECT_MAX_BITS || a->n_head > 2)
        abort();
    for (size_t i = 0; i < a->n_bits; i++)
        if (a->bit[i].at >= a->n_bytes || a->bit[i].mask == 0 || a->bit[i].fact == 0)
            abort();
    if (a->n_bytes > 0)
        (void)dialect_answer_apply(a, bytes, 0);
}

static void profile_check(const struct printer_profile *p)
{
    if (!p->dialect || p->dialect->n_polls > DIALECT_MAX_POLLS || p->head_dots < 64 ||
        p->head_dots > 4096 || p->band_rows < 8 || p->band_rows > ESCPOS_MAX_BAND_ROWS ||
        p->dots_per_mm_x10 <= 0 || p->slowest_mm_per_s <= 0 || p->hello.n > HEX_MAX)
        abort();
    for (size_t i = 0; i < p->dialect->n_polls; i++) {
        answer_check(&p->dialect->poll[i].answer);
        if (p->dialect->poll[i].n_request == 0 || p->dialect->poll[i].n_request > DIALECT_CMD_MAX)
            abort();
    }
    answer_check(&p->dialect->automatic);
    if (escpos_find_real_time(p->hello.at, p->hello.n) != p->hello.n)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = mem_zalloc(size + 1, 1);
    struct printer_table *t = mem_zalloc(1, sizeof *t);
    struct printer_settings s;
    struct err err = {0};
    memcpy(text, data, size);
    int r = printer_table_parse(text, t, &err);
    if (r == 0)
        for (size_t i = 0; i < t->n; i++)
            profile_check(&t->profile[i]);
    else if (r != ERR_SYNTAX || err.msg[0] == '\0')
        abort();
    err = (struct err){0};
    r = printer_settings_parse(text, t, &s, &err);
    if (r != 0 && (r != ERR_INVALID || err.msg[0] == '\0'))
        abort();
    free(t);
    free(text);
    return 0;
}

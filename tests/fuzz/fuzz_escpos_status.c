/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes from the printer, in every dialect: status in the loop the driver has, with and
 * without a question open; device ids; and sequences that a printer would act on. */
#include <stdlib.h>
#include <string.h>

#include "drivers/printer/escpos_status.h"
#include "drivers/printer/printer_profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void item_check(const struct printer_dialect *d, const struct escpos_item *item, size_t poll,
                       unsigned *facts)
{
    if (item->n > sizeof item->bytes || memchr(item->text, '\0', sizeof item->text) == NULL)
        abort();
    if (item->kind == ESCPOS_ITEM_REAL_TIME && d->n_polls > 0) {
        const struct dialect_answer *a = &d->poll[poll].answer;
        if (item->n == a->n_bytes)
            *facts = dialect_answer_apply(a, item->bytes, *facts);
    } else if (item->kind == ESCPOS_ITEM_AUTO && d->n_enable > 0) {
        *facts = dialect_answer_apply(&d->automatic, item->bytes, *facts);
    }
    if (printer_facts_cause(*facts) > 0)
        abort(); /* 0 or a negative code */
    if (*facts & ~printer_dialect_facts(d))
        abort(); /* it cannot tell what it has no bit for */
}

/* @param selector  which dialect, and how often a question is asked */
static void run(const char *name, uint8_t selector, const uint8_t *data, size_t size)
{
    struct escpos_parser p = {.dialect = printer_dialect_preset(name), .has_numbers = selector & 1};
    struct escpos_item item;
    unsigned facts = 0;
    size_t n_items = 0, poll = 0;
    for (size_t i = 0; i < size; i++) {
        if (p.dialect->n_polls > 0 && i % (2u + (selector & 7)) == 0) {
            poll = i % p.dialect->n_polls;
            escpos_parser_ask(&p, p.dialect->is_sorted ? NULL : &p.dialect->poll[poll].answer);
        }
        if (!escpos_parse(&p, data[i], &item))
            continue;
        n_items++;
        item_check(p.dialect, &item, poll, &facts);
    }
    if (n_items > size || p.n > sizeof p.buf)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"epson",  "epson_no_asb", "custom_full", "hwasung", "seiko",
                                        "nippon", "pyramid",      "phoenix",     "none"};
    struct printer_id id;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        run(names[i], size > 0 ? data[size - 1] : 0, data, size);
    size_t at = escpos_find_real_time(data, size);
    if (at > size || (at < size && data[at] != 0x10))
        abort();
    printer_id_parse(data, size, &id);
    if (strnlen(id.mfg, sizeof id.mfg) == sizeof id.mfg ||
        strnlen(id.mdl, sizeof id.mdl) == sizeof id.mdl ||
        strnlen(id.cmd, sizeof id.cmd) == sizeof id.cmd)
        abort();
    (void)printer_id_is_generic(&id);
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes from the printer: status in the loop the driver has, device ids, and sequences that
 * a printer would act on. */
#include <stdlib.h>
#include <string.h>

#include "drivers/printer/escpos_status.h"
#include "drivers/printer/printer_profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct escpos_parser p = {0};
    struct escpos_status s = {0};
    struct escpos_item item;
    struct printer_id id;
    size_t n_items = 0;
    for (size_t i = 0; i < size; i++) {
        if (!escpos_parse(&p, data[i], &item))
            continue;
        n_items++;
        if (item.kind == ESCPOS_ITEM_REAL_TIME)
            escpos_status_real_time(&s, (uint8_t)(n_items % 6), item.byte);
        else if (item.kind == ESCPOS_ITEM_AUTO)
            escpos_status_auto(&s, item.asb);
        if (escpos_status_cause(&s) > 0)
            abort(); /* 0 or a negative code */
    }
    if (n_items > size || p.n > sizeof p.buf)
        abort();
    size_t at = escpos_find_real_time(data, size);
    if (at > size || (at < size && data[at] != 0x10))
        abort();
    printer_id_parse(data, size, &id);
    if (strnlen(id.mfg, sizeof id.mfg) == sizeof id.mfg ||
        strnlen(id.mdl, sizeof id.mdl) == sizeof id.mdl ||
        strnlen(id.cmd, sizeof id.cmd) == sizeof id.cmd)
        abort();
    return 0;
}

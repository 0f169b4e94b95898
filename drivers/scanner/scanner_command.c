/* SPDX-License-Identifier: Apache-2.0 */
/* Makers' serial commands. Pure. */
#include "drivers/scanner/scanner_command.h"

#include "base/cleanup.h"

enum { SYN = 0x16, BEL = 0x07, CR = 0x0D };

static const uint8_t honeywell_start[] = {SYN, 'T', CR};
static const uint8_t honeywell_stop[] = {SYN, 'U', CR};
static const uint8_t honeywell_beep[] = {SYN, BEL, CR};
static const uint8_t newland_start[] = {0x7E, 0x00, 0x08, 0x01, 0x00, 0x02, 0x01, 0x02, 0xDA};
static const uint8_t newland_stop[] = {0x7E, 0x00, 0x08, 0x01, 0x00, 0x02, 0x02, 0x32, 0xB9};

static const struct {
    enum scanner_dialect dialect;
    enum scanner_act act;
    const uint8_t *bytes;
    size_t n;
} commands[] = {
    {SCANNER_HONEYWELL, SCANNER_ACT_START, honeywell_start, sizeof honeywell_start},
    {SCANNER_HONEYWELL, SCANNER_ACT_STOP, honeywell_stop, sizeof honeywell_stop},
    {SCANNER_HONEYWELL, SCANNER_ACT_GOOD, honeywell_beep, sizeof honeywell_beep},
    {SCANNER_NEWLAND, SCANNER_ACT_START, newland_start, sizeof newland_start},
    {SCANNER_NEWLAND, SCANNER_ACT_STOP, newland_stop, sizeof newland_stop},
};

size_t scanner_command(enum scanner_dialect dialect, enum scanner_act act, const uint8_t **ret)
{
    for (size_t i = 0; i < YJ_COUNT(commands); i++) {
        if (commands[i].dialect != dialect || commands[i].act != act)
            continue;
        *ret = commands[i].bytes;
        return commands[i].n;
    }
    return 0;
}

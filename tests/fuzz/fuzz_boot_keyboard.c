/* SPDX-License-Identifier: Apache-2.0 */
/* Any reports from a keyboard. Input: reports of 8 bytes, the last one may be short. */
#include <stdlib.h>
#include <string.h>

#include "drivers/scanner/wedge_keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct scanner_code code;
    struct wedge_keys keys = {0};
    scanner_code_drop(&code);
    while (size > 0) {
        size_t n = size < WEDGE_REPORT_BYTES ? size : WEDGE_REPORT_BYTES, before = code.n;
        if (wedge_keys_feed(&keys, &code, data, n))
            scanner_code_drop(&code);
        else if (code.n > before + WEDGE_KEYS || code.n > SCANNER_CODE_MAX)
            abort();
        for (size_t i = 0; i < code.n; i++)
            if (code.data[i] < 0x20 || code.data[i] > 0x7E) /* a keyboard types nothing else */
                abort();
        data += n;
        size -= n;
    }
    return 0;
}

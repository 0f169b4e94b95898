/* SPDX-License-Identifier: Apache-2.0 */
/* Any payload of a code. What comes out is valid UTF-8 within its bounds and holds no
 * control character; after a failure nothing is left. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "drivers/scanner/code_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[CODE_TEXT_MAX_BYTES + 1];
    int rc = code_text_decode(data, size, text, NULL);
    size_t n = strlen(text);
    if (rc != 0 && n != 0)
        abort();
    if (rc == 0 && (n == 0 || n > CODE_TEXT_MAX_BYTES || !bytes_utf8_valid(text, n)))
        abort();
    for (size_t i = 0; i < n; i++)
        if ((uint8_t)text[i] < 0x20 || text[i] == 0x7F)
            abort();
    return 0;
}

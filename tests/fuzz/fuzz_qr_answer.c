/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes from the decoder program, as the camera driver takes them. Input: one byte for the id
 * expected, then the message. */
#include <stdlib.h>

#include "drivers/scanner/qr_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct qr_wire_answer a;
    if (size < 1)
        return 0;
    if (qr_wire_answer_parse(data + 1, size - 1, data[0], &a, NULL) == 0 &&
        (a.n > QR_WIRE_CODE_MAX || QR_WIRE_ANSWER_HEAD + a.n != size - 1 || a.id != data[0] ||
         (a.n > 0) != (a.kind == QR_WIRE_CODE)))
        abort();
    return 0;
}

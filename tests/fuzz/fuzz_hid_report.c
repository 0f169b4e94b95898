/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes from the scanner: a report descriptor, then reports of its layout, then the text.
 * Input: two bytes length of the descriptor (big-endian), descriptor, reports back to back. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "drivers/scanner/code_text.h"
#include "drivers/scanner/hid_report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hid_layout layout;
    char text[CODE_TEXT_MAX_BYTES + 1];
    if (size < 3)
        return 0;
    size_t n = bytes_be16(data), left = size - 2;
    data += 2;
    if (n == 0 || n > left || n > HID_DESCRIPTOR_MAX)
        return 0;
    struct hid_trigger trigger;
    uint8_t out[HID_TRIGGER_MAX];
    int r = hid_layout_find(data, n, &layout, NULL);
    (void)hid_is_keyboard(data, n);
    if (hid_trigger_find(data, n, &trigger) == 0)
        for (unsigned bits = 0; bits < 1u << HID_TRIGGER_N_BITS; bits++)
            if (hid_trigger_write(&trigger, bits, out) > HID_TRIGGER_MAX)
                abort();
    data += n;
    left -= n;
    if (code_text_decode(data, left, text, NULL) == 0 && !bytes_utf8_valid(text, strlen(text)))
        abort();
    if (r != 0)
        return 0;
    if (layout.report_bytes == 0 || layout.report_bytes > HID_REPORT_MAX ||
        layout.data_at + layout.data_bytes > layout.report_bytes ||
        layout.length_at >= layout.report_bytes)
        abort();
    while (left > 0) {
        struct hid_scan scan;
        size_t take = left < layout.report_bytes ? left : layout.report_bytes;
        if (hid_scan_parse(&layout, data, take, &scan, NULL) == 0 &&
            (scan.n > layout.data_bytes || scan.data < data || scan.data + scan.n > data + take))
            abort();
        data += take;
        left -= take;
    }
    return 0;
}

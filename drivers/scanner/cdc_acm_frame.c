/* SPDX-License-Identifier: Apache-2.0 */
/* Codes out of a serial stream. Pure. */
#include "drivers/scanner/cdc_acm_frame.h"

/* Does this byte, behind what is there, end the code? Takes the CR of a CR LF back. */
static bool is_end(const struct cdc_frame *f, struct scanner_code *code, uint8_t byte)
{
    if (f->suffix == CDC_SUFFIX_CR)
        return byte == '\r';
    if (f->suffix == CDC_SUFFIX_LF)
        return byte == '\n';
    if (f->suffix == CDC_SUFFIX_CRLF && byte == '\n' && code->n > 0 &&
        code->data[code->n - 1] == '\r') {
        code->n--;
        return true;
    }
    return false;
}

bool cdc_frame_feed(struct cdc_frame *f, struct scanner_code *code, const uint8_t *data, size_t n,
                    size_t *ret_used)
{
    for (size_t i = 0; i < n; i++) {
        bool is_skipped = f->may_skip_lf && data[i] == '\n';
        f->may_skip_lf = false;
        if (is_skipped)
            continue;
        if (is_end(f, code, data[i])) {
            code->is_begun = true;
            f->may_skip_lf = f->suffix == CDC_SUFFIX_CR;
            *ret_used = i + 1;
            return true;
        }
        if (code->n == sizeof code->data) { /* keep the last byte current: CR LF may be split */
            scanner_code_spoil(code, ERR_SCANNER_TOO_LONG);
            code->n--;
        }
        scanner_code_add(code, data + i, 1);
    }
    *ret_used = n;
    return false;
}

int cdc_frame_pause(struct cdc_frame *f)
{
    f->may_skip_lf = false;
    return f->suffix == CDC_SUFFIX_NONE ? 0 : ERR_SCANNER_REPORT;
}

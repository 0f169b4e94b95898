/* SPDX-License-Identifier: Apache-2.0 */
/* From the raw bytes of a code to text that may be handed up: character set, length, characters.
 * Every payload is hostile input: it is refused, never cut or cleaned. Pure. Thread: any. */
#ifndef YJ_SCANNER_CODE_TEXT_H
#define YJ_SCANNER_CODE_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
    CODE_TEXT_MAX_BYTES = 1024,                        /* of UTF-8, without the NUL */
    CODE_TEXT_MAX_RAW_BYTES = 2 * CODE_TEXT_MAX_BYTES, /* no text of that length needs more */
};

/**
 * Decode. In this order: a byte order mark is dropped; one trailing CR, LF or CR LF is dropped;
 * strict UTF-8 is taken as it is, anything else must be strict GB 18030; a text whose characters
 * are all below U+0100 and are, taken as bytes, valid UTF-8 beyond ASCII was encoded twice, which
 * is undone once.
 * @param n    bytes as scanned
 * @param out  CODE_TEXT_MAX_BYTES + 1 bytes; empty on failure
 * @return 0, ERR_SCANNER_TOO_LONG, ERR_SCANNER_TEXT (empty, neither character set, a NUL, control
 *         characters, invisible or direction characters, code points that are no characters)
 */
int code_text_decode(const uint8_t *raw, size_t n, char *out, struct err *err) YJ_CHECK;

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* From the raw bytes of a code to text that may be handed up: character set, length, characters.
 * Every payload is hostile input. Pure. Thread: any. */
#ifndef YJ_SCANNER_CODE_TEXT_H
#define YJ_SCANNER_CODE_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { CODE_TEXT_MAX_BYTES = 1024 }; /* of UTF-8, without the NUL */

/**
 * Decode: a BOM is dropped, strict UTF-8 is taken as it is, anything else must be GB 18030; one
 * trailing CR, LF or CR LF is dropped.
 * @param n    bytes as scanned
 * @param out  CODE_TEXT_MAX_BYTES + 1 bytes; empty on failure
 * @return 0, ERR_SCANNER_TOO_LONG, ERR_SCANNER_TEXT (empty, neither character set, control
 *         characters, invisible or direction characters)
 */
int code_text_decode(const uint8_t *raw, size_t n, char *out, struct err *err) YJ_CHECK;

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What an AIM symbology identifier says about a code, and the escapes that come with some. Pure.
 * Thread: any.
 * Source: ISO/IEC 15424 (identifiers); ISO/IEC 18004 clause 15 (QR, ]Q modifiers); AIM ITS/04-023
 * (extended channel interpretation protocol: \nnnnnn and doubled backslashes). */
#ifndef YJ_SCANNER_SCANNER_AIM_H
#define YJ_SCANNER_SCANNER_AIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { AIM_BYTES = 3 };

/** Letter of a symbology by its name in the settings ("qr" is 'Q'). @return 0 for an unknown name
 */
char aim_letter_of(const char *name);

/** Does a text begin with an identifier: ']', a symbology letter, a modifier? */
bool aim_is_prefix(const uint8_t *text, size_t n);

/**
 * May a code with this identifier be taken?
 * @param aim       3 bytes; zeros or anything that is no identifier: the device does not tell
 * @param letters   symbologies that are allowed, NUL-terminated ("Q")
 * @param ret_has_eci  the data is in ECI protocol and must go through aim_eci_undo
 * @return 0; ERR_NOT_FOUND a reply to a command (]Z6, ]X0) and no code at all;
 *         ERR_SCANNER_KIND another symbology, or a QR code with FNC1 (GS1, AIM applications)
 */
int aim_check(const uint8_t aim[AIM_BYTES], const char *letters, bool *ret_has_eci);

/**
 * Take the protocol out of the data, in place: designators fall away, doubled backslashes become
 * one.
 * @return 0; ERR_SCANNER_KIND another control block (structured append) or several character sets;
 *         ERR_SCANNER_TEXT a character set that code_text cannot read; ERR_SCANNER_REPORT cut off
 */
int aim_eci_undo(uint8_t *data, size_t n, size_t *ret_n);

#endif

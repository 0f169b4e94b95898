/* SPDX-License-Identifier: Apache-2.0 */
/* What a scanned text is, and whether this page takes it. A code is never opened, run or
 * interpreted here: it is sorted, and what is taken goes to the centre as it is. Pure. Thread: any.
 * Blocks: never. */
#ifndef YJ_CORE_CODE_KIND_H
#define YJ_CORE_CODE_KIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum code_kind {
    CODE_UNKNOWN,     /* none of the others: other characters, too short, too long */
    CODE_RECEIPT,     /* a receipt token of this product: YJ1.… or, on a copy, YJ1C.… */
    CODE_URL,         /* https, of a host on the list */
    CODE_URL_FOREIGN, /* any other address, also of other schemes */
    CODE_PAYMENT,     /* digits of a WeChat or Alipay payment code */
    CODE_TOKEN,       /* opaque text of an issuing platform */
    CODE_N_KINDS,
};

enum {
    CODE_MAX_BYTES = 1024, /* any code */
    CODE_TOKEN_MIN = 4,    /* characters of a token */
    CODE_TOKEN_MAX = 512,  /* longer text is no token */
    CODE_HOST_MAX = 253,   /* bytes of a host name, RFC 1035 clause 2.3.4 */
};

/* Hosts whose addresses are taken: lower-case names, compared whole. Borrowed. */
struct code_hosts {
    const char *const *host;
    size_t n;
};

/**
 * Sort a text. Refuses (CODE_UNKNOWN) what is not valid UTF-8 or holds control, direction or
 * zero-width characters.
 *  - receipt token: at most 320 bytes, two parts in base64url behind "YJ1." or "YJ1C."
 *  - address: scheme https, host on the list to the letter; no user, no port, no escapes in the
 *    host, nothing but ASCII
 *  - payment: 18 digits that begin with 10 to 15, or 16 to 24 digits that begin with 25 to 30;
 *    full-width digits count as digits, so that they cannot slip through as something else
 *  - token: 4 to 512 visible ASCII characters without blanks
 * @param text   NUL-terminated
 * @param hosts  may be NULL: no host is known
 */
enum code_kind code_kind_of(const char *text, const struct code_hosts *hosts);

/** @return true for a name that may stand on the list: letters, digits, '-' and at least one '.',
 *          lower case, no leading or trailing dot or dash in a label. */
bool code_host_valid(const char *host);

/** @return "receipt", "url", "urlForeign", "payment", "token", "unknown": for settings and logs.
 *          Static. */
const char *code_kind_word(enum code_kind kind);

#endif

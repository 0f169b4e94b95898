/* SPDX-License-Identifier: Apache-2.0 */
/* Errors: one code, one place, one sentence, filled once at the bottom and passed up. */
#ifndef YJ_BASE_ERR_H
#define YJ_BASE_ERR_H

#include "base/cleanup.h"

/* Who can act on an error. The UI reads the class, never the code. */
enum err_class {
    ERR_CLASS_NONE,
    ERR_CLASS_RETRY,     /* the visitor: "hold the card still" */
    ERR_CLASS_ATTENTION, /* staff: paper, cover */
    ERR_CLASS_FAULT,     /* a technician */
    ERR_CLASS_BUG,       /* us */
};

/* Functions return 0 or one of these negative codes. */
enum err_code {
    ERR_OK = 0,
#define X(name, number, cls, text) name = -(number),
#include "base/err.def"
#undef X
};

struct err {
    int code;       /* enum err_code, 0 when nothing happened */
    char where[48]; /* function that noticed */
    char msg[208];  /* one sentence, no personal data, ever */
};

/**
 * Fill err (once) and return code, so that "return err_set(...)" is one line.
 * Use through ERR(), which adds the function's name.
 * @param err   may be NULL
 * @param code  negative enum err_code
 * Thread: any. Blocks: no.
 */
int err_fill(struct err *err, int code, const char *where, const char *fmt, ...) YJ_PRINTF(4, 5);
#define ERR(err, code, ...) err_fill((err), (code), __func__, __VA_ARGS__)

/** Prefix the message on the way up ("opening the reader: ..."); code and place stay. */
void err_prefix(struct err *err, const char *fmt, ...) YJ_PRINTF(2, 3);

/** @return the class of a code; ERR_CLASS_NONE for 0, ERR_CLASS_BUG for unknown codes. */
enum err_class err_class_of(int code);

/** @return the identifier ("ERR_TIMEOUT") of a code, or "ERR_?" */
const char *err_name(int code);

/** @return the table's sentence for a code. */
const char *err_text(int code);

#endif

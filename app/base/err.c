/* SPDX-License-Identifier: Apache-2.0 */
/* Error codes, their classes and sentences. Any thread. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
    int code;
    enum err_class cls;
    const char *name, *text;
} table[] = {
#define X(name, number, cls, text) {-(number), ERR_CLASS_##cls, #name, text},
#include "base/err.def"
#undef X
};

int err_fill(struct err *err, int code, const char *where, const char *fmt, ...)
{
    if (err) {
        va_list ap;
        err->code = code;
        snprintf(err->where, sizeof err->where, "%s", where);
        va_start(ap, fmt);
        vsnprintf(err->msg, sizeof err->msg, fmt, ap);
        va_end(ap);
    }
    return code;
}

void err_prefix(struct err *err, const char *fmt, ...)
{
    if (!err)
        return;
    char old[sizeof err->msg];
    memcpy(old, err->msg, sizeof old);
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(err->msg, sizeof err->msg, fmt, ap);
    va_end(ap);
    size_t n = strlen(err->msg);
    snprintf(err->msg + n, sizeof err->msg - n, ": %s", old);
}

enum err_class err_class_of(int code)
{
    if (code == 0)
        return ERR_CLASS_NONE;
    for (size_t i = 0; i < YJ_COUNT(table); i++)
        if (table[i].code == code)
            return table[i].cls;
    return ERR_CLASS_BUG;
}

const char *err_name(int code)
{
    if (code == 0)
        return "ERR_OK";
    for (size_t i = 0; i < YJ_COUNT(table); i++)
        if (table[i].code == code)
            return table[i].name;
    return "ERR_?";
}

const char *err_text(int code)
{
    for (size_t i = 0; i < YJ_COUNT(table); i++)
        if (table[i].code == code)
            return table[i].text;
    return code ? "unknown error" : "no error";
}

void cleanup_free(void *pointer_to_pointer)
{
    void *p;
    memcpy(&p, pointer_to_pointer, sizeof p);
    free(p);
}

void cleanup_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

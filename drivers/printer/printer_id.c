/* SPDX-License-Identifier: Apache-2.0 */
/* IEEE 1284 device ids. Pure; called while a printer is opened. */
#include <string.h>
#include <strings.h>

#include "base/bytes.h"
#include "drivers/printer/printer_profile.h"

/* Copy the value of "KEY:value;" when the key is one of the two spellings. */
static void field_take(const char *field, size_t n, const char *name, const char *long_name,
                       char *out, size_t cap)
{
    const char *colon = memchr(field, ':', n);
    if (!colon)
        return;
    size_t key = (size_t)(colon - field), value = n - key - 1;
    bool is_it = (key == strlen(name) && strncasecmp(field, name, key) == 0) ||
                 (key == strlen(long_name) && strncasecmp(field, long_name, key) == 0);
    if (!is_it || out[0] != '\0')
        return;
    size_t len = 0;
    for (size_t i = 0; i < value && len + 1 < cap; i++)
        if (colon[1 + i] >= 0x20 && colon[1 + i] < 0x7F)
            out[len++] = colon[1 + i];
    out[len] = '\0';
}

void printer_id_parse(const uint8_t *raw, size_t n, struct printer_id *ret)
{
    memset(ret, 0, sizeof *ret);
    if (n < 2)
        return;
    size_t big = (size_t)raw[0] << 8 | raw[1], little = (size_t)raw[1] << 8 | raw[0];
    size_t len = big >= 14 && big <= n ? big : little >= 14 && little <= n ? little : n;
    const char *text = (const char *)raw;
    for (size_t at = 2; at < len;) {
        const char *end = memchr(text + at, ';', len - at);
        size_t field = end ? (size_t)(end - text) - at : len - at;
        while (field > 0 && text[at] == ' ') {
            at++;
            field--;
        }
        field_take(text + at, field, "MFG", "MANUFACTURER", ret->mfg, sizeof ret->mfg);
        field_take(text + at, field, "MDL", "MODEL", ret->mdl, sizeof ret->mdl);
        field_take(text + at, field, "CMD", "COMMAND SET", ret->cmd, sizeof ret->cmd);
        at += field + 1;
    }
}

bool printer_id_is_generic(const struct printer_id *id)
{
    static const char *const words[] = {
        "",        "printer", "pos printer",         "pos", "usb", "usb printer", "unknown",
        "generic", "pos-80",  "usb printing support"};
    for (size_t i = 0; i < YJ_COUNT(words); i++)
        if (strcasecmp(id->mdl, words[i]) == 0)
            return true;
    return false;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What the readers of a catalogue set share. No I/O; any thread. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "core/catalogue_priv.h"
#include "core/codes.h"

struct matter_complaint *sink_room(const struct complaint_sink *sink, size_t *ret_cap)
{
    *ret_cap = sink->n < sink->cap ? sink->cap - sink->n : 0;
    return *ret_cap ? sink->list + sink->n : NULL;
}

void sink_put(struct complaint_sink *sink, const char *file, const char *pointer, const char *fmt,
              ...)
{
    struct reader r = {.file = file};
    char reason[sizeof r.complaint->reason];
    va_list args;
    r.complaint = sink_room(sink, &r.cap);
    va_start(args, fmt);
    vsnprintf(reason, sizeof reason, fmt, args);
    va_end(args);
    reader_complain_at(&r, pointer, "%s", reason);
    sink->n++;
}

json_t *reader_json(struct reader *r, const char *text, size_t len)
{
    if (len > MATTER_MAX_FILE_BYTES) {
        reader_complain_at(r, "", "the file is larger than %d bytes", MATTER_MAX_FILE_BYTES);
        return NULL;
    }
    json_error_t error = {0};
    json_t *json = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
    /* the library looks at the characters itself; its words for a broken one are no help */
    if (!json && !bytes_utf8_valid(text, len))
        reader_complain_at(r, "", "the file is not UTF-8");
    else if (!json)
        reader_complain_at(r, "", "line %d, column %d: %s", error.line, error.column, error.text);
    return json;
}

bool word_is_known(const char *const *words, size_t n, const char *text)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(words[i], text))
            return true;
    return false;
}

int read_day(struct reader *r, const struct spot *spot, const char *key, enum presence presence)
{
    const char *text =
        read_formed(r, spot, key, presence, 10, "[0-9]{4}-[0-9]{2}-[0-9]{2}", "day (YYYY-MM-DD)");
    int day = text ? codes_date_parse(text) : 0;
    if (text && !day)
        reader_complain(r, spot, key, "there is no such day");
    return day;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* JSON straight into one growing buffer; what it grew out of is wiped. Any thread, no shared state.
 */
#include "core/json_writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/mem.h"

enum { FIRST_BYTES = 8192 };

struct json_writer json_writer_new(void)
{
    struct json_writer w = {.text = mem_zalloc(1, FIRST_BYTES), .cap = FIRST_BYTES};
    return w;
}

static void grow(struct json_writer *w, size_t more)
{
    if (w->used + more + 1 <= w->cap)
        return;
    size_t cap = w->cap;
    while (w->used + more + 1 > cap)
        cap *= 2;
    char *fresh = mem_zalloc(1, cap);
    memcpy(fresh, w->text, w->used);
    bytes_wipe(w->text, w->cap);
    free(w->text);
    w->text = fresh;
    w->cap = cap;
}

static void put_raw(struct json_writer *w, const char *text, size_t n)
{
    grow(w, n);
    memcpy(w->text + w->used, text, n);
    w->used += n;
    w->text[w->used] = '\0';
}

static void put_string(struct json_writer *w, const char *text)
{
    put_raw(w, "\"", 1);
    for (const char *p = text; *p; p++) {
        unsigned char c = (unsigned char)*p;
        char escaped[8];
        if (c == '"' || c == '\\') {
            snprintf(escaped, sizeof escaped, "\\%c", c);
            put_raw(w, escaped, 2);
        } else if (c < 0x20) {
            snprintf(escaped, sizeof escaped, "\\u%04x", c);
            put_raw(w, escaped, 6);
        } else {
            put_raw(w, p, 1);
        }
    }
    put_raw(w, "\"", 1);
}

/* key NULL: an element of a list */
static void put_key(struct json_writer *w, const char *key)
{
    if (w->needs_comma)
        put_raw(w, ",", 1);
    w->needs_comma = true;
    if (!key)
        return;
    put_string(w, key);
    put_raw(w, ":", 1);
}

void writer_open(struct json_writer *w, const char *key, const char *bracket)
{
    put_key(w, key);
    put_raw(w, bracket, 1);
    w->needs_comma = false;
}

void writer_close(struct json_writer *w, const char *bracket)
{
    put_raw(w, bracket, 1);
    w->needs_comma = true;
}

void writer_text(struct json_writer *w, const char *key, const char *value)
{
    put_key(w, key);
    put_string(w, value ? value : "");
}

void writer_text_if(struct json_writer *w, const char *key, const char *value)
{
    if (value && value[0])
        writer_text(w, key, value);
}

void writer_number(struct json_writer *w, const char *key, int64_t value)
{
    char digits[24];
    put_key(w, key);
    int n = snprintf(digits, sizeof digits, "%lld", (long long)value);
    put_raw(w, digits, (size_t)n);
}

void writer_boolean(struct json_writer *w, const char *key, bool value)
{
    put_key(w, key);
    put_raw(w, value ? "true" : "false", value ? 4 : 5);
}

void writer_moment(struct json_writer *w, const char *key, int64_t wall_ms)
{
    char at[24];
    if (!wall_ms)
        return;
    clock_rfc3339(wall_ms, at, sizeof at);
    writer_text(w, key, at);
}

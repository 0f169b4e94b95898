/* SPDX-License-Identifier: Apache-2.0 */
/* JSON for records, which hold personal data: one buffer, no tree, no copy left behind. The caller
 * keeps the order of keys and closes what was opened. key NULL: an element of a list. Any thread,
 * no shared state. */
#ifndef YJ_CORE_JSON_WRITER_H
#define YJ_CORE_JSON_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_writer {
    char *text; /* whole JSON once all is closed; the caller's: bytes_wipe then free */
    size_t used, cap;
    bool needs_comma;
};

struct json_writer json_writer_new(void);
/** @param bracket  "{" or "[" */
void writer_open(struct json_writer *w, const char *key, const char *bracket);
/** @param bracket  "}" or "]" */
void writer_close(struct json_writer *w, const char *bracket);
/** @param value  UTF-8, escaped here; NULL stands for "" */
void writer_text(struct json_writer *w, const char *key, const char *value);
/** Left out when there is nothing to say. */
void writer_text_if(struct json_writer *w, const char *key, const char *value);
void writer_number(struct json_writer *w, const char *key, int64_t value);
void writer_boolean(struct json_writer *w, const char *key, bool value);
/** RFC 3339, UTC; left out when 0. */
void writer_moment(struct json_writer *w, const char *key, int64_t wall_ms);

#endif

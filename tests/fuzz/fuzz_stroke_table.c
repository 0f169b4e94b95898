/* SPDX-License-Identifier: Apache-2.0 */
/* Any stroke dictionary, and any code. Input: the keys to search for up to the first newline, then
 * the dictionary. */
#include <stdlib.h>
#include <string.h>

#include "ui/ime/char_code.h"
#include "ui/ime/stroke_priv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void search(struct stroke_table *t, const char *keys)
{
    static uint32_t found[STROKE_MAX_FOUND];
    size_t n = 0;
    uint32_t code[CHAR_CODE_MAX_FOUND], part[STROKE_MAX_PARTS] = {0};
    if (stroke_table_find(t, keys, found, &n, NULL) == 0 && n > STROKE_MAX_FOUND)
        abort();
    if (char_code_find(keys, code) > CHAR_CODE_MAX_FOUND)
        abort();
    for (size_t i = 0; i < STROKE_MAX_PARTS && t->n_entries; i++)
        part[i] = t->entry[(i * 7 + strlen(keys)) % t->n_entries].cp;
    size_t n_parts = 2 + strlen(keys) % (STROKE_MAX_PARTS - 1);
    if (stroke_table_compose(t, part, n_parts, found, &n, NULL) == 0 && n > STROKE_MAX_FOUND)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { MOST = 4096 };
    const uint8_t *end = memchr(data, '\n', size);
    char keys[STROKE_MAX_KEYS + 8] = "";
    size_t n = end ? (size_t)(end - data) : size;
    if (size > MOST)
        return 0;
    memcpy(keys, data, n < sizeof keys ? n : sizeof keys - 1);
    struct stroke_table *t = stroke_table_new("", NULL, NULL);
    stroke_read_text(t, end ? (const char *)end + 1 : "", end ? size - n - 1 : 0);
    t->is_read = true; /* its text came from here */
    for (size_t i = 0; i < t->n_entries; i++)
        if (t->entry[i].at + t->entry[i].n > t->n_keys || !t->entry[i].n)
            abort();
    search(t, keys);
    stroke_table_free(t);
    return 0;
}

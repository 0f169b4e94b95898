/* SPDX-License-Identifier: Apache-2.0 */
/* Typed access to the JSON of a matter file: every mistake is written down with its pointer and
 * reading goes on, so that one pass finds them all. No I/O; any thread. */
#include "core/matter_priv.h"

#include <regex.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"

struct arena_block {
    struct arena_block *next;
    max_align_t data[];
};

void *matter_arena_alloc(struct arena *arena, size_t n, size_t size)
{
    size_t units = (n * size + sizeof(max_align_t) - 1) / sizeof(max_align_t);
    struct arena_block *block = mem_zalloc(1, sizeof *block + units * sizeof(max_align_t));
    block->next = arena->first;
    arena->first = block;
    return block->data;
}

void matter_arena_free(struct arena *arena)
{
    while (arena->first) {
        struct arena_block *next = arena->first->next;
        free(arena->first);
        arena->first = next;
    }
}

/* Append one reference token of RFC 6901, "~" and "/" escaped; too long is cut. */
static void pointer_add(char *out, size_t cap, const char *token)
{
    size_t used = strlen(out);
    if (used + 1 < cap)
        out[used++] = '/';
    for (; *token; token++) {
        const char *piece = *token == '~' ? "~0" : *token == '/' ? "~1" : NULL;
        size_t n = piece ? 2 : 1;
        if (used + n >= cap)
            break;
        memcpy(out + used, piece ? piece : token, n);
        used += n;
    }
    while (used > 0 && !bytes_utf8_valid(out, used))
        used--; /* a cut character */
    out[used] = '\0';
}

static void pointer_of(const struct spot *spot, char *out, size_t cap)
{
    if (!spot->up) {
        out[0] = '\0';
        return;
    }
    pointer_of(spot->up, out, cap); /* as deep as the format: at most 5 */
    char number[24];
    snprintf(number, sizeof number, "%zu", spot->index);
    pointer_add(out, cap, spot->key ? spot->key : number);
}

static void YJ_PRINTF(3, 0)
    complain(struct reader *r, const char *pointer, const char *fmt, va_list args)
{
    if (r->n_complaints++ >= r->cap)
        return;
    struct matter_complaint *c = &r->complaint[r->n_complaints - 1];
    snprintf(c->file, sizeof c->file, "%s", r->file);
    snprintf(c->pointer, sizeof c->pointer, "%s", pointer);
    vsnprintf(c->reason, sizeof c->reason, fmt, args);
    size_t n = strlen(c->reason);
    while (n > 0 && !bytes_utf8_valid(c->reason, n))
        c->reason[--n] = '\0';
}

void reader_complain(struct reader *r, const struct spot *spot, const char *key, const char *fmt,
                     ...)
{
    char pointer[sizeof r->complaint->pointer];
    pointer_of(spot, pointer, sizeof pointer);
    if (key)
        pointer_add(pointer, sizeof pointer, key);
    va_list args;
    va_start(args, fmt);
    complain(r, pointer, fmt, args);
    va_end(args);
}

void reader_complain_at(struct reader *r, const char *pointer, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    complain(r, pointer, fmt, args);
    va_end(args);
}

bool read_object(struct reader *r, const struct spot *spot, const char *const *known, size_t n)
{
    if (!json_is_object(spot->json)) {
        reader_complain(r, spot, NULL, "an object is expected here");
        return false;
    }
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)spot->json, key, value)
    {
        size_t i = 0;
        while (i < n && strcmp(known[i], key) != 0)
            i++;
        if (i == n)
            reader_complain(r, spot, key, "unknown key");
    }
    return true;
}

/* The member, or NULL; complains when it is needed and absent. */
static const json_t *member(struct reader *r, const struct spot *spot, const char *key,
                            enum presence presence)
{
    const json_t *value = json_object_get(spot->json, key);
    if (!value && presence == NEEDED)
        reader_complain(r, spot, key, "missing");
    return value;
}

/* Blanks and characters that a screen cannot show or that turn the writing round. */
static bool is_blank(uint32_t cp)
{
    return cp == ' ' || cp == 0xa0 || cp == 0x3000;
}

static bool is_control(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || (cp >= 0x200b && cp <= 0x200f) ||
           (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069) || cp == 0xfeff;
}

/* What is wrong with a text, NULL when nothing is. */
static const char *text_mistake(const char *text, size_t *ret_chars)
{
    size_t total = strlen(text), chars = 0;
    uint32_t cp = 0, first = ' ';
    for (size_t i = 0; i < total; chars++) {
        i += bytes_utf8_next(text + i, total - i, &cp);
        if (is_control(cp))
            return "control characters are not allowed";
        if (!chars)
            first = cp;
    }
    *ret_chars = chars;
    if (!chars)
        return "the text is empty";
    return is_blank(first) || is_blank(cp) ? "the text begins or ends with a blank" : NULL;
}

const char *read_text(struct reader *r, const struct spot *spot, const char *key,
                      enum presence presence, size_t max_chars)
{
    const json_t *value = key ? member(r, spot, key, presence) : spot->json;
    if (!value)
        return NULL;
    if (!json_is_string(value)) {
        reader_complain(r, spot, key, "a text is expected here");
        return NULL;
    }
    const char *text = json_string_value(value);
    size_t chars = 0;
    const char *mistake = text_mistake(text, &chars);
    if (mistake) {
        reader_complain(r, spot, key, "%s", mistake);
        return NULL;
    }
    if (chars > max_chars) {
        reader_complain(r, spot, key, "%zu characters, at most %zu are allowed", chars, max_chars);
        return NULL;
    }
    size_t bytes = strlen(text);
    char *copy = matter_arena_alloc(r->arena, bytes + 1, 1);
    memcpy(copy, text, bytes + 1);
    return copy;
}

const char *read_formed(struct reader *r, const struct spot *spot, const char *key,
                        enum presence presence, size_t max_chars, const char *form,
                        const char *what)
{
    const char *text = read_text(r, spot, key, presence, max_chars);
    if (!text)
        return NULL;
    char whole[160];
    snprintf(whole, sizeof whole, "^(%s)$", form);
    regex_t regex;
    bool is_match = !regcomp(&regex, whole, REG_EXTENDED | REG_NOSUB);
    if (is_match) {
        is_match = !regexec(&regex, text, 0, NULL, 0);
        regfree(&regex);
    }
    if (!is_match) {
        reader_complain(r, spot, key, "this is no %s", what);
        return NULL;
    }
    return text;
}

int read_int(struct reader *r, const struct spot *spot, const char *key, enum presence presence,
             int min, int max, int fallback)
{
    const json_t *value = member(r, spot, key, presence);
    if (!value)
        return fallback;
    json_int_t number = json_integer_value(value);
    if (json_is_integer(value) && number >= min && number <= max)
        return (int)number;
    reader_complain(r, spot, key, "a whole number from %d to %d is expected here", min, max);
    return fallback;
}

bool read_bool(struct reader *r, const struct spot *spot, const char *key, bool fallback)
{
    const json_t *value = member(r, spot, key, OPTIONAL);
    if (!value)
        return fallback;
    if (!json_is_boolean(value)) {
        reader_complain(r, spot, key, "true or false is expected here");
        return fallback;
    }
    return json_is_true(value);
}

int read_word(struct reader *r, const struct spot *spot, const char *key, const char *const *words,
              size_t n)
{
    const json_t *value = member(r, spot, key, NEEDED);
    if (!value)
        return -1;
    const char *text = json_string_value(value);
    for (size_t i = 0; text && i < n; i++)
        if (!strcmp(words[i], text))
            return (int)i;
    char list[128] = "";
    for (size_t i = 0; i < n; i++) {
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", words[i]);
    }
    reader_complain(r, spot, key, "one of %s is expected here", list);
    return -1;
}

static int find_var(const void *ctx, const char *name)
{
    return matter_var_find(ctx, name);
}

static int find_task(const void *ctx, const char *name)
{
    const struct matter *m = ctx;
    for (size_t i = 0; i < m->n_tasks; i++)
        if (m->task[i].id && !strcmp(m->task[i].id, name))
            return (int)i;
    return -1;
}

struct expr *read_expr(struct reader *r, const struct spot *spot, const char *key,
                       enum presence presence)
{
    const json_t *value = member(r, spot, key, presence);
    if (!value)
        return NULL;
    if (!json_is_string(value)) {
        reader_complain(r, spot, key, "a condition (text) is expected here");
        return NULL;
    }
    const struct expr_names names = {.var = find_var, .task = find_task, .ctx = r->m};
    struct expr *e = NULL;
    struct err err = {0};
    if (expr_parse(json_string_value(value), &names, &e, &err)) {
        reader_complain(r, spot, key, "%s", err.msg);
        return NULL;
    }
    return e;
}

struct spot read_array(struct reader *r, const struct spot *spot, const char *key,
                       enum presence presence, size_t min, size_t max, size_t *ret_n)
{
    struct spot array = {.up = spot, .key = key, .json = member(r, spot, key, presence)};
    *ret_n = 0;
    if (!array.json)
        return array;
    if (!json_is_array(array.json)) {
        reader_complain(r, spot, key, "an array is expected here");
        array.json = NULL;
        return array;
    }
    size_t n = json_array_size(array.json);
    if (n < min || n > max)
        reader_complain(r, spot, key, "%zu elements, %zu to %zu are allowed", n, min, max);
    *ret_n = n < max ? n : max;
    return array;
}

struct spot read_element(const struct spot *array, size_t i)
{
    return (struct spot){.up = array, .index = i, .json = json_array_get(array->json, i)};
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Chunks of memory for widget trees. Main thread. */
#include "ui/widget/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"

enum { CHUNK_BYTES = 64 << 10, ALIGN = 16 };

struct chunk {
    struct chunk *next;
    size_t used, cap;
    _Alignas(ALIGN) unsigned char data[];
};

struct arena {
    struct chunk *first, *now;
};

static struct chunk *chunk_new(size_t cap)
{
    struct chunk *c = mem_zalloc(1, sizeof *c + cap);
    c->cap = cap;
    return c;
}

struct arena *arena_new(void)
{
    struct arena *a = mem_zalloc(1, sizeof *a);
    a->first = a->now = chunk_new(CHUNK_BYTES);
    return a;
}

void arena_reset(struct arena *a)
{
    for (struct chunk *c = a->first; c; c = c->next) {
        bytes_wipe(c->data, c->used);
        c->used = 0;
    }
    a->now = a->first;
}

void arena_free(struct arena *a)
{
    if (!a)
        return;
    arena_reset(a);
    while (a->first) {
        struct chunk *c = a->first;
        a->first = c->next;
        free(c);
    }
    free(a);
}

void *arena_take(struct arena *a, size_t bytes)
{
    bytes = (bytes + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    while (a->now->cap - a->now->used < bytes) {
        if (!a->now->next)
            a->now->next = chunk_new(bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES);
        a->now = a->now->next;
    }
    void *p = a->now->data + a->now->used;
    a->now->used += bytes;
    return p;
}

char *arena_text(struct arena *a, const char *s, size_t n)
{
    char *out = arena_take(a, n + 1);
    memcpy(out, s, n);
    return out;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    char buf[512];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(buf, sizeof buf, fmt, args);
    va_end(args);
    n = n < 0 ? 0 : n >= (int)sizeof buf ? (int)sizeof buf - 1 : n;
    char *out = arena_text(a, buf, (size_t)n);
    bytes_wipe(buf, sizeof buf);
    return out;
}

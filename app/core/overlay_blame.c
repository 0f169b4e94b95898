/* SPDX-License-Identifier: Apache-2.0 */
/* From a complaint about a merged matter to the file and the place that caused it. No I/O; any
 * thread.
 *
 *     /tasks/3/days ─ which part is it? ─ newest overlay added it    → /add/tasks/0/days
 *                                       ─ newest overlay changed it  → /tasks/guide/days
 *                                       ─ an older one wrote the key → the same, in that file
 *                                       ─ the reason names a part that the newest one changed
 *                                                                    → /fields/baby.name
 *                                       ─ nobody touched it          → the national file, by the
 *                                                                      part's place there */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/overlay_priv.h"

enum {
    POINTER_BYTES = sizeof((struct matter_complaint *)NULL)->pointer,
    HEAD_BYTES = POINTER_BYTES + 168, /* with the id of a part and words of ours before it */
};

/* "/tasks/3/days/…" taken apart. */
struct place {
    char list[POINTER_BYTES]; /* "tasks" or a key of the matter; "" at the root */
    long index;               /* -1: none */
    const char *rest;         /* "/days/…" or "" */
    char key[POINTER_BYTES];  /* first token of rest, or "" */
};

/* Copy one token "/token"; escapes stay as they are. @return behind it */
static const char *take_token(const char *pointer, char *out)
{
    out[0] = '\0';
    if (*pointer != '/')
        return pointer;
    size_t n = strcspn(++pointer, "/");
    memcpy(out, pointer, n);
    out[n] = '\0';
    return pointer + n;
}

static void take_apart(const char *pointer, struct place *ret)
{
    char number[POINTER_BYTES], *end;
    const char *behind = take_token(pointer, ret->list);
    ret->rest = behind;
    ret->index = -1;
    const char *behind_number = take_token(behind, number);
    long index = strtol(number, &end, 10);
    if (isdigit((unsigned char)number[0]) && !*end) {
        ret->index = index;
        ret->rest = behind_number;
    }
    (void)take_token(ret->rest, ret->key);
}

static const char *part_id(const json_t *matter, const char *list, size_t i)
{
    const json_t *part = json_array_get(json_object_get(matter, list), i);
    return json_string_value(json_object_get(part, "id"));
}

/* Write the complaint anew; what does not fit is cut. */
static void point(struct matter_complaint *c, const char *file, const char *head, const char *rest)
{
    char pointer[HEAD_BYTES + POINTER_BYTES];
    snprintf(pointer, sizeof pointer, "%s%s", head, rest);
    snprintf(c->pointer, sizeof c->pointer, "%.*s", POINTER_BYTES - 1, pointer);
    snprintf(c->file, sizeof c->file, "%s", file);
}

/* @param id  NULL: the part has none, so it was just added */
static bool is_part(const json_t *part, const char *id)
{
    const char *own = json_string_value(json_object_get(part, "id"));
    return id ? own && !strcmp(own, id) : !own;
}

/* The part in one overlay. @param is_newest  touching the part is enough, else the very key */
static bool blame_part(const struct overlay *o, const struct place *at, const char *id,
                       bool is_newest, struct matter_complaint *c)
{
    char head[HEAD_BYTES];
    const json_t *added = json_object_get(json_object_get(o->json, "add"), at->list);
    const json_t *changed = json_object_get(json_object_get(o->json, at->list), id ? id : "");
    size_t i = 0;
    while (i < json_array_size(added) && !is_part(json_array_get(added, i), id))
        i++;
    if (i < json_array_size(added))
        snprintf(head, sizeof head, "/add/%s/%zu", at->list, i);
    else if (changed && (is_newest || json_object_get(changed, at->key)))
        snprintf(head, sizeof head, "/%s/%.160s", at->list, id); /* ids need no escapes */
    else
        return false;
    point(c, o->file, head, at->rest);
    return true;
}

/* A key of the matter or a whole list of parts in one overlay. */
static bool blame_key(const struct overlay *o, const struct place *at, struct matter_complaint *c)
{
    static const char *const where[] = {"set", "add", ""};
    char head[HEAD_BYTES], whole[POINTER_BYTES];
    snprintf(whole, sizeof whole, "%s", c->pointer);
    for (size_t i = 0; i < YJ_COUNT(where); i++) {
        const json_t *in = where[i][0] ? json_object_get(o->json, where[i]) : o->json;
        bool is_ours = where[i][0] || !strcmp(at->list, "places") ||
                       word_is_known(overlay_lists, OVERLAY_N_LISTS, at->list);
        if (!is_ours || !json_object_get(in, at->list))
            continue;
        snprintf(head, sizeof head, "%s%s", where[i][0] ? "/" : "", where[i]);
        point(c, o->file, head, whole);
        return true;
    }
    return false;
}

static bool is_word_char(char ch)
{
    return isalnum((unsigned char)ch) || ch == '_' || ch == '.';
}

static bool mentions(const char *reason, const char *id)
{
    size_t n = strlen(id);
    for (const char *at = reason; n && (at = strstr(at, id)) != NULL; at++)
        if ((at == reason || !is_word_char(at[-1])) && !is_word_char(at[n]))
            return true;
    return false;
}

/* A condition elsewhere that misses what the overlay took away or made another. */
static bool blame_mentioned(const struct overlay *o, struct matter_complaint *c)
{
    for (size_t i = 0; i < OVERLAY_N_LISTS; i++) {
        json_t *changes = json_object_get(o->json, overlay_lists[i]);
        const char *id;
        json_t *value;
        json_object_foreach(changes, id, value)
        {
            if (!mentions(c->reason, id))
                continue;
            char head[HEAD_BYTES];
            snprintf(head, sizeof head, "/%s/%s", overlay_lists[i], id);
            point(c, o->file, head, "");
            return true;
        }
    }
    return false;
}

/* Into the national file; its reason says what brought it about. */
static void blame_national(const struct overlay_stack *stack, const struct place *at,
                           const char *id, struct matter_complaint *c)
{
    char head[HEAD_BYTES], rest[POINTER_BYTES];
    const json_t *list = json_object_get(stack->national, at->list);
    size_t i = id ? overlay_find(list, id) : 0;
    snprintf(rest, sizeof rest, "%s", at->rest);
    if (id && i < json_array_size(list))
        snprintf(head, sizeof head, "/%s/%zu", at->list, i);
    else
        snprintf(head, sizeof head, "%s%s", at->list[0] ? "/" : "", at->list);
    if (!id) /* a key of the matter: as it stands */
        snprintf(rest, sizeof rest, "%s", c->pointer + strlen(head));
    point(c, stack->file, head, rest);
}

void overlay_blame(const struct overlay_stack *stack, struct matter_complaint *c)
{
    const struct overlay *newest = stack->layer[stack->n_layers - 1];
    struct place at;
    char pointer[POINTER_BYTES];
    snprintf(pointer, sizeof pointer, "%s", c->pointer);
    take_apart(pointer, &at);
    bool is_in_part = at.index >= 0 && word_is_known(overlay_lists, OVERLAY_N_LISTS, at.list);
    const char *id = is_in_part ? part_id(stack->merged, at.list, (size_t)at.index) : NULL;
    for (size_t i = stack->n_layers; i-- > 0;) {
        const struct overlay *o = stack->layer[i];
        bool is_newest = o == newest;
        if (is_in_part ? blame_part(o, &at, id, is_newest, c) : blame_key(o, &at, c)) {
            if (is_newest)
                return;
            break;
        }
        if (is_newest && blame_mentioned(o, c))
            return;
        if (i == 0)
            blame_national(stack, &at, id, c);
    }
    size_t used = strlen(c->reason);
    snprintf(c->reason + used, sizeof c->reason - used, " (with %s)", newest->file);
}

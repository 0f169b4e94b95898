/* SPDX-License-Identifier: Apache-2.0 */
/* A page of the changes feed. Pure; any thread. */
#include "sync/sync_feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/mem.h"

#define DIGITS  "0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

static void json_drop(json_t **json)
{
    json_decref(*json);
}

void sync_feed_path(const char *cursor, char *ret)
{
    snprintf(ret, SYNC_FEED_PATH_BYTES, "/v1/changes?after=%s&limit=%d", cursor,
             (int)SYNC_FEED_LIMIT);
}

/* A text of one line without control characters.
 * @return false: it must be there and is not, or it is wrong */
static bool text_take(const json_t *object, const char *key, bool must, char *ret, size_t cap)
{
    const json_t *v = json_object_get(object, key);
    const char *text = json_string_value(v);
    ret[0] = '\0';
    if (!v)
        return !must;
    size_t n = text ? json_string_length(v) : 0;
    if (!text || n >= cap || strlen(text) != n || (must && n == 0))
        return false;
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
            return false;
    memcpy(ret, text, n + 1);
    return true;
}

/* lowerCamelCase, as the contract writes its words. */
static bool is_word(const char *text)
{
    size_t n = strlen(text);
    return n >= 1 && n <= 32 && text[0] >= 'a' && text[0] <= 'z' &&
           strspn(text, LETTERS DIGITS) == n;
}

static bool is_day(const char *text)
{
    return strlen(text) == 10 && strspn(text, DIGITS) == 4 && text[4] == '-' &&
           strspn(text + 5, DIGITS) == 2 && text[7] == '-' && strspn(text + 8, DIGITS) == 2;
}

/* @return false when it is no whole number of the range; otherwise stays when it is absent */
static bool int_take(const json_t *object, const char *key, int64_t min, int64_t max, int64_t *ret)
{
    const json_t *v = json_object_get(object, key);
    json_int_t value = json_integer_value(v);
    if (!v)
        return true;
    if (!json_is_integer(v) || value < min || value > max)
        return false;
    *ret = (int64_t)value;
    return true;
}

static bool task_take(const json_t *entry, struct store_task *ret)
{
    char at[40];
    int64_t n_fixes = 0, at_ms = 0;
    if (!text_take(entry, "number", true, ret->number, sizeof ret->number) ||
        strlen(ret->number) != 24 || strspn(ret->number, DIGITS) != 24 ||
        !text_take(entry, "task", true, ret->task, sizeof ret->task) ||
        !text_take(entry, "case_no", false, ret->case_no, sizeof ret->case_no) ||
        !text_take(entry, "state", true, ret->state, sizeof ret->state) || !is_word(ret->state) ||
        !text_take(entry, "due", false, ret->due, sizeof ret->due) ||
        (ret->due[0] && !is_day(ret->due)) || !int_take(entry, "fixes", 0, 1000, &n_fixes) ||
        !text_take(entry, "at", false, at, sizeof at) ||
        (at[0] && !sync_message_instant(at, &at_ms)))
        return false;
    ret->n_fixes = (int)n_fixes;
    if (at[0]) /* one spelling, so that two can be compared as texts */
        clock_rfc3339(at_ms, ret->changed_at, sizeof ret->changed_at);
    return true;
}

/* @return 1: taken, 0: not known here, -1: wrong */
static int order_take(const json_t *entry, struct sync_change *ret)
{
    static const struct {
        const char *word;
        enum sync_order order;
    } orders[] = {{"retry", SYNC_ORDER_RETRY},
                  {"resend", SYNC_ORDER_RESEND},
                  {"renew", SYNC_ORDER_RENEW},
                  {"heartbeat", SYNC_ORDER_HEARTBEAT}};
    const char *word = json_string_value(json_object_get(entry, "order"));
    size_t i = 0;
    if (!word || !is_word(word))
        return -1;
    while (i < YJ_COUNT(orders) && strcmp(orders[i].word, word) != 0)
        i++;
    if (i == YJ_COUNT(orders))
        return 0;
    ret->order = orders[i].order;
    if (ret->order == SYNC_ORDER_RETRY) {
        if (!int_take(entry, "sequence", 1, INT64_MAX, &ret->first) || !ret->first)
            return -1;
        ret->last = ret->first;
    }
    if (ret->order == SYNC_ORDER_RESEND &&
        (!int_take(entry, "first", 1, INT64_MAX, &ret->first) || !ret->first ||
         !int_take(entry, "last", 1, INT64_MAX, &ret->last) || ret->last < ret->first))
        return -1;
    return 1;
}

/* As order_take. */
static int change_take(const json_t *entry, struct sync_change *ret)
{
    const char *kind = json_string_value(json_object_get(entry, "kind"));
    memset(ret, 0, sizeof *ret);
    if (!json_is_object(entry) || !kind)
        return -1;
    if (strcmp(kind, "task") == 0) {
        ret->kind = SYNC_CHANGE_TASK;
        return task_take(entry, &ret->task) ? 1 : -1;
    }
    ret->kind = SYNC_CHANGE_ORDER;
    return strcmp(kind, "order") == 0 ? order_take(entry, ret) : 0;
}

static bool cursor_take(const json_t *root, char *ret)
{
    return text_take(root, "cursor", true, ret, SYNC_CURSOR_BYTES) &&
           strspn(ret, LETTERS DIGITS "._-") == strlen(ret);
}

int sync_feed_read(const char *json, size_t n, const char *after, struct sync_page **ret,
                   struct err *err)
{
    YJ_CLEANUP(json_drop) json_t *root = json_loadb(json, n, JSON_REJECT_DUPLICATES, NULL);
    const json_t *list = json_object_get(root, "changes");
    const json_t *more = json_object_get(root, "has_more");
    size_t n_entries = json_array_size(list);
    struct sync_page *page = mem_zalloc(1, sizeof *page);
    int rc = 0;
    if (!json_is_array(list) || n_entries > SYNC_FEED_MAX_CHANGES || !json_is_boolean(more) ||
        !cursor_take(root, page->cursor))
        rc = ERR(err, ERR_SYNC_NOT_CENTRE, "the page of changes is none");
    page->has_more = json_is_true(more);
    if (rc == 0 && page->has_more && strcmp(page->cursor, after) == 0)
        rc = ERR(err, ERR_SYNC_NOT_CENTRE, "the page of changes promises more and does not get on");
    for (size_t i = 0; rc == 0 && i < n_entries; i++) {
        int taken = change_take(json_array_get(list, i), &page->change[page->n]);
        if (taken < 0)
            rc = ERR(err, ERR_SYNC_NOT_CENTRE, "change %zu of the page is wrong", i);
        page->n += taken > 0;
        page->n_skipped += taken == 0;
    }
    if (rc) {
        free(page);
        return rc;
    }
    *ret = page;
    return 0;
}

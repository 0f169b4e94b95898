/* SPDX-License-Identifier: Apache-2.0 */
/* Changes feed. Workers, main thread. A cursor is the serial of the last change of the page, in
 * decimal; one that this centre cannot have given (it was restored from a copy) begins again. */
#include "changes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "envelope.h"

enum { DEFAULT_LIMIT = 50, MAX_LIMIT = 100 };

void changes_cursor(int64_t serial, char ret[CHANGES_CURSOR_BYTES])
{
    snprintf(ret, CHANGES_CURSOR_BYTES, "%lld", (long long)serial);
}

void changes_get(const struct centre *c, const struct request *q, struct reply *r)
{
    struct err err = {0};
    int64_t after = 0, limit = DEFAULT_LIMIT, last = 0, newest = 0;
    const char *asked = q->value[REQUEST_ARG_LIMIT];
    if (!request_number(q->value[REQUEST_ARG_AFTER], INT64_MAX, &after))
        after = 0;
    if (asked && (!request_number(asked, MAX_LIMIT, &limit) || limit < 1))
        limit = DEFAULT_LIMIT;
    json_t *list = NULL;
    const char *terminal = q->peer->terminal;
    int code = ledger_newest_change(c->ledger, terminal, &newest, &err);
    if (code == 0)
        list = ledger_changes(c->ledger, terminal, after > newest ? 0 : after, (int)limit, &last,
                              &newest, &err);
    if (!list) {
        reply_unavailable(r, &err);
        return;
    }
    char cursor[CHANGES_CURSOR_BYTES];
    changes_cursor(last, cursor);
    reply_json(
        r, 200,
        json_pack("{so ss sb}", "changes", list, "cursor", cursor, "has_more", last < newest));
}

/* The change of an order; NULL: no such order. */
static json_t *order_of(const char *const word[], int n)
{
    int64_t a = 0, b = 0;
    if (n == 1 && (strcmp(word[0], "renew") == 0 || strcmp(word[0], "heartbeat") == 0))
        return json_pack("{ss ss}", "kind", "order", "order", word[0]);
    if (n == 2 && strcmp(word[0], "retry") == 0 && request_number(word[1], INT64_MAX, &a) && a > 0)
        return json_pack("{ss ss sI}", "kind", "order", "order", "retry", "sequence",
                         (json_int_t)a);
    if (n == 3 && strcmp(word[0], "resend") == 0 && request_number(word[1], INT64_MAX, &a) &&
        request_number(word[2], INT64_MAX, &b) && a > 0 && b >= a)
        return json_pack("{ss ss sI sI}", "kind", "order", "order", "resend", "first",
                         (json_int_t)a, "last", (json_int_t)b);
    return NULL;
}

int changes_order(struct ledger *l, const char *terminal, const char *const word[], int n_words,
                  struct err *err)
{
    json_t *doc = n_words > 0 ? order_of(word, n_words) : NULL;
    if (!doc || !envelope_is_terminal(terminal)) {
        json_decref(doc);
        return ERR(err, ERR_INVALID,
                   "order TERMINAL (retry SEQUENCE | resend FIRST LAST | renew | heartbeat)");
    }
    char *text = json_dumps(doc, JSON_COMPACT);
    json_decref(doc);
    int r = ledger_begin(l, err);
    if (r == 0) {
        r = ledger_add_change(ledger_conn(l), terminal, text ? text : "{}", err);
        if (r == 0)
            r = ledger_commit(l, err);
        else
            ledger_rollback(l);
    }
    free(text);
    return r;
}

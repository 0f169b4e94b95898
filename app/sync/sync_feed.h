/* SPDX-License-Identifier: Apache-2.0 */
/* A page of the changes feed, read strictly: an entry of a kind this terminal does not know is
 * skipped, one of a known kind that is wrong makes the whole page none. Pure; any thread.
 * Source: contract/openapi.yaml, schemas "changes" and "change". */
#ifndef YJ_SYNC_FEED_H
#define YJ_SYNC_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "store/store.h"
#include "sync/sync_message.h"

enum { SYNC_FEED_MAX_CHANGES = 100, SYNC_FEED_LIMIT = 50, SYNC_FEED_PATH_BYTES = 160 };

enum sync_change_kind { SYNC_CHANGE_TASK, SYNC_CHANGE_ORDER };

enum sync_order { SYNC_ORDER_RETRY, SYNC_ORDER_RESEND, SYNC_ORDER_RENEW, SYNC_ORDER_HEARTBEAT };

struct sync_change {
    enum sync_change_kind kind;
    struct store_task task; /* SYNC_CHANGE_TASK */
    enum sync_order order;  /* SYNC_CHANGE_ORDER */
    int64_t first, last;    /* RESEND: sequences; RETRY: both the same */
};

struct sync_page {
    struct sync_change change[SYNC_FEED_MAX_CHANGES];
    size_t n, n_skipped;
    char cursor[SYNC_CURSOR_BYTES];
    bool has_more;
};

/** Address of the page after a cursor. @param ret  SYNC_FEED_PATH_BYTES */
void sync_feed_path(const char *cursor, char *ret);

/**
 * @param after  the cursor that was asked with: a page that promises more must get on
 * @param ret    owned by the caller, free()
 * @return 0 or ERR_SYNC_NOT_CENTRE, with the number of the entry that is wrong
 */
int sync_feed_read(const char *json, size_t n, const char *after, struct sync_page **ret,
                   struct err *err) YJ_CHECK;

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The thread that talks to the print service, because libcups blocks. The driver and it share two
 * queues and a flag that ends a wait early, nothing else. */
#ifndef YJ_DOCUMENT_WORKER_H
#define YJ_DOCUMENT_WORKER_H

#include <stdatomic.h>

#include "base/mq.h"
#include "drivers/document/document_link.h"
#include "drivers/document/document_settings.h"
#include "types/device.h"

enum { DOCUMENT_MAX_JOBS = 4 };

/* To the worker. Stopping is the flag, and an order that only wakes. */
struct worker_order {
    int64_t job;
    struct document *document; /* owned by the message; NULL wakes */
};

enum worker_news_kind { NEWS_STATUS, NEWS_DONE, NEWS_WAKE, NEWS_END };

/* From the worker, NEWS_END as the last; NEWS_WAKE is the driver's own. */
struct worker_news {
    enum worker_news_kind kind;
    struct device_status status;
    int64_t job;
    enum print_result result;
    enum print_evidence evidence;
    int code;
};

/* Borrowed by the thread until it ends. */
struct worker_cfg {
    struct document_settings settings;
    struct mq *orders; /* struct worker_order */
    struct mq *news;   /* struct worker_news; has room for every job and one of each other kind */
    struct document_guard guard; /* checked by the driver, at least every 500 ms */
    atomic_bool is_stopping;
};

/** Thread function; arg is a struct worker_cfg. Every order taken is answered before it ends. */
void *document_worker_run(void *arg);

/* Later state replaces earlier: for mq_push_latest. */
bool worker_news_is_same(const void *queued, const void *pushed);

#endif

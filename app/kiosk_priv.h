/* SPDX-License-Identifier: Apache-2.0 */
/* Shared between kiosk.c (life, loop) and kiosk_effects.c (orders of the visit machine). */
#ifndef YJ_APP_KIOSK_PRIV_H
#define YJ_APP_KIOSK_PRIV_H

#include <stdatomic.h>

#include "base/mq.h"
#include "core/matter.h"
#include "core/visit.h"
#include "host.h"
#include "kiosk.h"
#include "sync/outbox.h"
#include "ui/ui.h"

/* A print order on its way: rendered, waiting until its journal entry is on disk. */
struct pending_print {
    struct bitmap *bitmap; /* NULL: none waiting */
    int64_t job;
    uint64_t tag;
};

struct kiosk {
    const struct settings *settings;
    struct matter_set *matters;
    struct visit *visit;
    struct ui *ui;
    struct outbox *outbox;                       /* NULL: keys cannot be used, out of service */
    struct host *host[DEVICE_N_KINDS];           /* NULL: that driver could not start */
    struct device_status status[DEVICE_N_KINDS]; /* latest */
    struct mq *device_inbox;                     /* struct device_event */
    struct mq *outbox_inbox;                     /* struct outbox_event */
    int64_t timer_due_ms[VISIT_N_TIMERS];        /* 0: not running */
    int64_t date_due_ms;                         /* when the visit is told the wall clock again */
    uint64_t last_tag, submit_tag;               /* submit_tag 0: no application is being sealed */
    struct pending_print print;
    struct view *view;
    bool is_view_stale;
    atomic_bool is_stopping;
};

/** Monotonic time of this loop turn, inspector offset included. */
int64_t kiosk_now_ms(const struct kiosk *k);

/** Feed one event to the visit machine and carry out what it orders. */
void kiosk_step(struct kiosk *k, const struct visit_event *event);

/** Carry out effects in order. */
void kiosk_do_effects(struct kiosk *k, const struct visit_effects *effects);

/** The journal entry of a print order is on disk (code 0) or could not be written. */
void kiosk_print_journaled(struct kiosk *k, uint64_t tag, int code);

/** Drop the rendered receipt that waits for its journal entry. */
void kiosk_print_forget(struct kiosk *k);

#endif

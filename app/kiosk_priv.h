/* SPDX-License-Identifier: Apache-2.0 */
/* Shared between kiosk.c (life, loop) and kiosk_effects.c (orders of the visit machine). */
#ifndef YJ_APP_KIOSK_PRIV_H
#define YJ_APP_KIOSK_PRIV_H

#include <stdatomic.h>
#include <sys/types.h>

#include "base/mq.h"
#include "core/catalogue.h"
#include "core/content.h"
#include "core/visit.h"
#include "host.h"
#include "kiosk.h"
#include "seal/seal.h"
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
    struct catalogue *catalogue, *retired; /* in use; the one before, while it is shown */
    struct code_tables *codes;             /* NULL: none could be read */
    char *pinyin;                          /* text of the search's readings; may be NULL */
    size_t pinyin_bytes;
    struct seal_verifier *publisher;               /* NULL: only the built-in set is used */
    char set_digest[SEAL_DIGEST_BYTES];            /* of the set in use, "": the built-in one */
    char refused_digest[SEAL_DIGEST_BYTES];        /* staged set that was refused and stays */
    struct kiosk_incoming *incoming;               /* being staged, NULL: none */
    int64_t look_ms;                               /* when a staged set was last looked for */
    bool was_visit_open;                           /* then */
    struct visit_place place[SETTINGS_MAX_PLACES]; /* the visit's; strings of the settings */
    struct content *content, *retired_content;     /* likewise; NULL: none */
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
    pid_t signal_pid;        /* the staff signal runs, 0: not */
    int64_t signal_until_ms; /* then it is killed */
    struct view *view;
    bool is_view_stale;
    atomic_bool is_stopping;
};

/** Monotonic time of this loop turn, inspector offset included. */
int64_t kiosk_now_ms(const struct kiosk *k);

/** Feed one event to the visit machine and carry out what it orders. */
void kiosk_step(struct kiosk *k, const struct visit_event *event);

/** Something a driver says: to the log, the outbox, the visit or the screen. What it holds is
 * released. */
void kiosk_device_event(struct kiosk *k, struct device_event *e);

/** Tell the visit the wall clock, and when that will be done again. */
void kiosk_tell_date(struct kiosk *k);

/** Show what has changed, then sleep until something comes. @return false: the window was closed */
bool kiosk_show_and_wait(struct kiosk *k, int timeout_ms);

/** Carry out effects in order. */
void kiosk_do_effects(struct kiosk *k, const struct visit_effects *effects);

/** The journal entry of a print order is on disk (code 0) or could not be written. */
void kiosk_print_journaled(struct kiosk *k, uint64_t tag, int code);

/**
 * Load code tables and the catalogue: the last signed set that is whole, else the built-in one.
 * @param ret_n_errors  mistakes of the built-in set and refused signed sets: home tells staff
 * @return 0, ERR_NOT_FOUND or ERR_DENIED: there is no built-in set either
 * Blocks: disk, some 100 ms.
 */
int kiosk_catalogue_start(struct kiosk *k, int *ret_n_errors, struct err *err) YJ_CHECK;

/** Change to a staged set when nobody is being served; cheap when there is none. */
void kiosk_catalogue_look(struct kiosk *k);

/** A set lies in DATA/catalogue/incoming: check and stage it beside the work; harmless when there
 * is none or one is under way. */
void kiosk_incoming_begin(struct kiosk *k);
/** Has it been staged or refused? Cheap. */
void kiosk_incoming_look(struct kiosk *k);
/** Waits for the end of what is under way. */
void kiosk_incoming_free(struct kiosk *k);

/** @return when kiosk_catalogue_look wants to be called at the latest, INT64_MAX: never */
int64_t kiosk_catalogue_due_ms(const struct kiosk *k);

/** The divisions that addresses begin with. Borrows k. */
struct region_source kiosk_regions(struct kiosk *k);

void kiosk_catalogue_free(struct kiosk *k);

/** Notices of the hall, read at start. @return what the visit is to show, NULL: none */
const struct content *kiosk_content_start(struct kiosk *k);
/** Read them again when nobody is being served. Blocks: disk. */
void kiosk_content_look(struct kiosk *k);
void kiosk_content_free(struct kiosk *k);

/** Staff are called, or need not come any more: log, centre, signal program. */
void kiosk_staff_call(struct kiosk *k, enum staff_call why);
/** End a signal program that has ended or takes too long; cheap when none runs. */
void kiosk_staff_look(struct kiosk *k);
/** @return when kiosk_staff_look wants to be called at the latest, INT64_MAX: never */
int64_t kiosk_staff_due_ms(const struct kiosk *k);
void kiosk_staff_free(struct kiosk *k);

/** The centre's word on an enquiry. @param answer  taken over; NULL when code is not 0 */
void kiosk_enquiry_answered(struct kiosk *k, uint64_t tag, int code, struct enquiry_answer *answer);

/** Drop the rendered receipt that waits for its journal entry. */
void kiosk_print_forget(struct kiosk *k);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* How the main thread begins: catalogue, screen, visit, first picture, then outbox and devices.
 * What cannot start leaves a terminal that says so, except the screen itself. */
#define _DEFAULT_SOURCE /* getentropy */
#include "kiosk_priv.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/log.h"
#include "base/mem.h"

enum { DEVICE_INBOX_CAP = 64, OUTBOX_INBOX_CAP = 256 };

static void wake_ui(void *arg)
{
    ui_wake(arg);
}

static bool same_outbox_state(const void *queued, const void *pushed)
{
    const struct outbox_event *a = queued, *b = pushed;
    return a->kind == b->kind &&
           (a->kind == OUTBOX_EVENT_LINK || a->kind == OUTBOX_EVENT_STORE_STATE ||
            a->kind == OUTBOX_EVENT_COUNTERS);
}

/* A visitor waits for these answers, so a full queue is waited out: main drains it each turn. The
 * limit only matters when main is stuck, or at the end, when it waits for this very thread. */
static void take_outbox_event(void *arg, const struct outbox_event *event) /* outbox thread */
{
    static const struct timespec pause = {.tv_nsec = 10 * 1000000};
    for (int tries = 0; tries < 100; tries++) {
        if (mq_push_latest(arg, event, same_outbox_state) == 0)
            return;
        nanosleep(&pause, NULL);
    }
    if (event->kind == OUTBOX_EVENT_ANSWERED)
        enquiry_answer_free(event->answer);
    log_line(LOG_ERROR, "sync", "event of kind %d lost, the main thread is stuck",
             (int)event->kind);
}

/* The driver of a class; NULL: not fitted. A slot, a document printer or a keypad exists only where
 * the settings name it: no keyboard is taken unasked. */
static const struct driver_ops *driver_of(const struct settings *s, enum device_kind kind)
{
    switch (kind) {
    case DEVICE_READER:
        return &reader_ops;
    case DEVICE_SCANNER:
        return s->is_scanner_camera ? &camera_ops : &scanner_ops;
    case DEVICE_PRINTER:
        return &printer_ops;
    case DEVICE_CARD_SLOT:
        return s->device[kind] ? &card_slot_ops : NULL;
    case DEVICE_DOCUMENT_PRINTER:
        return s->device[kind] ? &document_ops : NULL;
    case DEVICE_KEYPAD:
        return s->device[kind] ? &keypad_ops : NULL;
    case DEVICE_N_KINDS:
        break;
    }
    return NULL;
}

/* Cameras are found by what they can do and print queues by name: these have no table of models. */
static bool has_table(const struct driver_ops *ops)
{
    return ops != &camera_ops && ops != &document_ops;
}

static int start_device(struct kiosk *k, enum device_kind kind, const struct driver_ops *ops,
                        struct err *err)
{
    char path[512];
    YJ_CLEANUP(cleanup_free) char *table = NULL;
    size_t n = 0;
    snprintf(path, sizeof path, "%s/devices/%s.json", k->settings->assets_dir, ops->name);
    int rc = has_table(ops) ? mem_read_file(path, 1024 * 1024, &table, &n, err) : 0;
    if (rc == 0)
        rc = host_start(ops,
                        &(struct driver_cfg){.table = table, .settings = k->settings->device[kind]},
                        k->device_inbox, &k->host[kind], err);
    return rc;
}

static void tell_status(struct kiosk *k, enum device_kind kind, enum device_state state, int cause)
{
    struct device_event e = {.kind = DEVICE_EVENT_STATUS,
                             .from = kind,
                             .status = {.kind = kind, .state = state, .cause = cause}};
    kiosk_device_event(k, &e);
}

static void start_devices(struct kiosk *k)
{
    const struct driver_ops *ops[DEVICE_N_KINDS];
    for (int i = 0; i < DEVICE_N_KINDS; i++) {
        ops[i] = driver_of(k->settings, (enum device_kind)i);
        k->status[i] = (struct device_status){.kind = (enum device_kind)i,
                                              .state = ops[i] ? DEVICE_STARTING : DEVICE_NO_DEVICE};
    }
    for (int i = 0; i < DEVICE_N_KINDS; i++) {
        enum device_kind kind = (enum device_kind)i;
        struct err err = {0};
        int rc = ops[i] ? start_device(k, kind, ops[i], &err) : 0;
        if (!ops[i]) {
            tell_status(k, kind, DEVICE_NO_DEVICE, 0); /* not fitted */
        } else if (rc < 0) {
            /* A class that cannot start is a fault of the terminal, shown as such. */
            log_err(LOG_ERROR, ops[i]->name, &err);
            tell_status(k, kind, DEVICE_HARDWARE_ERROR, rc);
        }
    }
}

static int start_outbox(struct kiosk *k, struct err *err)
{
    const struct settings *s = k->settings;
    char built_in[640];
    snprintf(built_in, sizeof built_in, "%s/matters", s->assets_dir);
    struct outbox_cfg cfg = {
        .data_dir = s->data_dir,
        .terminal_id = s->terminal_id,
        .centre_ca = s->centre_ca,
        .centre_url = s->centre_url,
        .version = YIJIAN_VERSION,
        .proxy = s->proxy,
        .mirror_dir = s->mirror_dir,
        .takes_catalogue = s->takes_catalogue,
        .catalogue_cert = k->publisher ? s->catalogue_cert : NULL,
        .catalogue_dir = built_in,
    };
    settings_seal_paths(s, &cfg.keys);
    int rc = outbox_start(&cfg, take_outbox_event, k->outbox_inbox, &k->outbox, err);
    if (rc == 0) {
        outbox_note_catalogue(k->outbox, k->set_digest, 0);
        kiosk_incoming_begin(k); /* fetched before the last end */
    }
    if (rc == 0 || rc == ERR_STORE_LOCKED)
        return rc;
    /* Keys that cannot be used leave a terminal that can explain itself. */
    log_err(LOG_ERROR, "store", err);
    struct visit_event event = {.kind = VISIT_EVENT_STORE_STATE, .code = rc};
    kiosk_step(k, &event);
    return 0;
}

static int start_ui(struct kiosk *k, const char *inspect_socket, struct err *err)
{
    const struct settings *s = k->settings;
    struct ui_cfg cfg = {
        .assets_dir = s->assets_dir,
        .display = s->display,
        .theme = s->theme,
        .rotation_deg = s->rotation_deg,
        .sound = s->sound,
        .width_px = s->width_px,
        .height_px = s->height_px,
        .width_mm = s->width_mm,
        .window_scale = s->window_scale,
        .is_fullscreen = s->is_fullscreen,
        .inspect_socket = inspect_socket,
        .hall_name = s->terminal_name,
        .regions = kiosk_regions(k),
    };
    for (size_t i = 0; i < s->n_languages; i++)
        cfg.languages[cfg.n_languages++] = s->languages[i];
    return ui_new(&cfg, &k->ui, err);
}

int kiosk_start(const struct settings *settings, const char *inspect_socket, struct kiosk **ret,
                struct err *err)
{
    struct kiosk *k = mem_zalloc(1, sizeof *k);
    struct visit_effects effects;
    int n_catalogue_errors = 0;
    k->settings = settings;
    k->view = mem_zalloc(1, sizeof *k->view);
    atomic_init(&k->is_stopping, false);
    int rc = kiosk_catalogue_start(k, &n_catalogue_errors, err);
    if (rc == 0)
        rc = start_ui(k, inspect_socket, err);
    if (rc < 0)
        goto fail;
    k->device_inbox = mq_new(sizeof(struct device_event), DEVICE_INBOX_CAP, wake_ui, k->ui);
    k->outbox_inbox = mq_new(sizeof(struct outbox_event), OUTBOX_INBOX_CAP, wake_ui, k->ui);
    struct visit_cfg cfg = {
        .catalogue = k->catalogue,
        .prefs = settings->prefs,
        .terminal_name = settings->terminal_name,
        .terminal_id = settings->terminal_id,
        .hall_phone = settings->hall_phone,
        .hall_owner = settings->hall_owner,
        .hall_hours = settings->hall_hours,
        .places = k->place,
        .n_places = settings->n_places,
        .content = kiosk_content_start(k),
        .idle_ask_ms = settings->idle_ask_ms,
        .idle_wipe_ms = settings->idle_wipe_ms,
        .catalogue_errors = n_catalogue_errors,
        .accepts_social_security_card = settings->accepts_social_security_card,
        .scan_hosts = {(const char *const *)settings->scan_hosts, settings->n_scan_hosts},
        .scan_kinds = settings->scan_kinds,
    };
    for (size_t i = 0; i < settings->n_languages; i++)
        cfg.languages[cfg.n_languages++] = settings->languages[i];
    for (size_t i = 0; i < settings->n_places; i++)
        k->place[i] = (struct visit_place){.name = settings->place[i].name,
                                           .address = settings->place[i].address,
                                           .hours = settings->place[i].hours,
                                           .phone = settings->place[i].phone};
    if (getentropy(cfg.scan_key, sizeof cfg.scan_key) != 0) {
        rc = ERR(err, ERR_SYSTEM, "no random numbers: %s", strerror(errno));
        goto fail;
    }
    k->visit = visit_new(&cfg);
    bytes_wipe(&cfg, sizeof cfg);
    visit_start(k->visit, kiosk_now_ms(k), &effects);
    kiosk_do_effects(k, &effects);
    kiosk_tell_date(k);
    /* The first picture before anything that may be slow: keys, TLS, the bus. */
    if (!kiosk_show_and_wait(k, 0))
        atomic_store(&k->is_stopping, true);
    rc = start_outbox(k, err);
    if (rc < 0)
        goto fail;
    start_devices(k);
    *ret = k;
    return 0;
fail:
    kiosk_free(k);
    return rc;
}

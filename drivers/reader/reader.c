/* SPDX-License-Identifier: Apache-2.0 */
/* Identity-card reader as a driver: its slots, and opening and losing the device. The state machine
 * is drawn in reader_states.c. Thread: the reader's, except wake. */
#include "drivers/reader/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "drivers/reader/reader_priv.h"
#include "drivers/status.h"
#include "drivers/timing.h"

enum {
    RESCAN_MS = 2000, /* for plug-ins whose message was lost or came too early */
    DECODER_POLL_MS = 10,
    /* the four-pipe layout is known by its addresses; PROTOCOL.md, framing */
    EP_OUT_HEAD = 0x02,
    EP_OUT_BODY = 0x06,
    EP_IN_HEAD = 0x81,
    EP_IN_BODY = 0x85,
};

/* ---- telling the application --------------------------------------------------------------- */

void reader_status_set(struct driver *d, enum device_state state, enum device_media media,
                       int cause)
{
    struct device_status s = d->status;
    s.kind = DEVICE_READER;
    s.state = state;
    s.media = media;
    s.cause = cause;
    device_status_tell(&d->sink, &d->status, &d->has_status, &s);
}

void reader_event_emit(struct driver *d, enum device_event_kind kind, int code)
{
    struct device_event e = {.kind = kind, .from = DEVICE_READER, .code = code};
    d->sink.emit(d->sink.arg, &e);
}

/* ---- losing the device --------------------------------------------------------------------- */

static void device_release(struct driver *d)
{
    usb_close(d->usb);
    reader_line_reset(d);
    reader_card_drop(d);
    d->rest.n_misses = 0;
}

void reader_device_lost(struct driver *d, int64_t now_ms)
{
    device_release(d);
    d->n_opens = d->n_relapses = 0;
    reader_state_enter(d, READER_NO_DEVICE, now_ms + RESCAN_MS);
    reader_status_set(d, DEVICE_NO_DEVICE, MEDIA_UNKNOWN, ERR_USB_NO_DEVICE);
}

void reader_device_broken(struct driver *d, int64_t now_ms, int cause)
{
    int rest_ms = driver_ladder_ms(d->n_opens);
    device_release(d);
    d->n_opens++;
    reader_state_enter(d, READER_BROKEN, now_ms + rest_ms);
    reader_status_set(d, DEVICE_HARDWARE_ERROR, MEDIA_UNKNOWN, cause);
}

/* ---- opening ------------------------------------------------------------------------------- */

static bool endpoint_has(const struct usb_interface *i, uint8_t address)
{
    for (size_t k = 0; k < i->n_endpoints; k++)
        if (i->endpoint[k].address == address)
            return true;
    return false;
}

/* First bulk or interrupt endpoint of a direction. @return its address or 0 */
static uint8_t endpoint_first(const struct usb_interface *i, bool is_in)
{
    for (size_t k = 0; k < i->n_endpoints; k++)
        if ((i->endpoint[k].type == 2 || i->endpoint[k].type == 3) &&
            ((i->endpoint[k].address & 0x80) != 0) == is_in)
            return i->endpoint[k].address;
    return 0;
}

static bool interface_is_split(const struct usb_interface *i, const struct reader_entry *e)
{
    return e->layout != READER_LAYOUT_ONE_PIPE && endpoint_has(i, EP_OUT_HEAD) &&
           endpoint_has(i, EP_OUT_BODY) && endpoint_has(i, EP_IN_HEAD) &&
           endpoint_has(i, EP_IN_BODY);
}

static bool interface_is_joined(const struct usb_interface *i, const struct reader_entry *e)
{
    return e->layout != READER_LAYOUT_FOUR_PIPES && endpoint_first(i, true) &&
           endpoint_first(i, false);
}

/* @return the interface to claim; that of a device of ours that has none is its first one, so that
 * opening it can say what is wrong */
static int on_match(void *arg, const struct usb_candidate *c)
{
    const struct driver *d = arg;
    const struct reader_entry *e = reader_table_find(&d->table, c->idVendor, c->idProduct);
    if (!e || c->n_interfaces == 0)
        return -1;
    int vendor = -1, first = -1;
    for (size_t i = 0; i < c->n_interfaces; i++) {
        const struct usb_interface *f = &c->interface[i];
        if (f->number == 0 && interface_is_split(f, e))
            return (int)i;
        if (!interface_is_joined(f, e))
            continue;
        if (vendor < 0 && f->cls == 0xFF && f->subclass == 0 && f->protocol == 0)
            vendor = (int)i;
        if (first < 0 && f->number == 0)
            first = (int)i;
    }
    if (first >= 0)
        return first;
    return vendor >= 0 ? vendor : 0;
}

static void on_head(void *arg, const uint8_t *data, size_t n)
{
    reader_line_take(arg, SAM_PIPE_HEAD, data, n);
}

static void on_body(void *arg, const uint8_t *data, size_t n)
{
    reader_line_take(arg, SAM_PIPE_BODY, data, n);
}

static void model_fill(struct driver *d)
{
    char maker[32] = "", product[32] = "";
    usb_names(d->usb, maker, sizeof maker, product, sizeof product);
    memset(d->status.model, 0, sizeof d->status.model);
    snprintf(d->status.model, sizeof d->status.model, "%s%s%s", maker,
             maker[0] && product[0] ? " " : "", product);
}

static int line_open(struct driver *d, const struct usb_interface *f)
{
    struct reader_line *l = &d->line;
    l->is_split = interface_is_split(f, d->entry);
    if (!l->is_split && !interface_is_joined(f, d->entry))
        return ERR_USB_DESCRIPTOR;
    l->out_head = l->is_split ? EP_OUT_HEAD : endpoint_first(f, false);
    l->out_body = l->is_split ? EP_OUT_BODY : l->out_head;
    uint8_t in_body = l->is_split ? EP_IN_BODY : endpoint_first(f, true);
    reader_line_reset(d);
    int r = 0;
    if (l->is_split)
        r = usb_listen(d->usb, EP_IN_HEAD, 64, on_head, d, NULL);
    if (r == 0)
        r = usb_listen(d->usb, in_body, SAM_STREAM_BYTES, on_body, d, NULL);
    return r;
}

static void device_try_open(struct driver *d, int64_t now_ms)
{
    struct usb_candidate c;
    struct usb_interface f;
    int r = usb_open(d->usb, &c, &f, NULL);
    if (r == ERR_USB_NO_DEVICE) {
        reader_device_lost(d, now_ms);
        return;
    }
    if (r == 0) {
        d->entry = reader_table_find(&d->table, c.idVendor, c.idProduct);
        r = line_open(d, &f);
    }
    if (r != 0) {
        reader_device_broken(d, now_ms, r);
        return;
    }
    model_fill(d);
    d->n_faults = d->n_tries = d->n_ids_asked = 0;
    d->warm_until_ms = now_ms + d->entry->sam_warm_ms;
    reader_state_enter(d, READER_WARMING, now_ms);
    if (d->n_opens == 0)
        reader_status_set(d, DEVICE_STARTING, MEDIA_UNKNOWN, 0);
}

/* ---- the driver's slots -------------------------------------------------------------------- */

static int parts_open(struct driver *d, const struct driver_cfg *cfg, struct err *err)
{
    int r = reader_table_parse(cfg->table, &d->table, err);
    if (r == 0)
        r = reader_settings_parse(cfg->settings, &d->settings, err);
    if (r == 0 && getrandom(d->mark_key, sizeof d->mark_key, 0) != sizeof d->mark_key)
        r = ERR(err, ERR_SYSTEM, "no random bytes");
    if (r == 0)
        r = usb_new(on_match, d, &d->usb, err);
    if (r == 0 && d->settings.photo_decoder)
        d->decoder = photo_decoder_new(d->settings.photo_decoder, d->settings.photo_decoder_ms);
    return r;
}

static int reader_open(const struct driver_cfg *cfg, const struct driver_sink *sink,
                       struct driver **ret, struct err *err)
{
    struct driver *d = mem_zalloc(1, sizeof *d);
    d->sink = *sink;
    int r = parts_open(d, cfg, err);
    if (r != 0) {
        reader_settings_fini(&d->settings);
        free(d);
        return r;
    }
    *ret = d;
    return 0;
}

static void reader_command(struct driver *d, const struct device_command *command, int64_t now_ms)
{
    bool was_enabled = d->is_enabled;
    if (command->kind == DEVICE_COMMAND_ENABLE)
        d->is_enabled = true;
    else if (command->kind == DEVICE_COMMAND_DISABLE)
        d->is_enabled = false;
    else
        return; /* STOP is the host's affair, PRINT is not for us */
    if (d->is_enabled && !was_enabled && d->decoder)
        photo_decoder_stop(d->decoder); /* of the card asked for before */
    d->n_tries = 0;
    if (d->line.is_pending)
        return; /* the answer decides */
    if (d->state == READER_IDLE || d->state == READER_SEARCHING || d->state == READER_SELECTING ||
        (d->state == READER_RESTING && !d->rest.is_settled))
        reader_state_enter_usual(d, now_ms);
}

static int sleep_ms(const struct driver *d, int64_t now_ms)
{
    const struct reader_line *l = &d->line;
    int64_t at_ms = d->state == READER_IDLE ? now_ms + DRIVER_STEP_MAX_MS : d->due_ms;
    if (l->is_pending)
        at_ms = l->deadline_ms < l->hard_deadline_ms ? l->deadline_ms : l->hard_deadline_ms;
    else if (l->is_draining)
        at_ms = l->quiet_ms;
    if (d->decoder && photo_decoder_is_busy(d->decoder) && at_ms > now_ms + DECODER_POLL_MS)
        at_ms = now_ms + DECODER_POLL_MS;
    return driver_sleep_ms(at_ms, now_ms);
}

static int reader_step(struct driver *d, int64_t now_ms)
{
    if (d->state == READER_NO_DEVICE || d->state == READER_BROKEN) {
        bool is_new = d->state == READER_NO_DEVICE && usb_has_arrival(d->usb);
        if (is_new || now_ms >= d->due_ms)
            device_try_open(d, now_ms);
    } else if (usb_is_gone(d->usb)) {
        reader_device_lost(d, now_ms);
    }
    if (d->state != READER_NO_DEVICE && d->state != READER_BROKEN)
        reader_state_serve(d, now_ms);
    if (d->decoder)
        reader_decoder_serve(d, now_ms);
    return sleep_ms(d, now_ms);
}

static void reader_wait(struct driver *d, int timeout_ms)
{
    usb_wait(d->usb, timeout_ms);
}

static void reader_wake(struct driver *d)
{
    usb_wake(d->usb);
}

static void reader_close(struct driver *d)
{
    if (!d)
        return;
    usb_free(d->usb);
    photo_decoder_free(d->decoder);
    reader_card_drop(d);
    reader_settings_fini(&d->settings);
    bytes_wipe(d, sizeof *d);
    free(d);
}

const struct driver_ops reader_ops = {
    .name = "reader",
    .open = reader_open,
    .command = reader_command,
    .step = reader_step,
    .wait = reader_wait,
    .wake = reader_wake,
    .close = reader_close,
};

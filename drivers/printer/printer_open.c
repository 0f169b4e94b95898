/* SPDX-License-Identifier: Apache-2.0 */
/* Finding a printer and finding out which one it is. Thread: the printer's.
 * Source: USB Printing Devices 1.1, 4.2.1 (GET_DEVICE_ID); ESC/POS GS I. */
#include <stdio.h>
#include <string.h>

#include "drivers/printer/printer_priv.h"

enum {
    GET_DEVICE_ID = 0,
    CLASS_IN = 0xA1,
    VENDOR_CLASS = 0xFF,
    IN_BYTES = 512,
    ID_BYTES = 1024,
    ID_LIMIT = 36 * 36 * 36 - 4,
    PORT_HEALTHY = 0x18,
};

static const struct usb_endpoint *endpoint_bulk(const struct usb_interface *f, bool is_in)
{
    for (size_t k = 0; k < f->n_endpoints; k++)
        if (f->endpoint[k].type == 2 && ((f->endpoint[k].address & 0x80) != 0) == is_in)
            return &f->endpoint[k];
    return NULL;
}

/* Any printer-class interface: the highest of protocol 1 (one-way) and 2 (two-way). A vendor's
 * class only when the table says that this is a printer. */
int printer_match(void *arg, const struct usb_candidate *c)
{
    const struct driver *d = arg;
    bool is_vendor = printer_table_is_vendor(&d->table, c->idVendor, c->idProduct);
    int best = -1;
    for (size_t i = 0; i < c->n_interfaces; i++) {
        const struct usb_interface *f = &c->interface[i];
        bool fits = f->cls == 7 && f->subclass == 1 && (f->protocol == 1 || f->protocol == 2);
        if (!fits && is_vendor)
            fits = f->cls == VENDOR_CLASS;
        if (!fits || !endpoint_bulk(f, false))
            continue;
        if (best < 0 || f->protocol > c->interface[best].protocol)
            best = (int)i;
    }
    return best;
}

/* Some answer with the alternate setting in wIndex, some only without it. */
static void device_id_read(struct driver *d, const struct usb_interface *f)
{
    uint8_t raw[ID_BYTES];
    memset(&d->id, 0, sizeof d->id);
    for (int alt = f->alt; alt >= 0; alt = alt > 0 ? 0 : -1) {
        int n = usb_control(d->usb, CLASS_IN, GET_DEVICE_ID, 0,
                            (uint16_t)(f->number << 8 | (unsigned)alt), raw, sizeof raw, CONTROL_MS,
                            NULL);
        if (n > 2) { /* many have none, or a stall: then other ids decide */
            printer_id_parse(raw, (size_t)n, &d->id);
            return;
        }
    }
}

static void model_fill(struct driver *d)
{
    char maker[32], product[48];
    snprintf(maker, sizeof maker, "%s", d->id.mfg);
    snprintf(product, sizeof product, "%s", d->id.mdl);
    if (!maker[0] && !product[0])
        usb_names(d->usb, maker, sizeof maker, product, sizeof product);
    if (!maker[0] && !product[0])
        snprintf(product, sizeof product, "%s", d->profile->name);
    memset(d->status.model, 0, sizeof d->status.model);
    snprintf(d->status.model, sizeof d->status.model, "%.20s%s%.40s", maker,
             maker[0] && product[0] ? " " : "", product);
}

/* @return false when the table knows nothing for it */
static bool profile_choose(struct driver *d)
{
    const struct printer_profile *p = printer_table_named(&d->table, d->settings.profile);
    if (!p)
        p = printer_table_find(&d->table, d->vid, d->pid, &d->id);
    if (!p)
        return false;
    d->profile = p;
    model_fill(d);
    int dots = d->settings.dots != 0 ? d->settings.dots : p->head_dots;
    d->status.head_dots = (uint32_t)dots;
    d->status.dots_per_mm_x10 = (uint16_t)p->dots_per_mm_x10;
    d->can_process_id = d->ep_in != 0 && p->process_id == SUPPORT_YES;
    d->has_had_ids = false;
    d->can_count = d->ep_in != 0 && p->cut_counter != COUNTER_NONE;
    memset(&d->parser, 0, sizeof d->parser);
    d->parser.dialect = p->dialect;
    d->parser.has_numbers = p->cut_counter == COUNTER_CUSTOM;
    return true;
}

static int device_prepare(struct driver *d, const struct usb_candidate *c,
                          const struct usb_interface *f)
{
    const struct usb_endpoint *out = endpoint_bulk(f, false), *in = endpoint_bulk(f, true);
    if (!out)
        return ERR_USB_DESCRIPTOR;
    d->vid = c->idVendor;
    d->pid = c->idProduct;
    d->number = f->number;
    d->ep_out = out->address;
    d->packet_bytes = out->max_bytes;
    bool is_two_way = f->cls == VENDOR_CLASS || f->protocol == 2;
    d->ep_in = is_two_way && in ? in->address : 0;
    device_id_read(d, f);
    if (!profile_choose(d))
        return ERR_USB_DESCRIPTOR;
    if (d->profile->is_one_way) {
        d->ep_in = 0;
        d->can_process_id = d->can_count = false;
    }
    return d->ep_in != 0 ? usb_listen(d->usb, d->ep_in, IN_BYTES, printer_on_data, d, NULL) : 0;
}

void printer_try_open(struct driver *d, int64_t now_ms)
{
    struct usb_candidate c;
    struct usb_interface f;
    int r = usb_open(d->usb, &c, &f, NULL);
    if (r == ERR_USB_NO_DEVICE) {
        printer_device_lost(d, now_ms);
        return;
    }
    if (r == 0)
        r = device_prepare(d, &c, &f);
    if (r != 0) {
        printer_device_broken(d, now_ms, r);
        return;
    }
    /* ids start where no earlier program's are likely to be, and end before they wrap; those of a
     * ticket that is still looked for stay valid */
    if (!d->is_orphan)
        d->next_id = d->seen_id = (uint32_t)(now_ms % (ID_LIMIT / 2)) + 1;
    d->port_status = PORT_HEALTHY;
    d->is_unproven = d->must_look = false;
    d->has_named = false;
    d->fill_bytes = 0;
    d->must_name = d->ep_in != 0 && d->profile->asks_names && printer_id_is_generic(&d->id);
    d->recover_due_ms = 0;
    printer_state_enter(d, PRINTER_DRAINING, now_ms, d->ep_in != 0 ? DRAIN_MS : 0);
}

/* ---- names by GS I ------------------------------------------------------------------------- */

void printer_naming_start(struct driver *d, int64_t now_ms)
{
    uint8_t cmd[ESCPOS_SHORT_MAX];
    d->n_names = 0;
    d->gs_maker[0] = d->gs_model[0] = '\0';
    escpos_parser_ask(&d->parser, NULL);
    (void)printer_send(d, cmd, escpos_names(cmd), now_ms); /* unanswered: asked again later */
    printer_state_enter(d, PRINTER_NAMING, now_ms, NAMES_MS);
}

/* The maker first, then the model. */
void printer_name_take(struct driver *d, const char *text)
{
    if (d->n_names == 0)
        snprintf(d->gs_maker, sizeof d->gs_maker, "%s", text);
    else if (d->n_names == 1)
        snprintf(d->gs_model, sizeof d->gs_model, "%s", text);
    d->n_names++;
}

void printer_naming_serve(struct driver *d, int64_t now_ms)
{
    const struct printer_profile *before = d->profile;
    bool is_done = d->n_names >= 2;
    if (!is_done && now_ms < d->due_ms)
        return;
    if (is_done) {
        struct printer_id kept = d->id;
        bool has_ids = d->can_process_id, has_counter = d->can_count;
        memcpy(d->id.mfg, d->gs_maker, sizeof d->id.mfg);
        memcpy(d->id.mdl, d->gs_model, sizeof d->id.mdl);
        if (!profile_choose(d)) {
            d->id = kept;
            (void)profile_choose(d); /* it fitted before */
        }
        if (d->is_naming_again && d->profile == before) { /* what was found out stays true */
            d->can_process_id = d->has_had_ids = has_ids;
            d->can_count = has_counter;
        }
    }
    d->has_named = is_done || d->is_naming_again; /* ask a busy printer once more, not for ever */
    if (d->has_named)
        d->must_name = false;
    if (d->is_naming_again && d->profile == before)
        printer_state_enter(d, PRINTER_READY, now_ms, 0);
    else
        printer_state_enter(d, PRINTER_GREETING, now_ms, CHECK_MS);
}

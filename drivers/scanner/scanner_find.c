/* SPDX-License-Identifier: Apache-2.0 */
/* Which of the devices on the bus is the scanner, and which of its interfaces. Nothing is guessed:
 * a table entry or the terminal's settings name every device that is taken.
 * Thread: the scanner's. */
#include <string.h>

#include "drivers/scanner/scanner_priv.h"

enum {
    CLASS_CDC = 2,
    CLASS_HID = 3,
    CLASS_CDC_DATA = 10,
    SUBCLASS_BOOT = 1,
    PROTOCOL_KEYBOARD = 1,
    BULK = 2,
    INTERRUPT = 3,
};

static uint8_t endpoint_of(const struct usb_interface *f, uint8_t type, bool is_in)
{
    for (size_t i = 0; i < f->n_endpoints; i++)
        if (f->endpoint[i].type == type && (f->endpoint[i].address & 0x80) == (is_in ? 0x80 : 0))
            return f->endpoint[i].address;
    return 0;
}

static bool is_boot_keyboard(const struct usb_interface *f)
{
    return f->cls == CLASS_HID && f->subclass == SUBCLASS_BOOT &&
           f->protocol == PROTOCOL_KEYBOARD && endpoint_of(f, INTERRUPT, true);
}

/* A boot device (subclass 1) is a keyboard or a mouse: never taken unasked. */
static bool is_plain_hid(const struct usb_interface *f)
{
    return f->cls == CLASS_HID && f->subclass != SUBCLASS_BOOT && endpoint_of(f, INTERRUPT, true);
}

static bool is_cdc_data(const struct usb_interface *f)
{
    return (f->cls == CLASS_CDC_DATA || f->cls == CLASS_CDC) && endpoint_of(f, BULK, true);
}

static bool is_refused(const struct driver *d, const struct usb_candidate *c, uint8_t number)
{
    for (size_t i = 0; i < d->n_refused; i++)
        if (d->refused[i].bus == c->bus && d->refused[i].address == c->address &&
            d->refused[i].interface == number)
            return true;
    return false;
}

static int interface_find(const struct driver *d, const struct usb_candidate *c,
                          bool (*is_wanted)(const struct usb_interface *))
{
    for (size_t i = 0; i < c->n_interfaces; i++)
        if (is_wanted(&c->interface[i]) && !is_refused(d, c, c->interface[i].number))
            return (int)i;
    return -1;
}

static bool is_our_wedge(const struct driver *d, const struct usb_candidate *c)
{
    const struct scanner_settings *s = &d->settings;
    return s->has_wedge && c->idVendor == s->wedge_vid && c->idProduct == s->wedge_pid &&
           strcmp(c->path, s->wedge_port) == 0;
}

static int choose(struct driver *d, const struct scanner_dialect_ops *ops,
                  const struct scanner_entry *entry, int index)
{
    if (index >= 0) {
        d->ops = ops;
        d->entry = entry;
    }
    return index;
}

int scanner_match(void *arg, const struct usb_candidate *c)
{
    struct driver *d = arg;
    int index = -1;
    if (is_our_wedge(d, c))
        index = choose(d, &wedge_ops, NULL, interface_find(d, c, is_boot_keyboard));
    const struct scanner_entry *cdc =
        scanner_table_find(&d->table, SCANNER_CDC, c->idVendor, c->idProduct);
    if (index < 0 && cdc)
        index = choose(d, &cdc_acm_ops, cdc, interface_find(d, c, is_cdc_data));
    const struct scanner_entry *hid =
        scanner_table_find(&d->table, SCANNER_HID, c->idVendor, c->idProduct);
    if (index < 0 && hid)
        index = choose(d, &hid_pos_ops, hid, interface_find(d, c, is_plain_hid));
    if (index < 0 && scanner_table_has(&d->table, c->idVendor, c->idProduct) &&
        interface_find(d, c, is_boot_keyboard) >= 0)
        d->is_keyboard_in = true;
    return index;
}

/* Open the next device that has not been refused, and start it. */
static int open_next(struct driver *d, struct err *err)
{
    int rc = usb_open(d->usb, &d->candidate, &d->interface, err);
    if (rc < 0)
        return rc;
    uint8_t type = d->ops == &cdc_acm_ops ? BULK : INTERRUPT;
    d->in = endpoint_of(&d->interface, type, true);
    d->out = endpoint_of(&d->interface, type, false);
    rc = d->ops->start(d, err);
    if (rc == ERR_SCANNER_KEYBOARD)
        d->is_keyboard_in = true;
    if (rc == ERR_SCANNER_DESCRIPTOR || rc == ERR_SCANNER_KEYBOARD) {
        d->refused[d->n_refused].bus = d->candidate.bus;
        d->refused[d->n_refused].address = d->candidate.address;
        d->refused[d->n_refused++].interface = d->interface.number;
    }
    return rc;
}

int scanner_find(struct driver *d, struct err *err)
{
    bool is_descriptor_bad = false;
    int rc = ERR_USB_NO_DEVICE;
    d->is_keyboard_in = false;
    /* a device that tells its layout is better than one whose layout must be looked up */
    for (int pass = 0; pass < 2; pass++) {
        d->may_use_known = pass > 0;
        d->n_refused = 0;
        do {
            rc = open_next(d, err);
            is_descriptor_bad |= rc == ERR_SCANNER_DESCRIPTOR;
        } while ((rc == ERR_SCANNER_DESCRIPTOR || rc == ERR_SCANNER_KEYBOARD) &&
                 d->n_refused < SCANNER_MAX_REFUSED);
        if (rc != ERR_USB_NO_DEVICE || !is_descriptor_bad)
            break;
    }
    if (rc != ERR_USB_NO_DEVICE)
        return rc;
    if (d->is_keyboard_in)
        return ERR(err, ERR_SCANNER_KEYBOARD, "the scanner types like a keyboard");
    if (is_descriptor_bad)
        return ERR(err, ERR_SCANNER_DESCRIPTOR, "no interface with scanned data");
    return rc;
}

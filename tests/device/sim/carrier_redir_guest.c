/* SPDX-License-Identifier: Apache-2.0 */
/* What a QEMU guest asks of a device. Runs under the lock, on the carrier's thread. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "carrier_redir_priv.h"

enum { TRANSFER_MAX = 1 << 20 };

static void urb_refused(struct peer *p, uint8_t type, uint8_t address, uint64_t id)
{
    if (type == USBDEVFS_URB_TYPE_INTERRUPT) {
        struct usb_redir_interrupt_packet_header h = {.endpoint = address,
                                                      .status = usb_redir_ioerror};
        usbredirparser_send_interrupt_packet(p->parser, id, &h, NULL, 0);
    } else {
        struct usb_redir_bulk_packet_header h = {.endpoint = address, .status = usb_redir_ioerror};
        usbredirparser_send_bulk_packet(p->parser, id, &h, NULL, 0);
    }
}

static void on_log(void *arg, int level, const char *text)
{
    (void)arg;
    if (level <= usbredirparser_warning)
        fprintf(stderr, "usb-redir: %s\n", text);
}

static int on_read(void *arg, uint8_t *data, int n)
{
    struct peer *p = arg;
    ssize_t r = recv(p->fd, data, (size_t)n, MSG_DONTWAIT);

    if (r > 0)
        return (int)r;
    return r < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

static int on_write(void *arg, uint8_t *data, int n)
{
    struct peer *p = arg;
    ssize_t r = send(p->fd, data, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL);

    if (r >= 0)
        return (int)r;
    return errno == EAGAIN || errno == EINTR ? 0 : -1;
}

static void on_hello(void *arg, struct usb_redir_hello_header *h)
{
    struct peer *p = arg;

    (void)h;
    p->is_greeted = true;
    guest_connect(p);
}

static void on_reset(void *arg)
{
    struct peer *p = arg;
    struct usbfs_call call = {.request = USBDEVFS_RESET};

    if (p->has_opener)
        (void)usbfs_ioctl(&p->opener, &call);
}

/* Claims here follow use; a new configuration starts without. */
static void claims_drop(struct peer *p)
{
    for (unsigned i = 0; p->has_opener && i < USBEMU_INTERFACES; i++) {
        struct usbfs_call call = {.request = USBDEVFS_RELEASEINTERFACE, .arg = &i};
        (void)usbfs_ioctl(&p->opener, &call);
    }
}

static void configuration_send(struct peer *p, uint64_t id, bool is_done)
{
    struct usb_redir_configuration_status_header h = {
        .status = is_done ? usb_redir_success : usb_redir_stall,
        .configuration = (uint8_t)p->dev->configuration};

    guest_send_settings(p);
    usbredirparser_send_configuration_status(p->parser, id, &h);
}

static void on_set_configuration(void *arg, uint64_t id,
                                 struct usb_redir_set_configuration_header *h)
{
    struct peer *p = arg;

    claims_drop(p);
    configuration_send(p, id, dev_configure(p->dev, h->configuration) == 0);
}

static void on_get_configuration(void *arg, uint64_t id)
{
    configuration_send(arg, id, true);
}

static void alternate_send(struct peer *p, uint64_t id, uint8_t ifno, bool is_done)
{
    bool is_there = ifno < USBEMU_INTERFACES;
    struct usb_redir_alt_setting_status_header h = {
        .status = is_done && is_there ? usb_redir_success : usb_redir_stall,
        .interface = ifno,
        .alt = (uint8_t)(is_there ? p->dev->iface[ifno].alt : 0)};

    guest_send_settings(p);
    usbredirparser_send_alt_setting_status(p->parser, id, &h);
}

static void on_set_alternate(void *arg, uint64_t id, struct usb_redir_set_alt_setting_header *h)
{
    struct peer *p = arg;
    alternate_send(p, id, h->interface, dev_alternate(p->dev, h->interface, h->alt) == 0);
}

static void on_get_alternate(void *arg, uint64_t id, struct usb_redir_get_alt_setting_header *h)
{
    alternate_send(arg, id, h->interface, true);
}

static void on_control(void *arg, uint64_t id, struct usb_redir_control_packet_header *h,
                       uint8_t *data, int n)
{
    struct peer *p = arg;
    uint8_t buf[REDIR_SETUP_BYTES + 65536] = {h->requesttype,     h->request,
                                              (uint8_t)h->value,  (uint8_t)(h->value >> 8),
                                              (uint8_t)h->index,  (uint8_t)(h->index >> 8),
                                              (uint8_t)h->length, (uint8_t)(h->length >> 8)};
    struct usb_redir_control_packet_header refusal = *h;

    if (n > 0)
        memcpy(buf + REDIR_SETUP_BYTES, data, (size_t)n);
    long r = redir_urb_start(p, USBDEVFS_URB_TYPE_CONTROL, 0, id, buf,
                             REDIR_SETUP_BYTES + (size_t)h->length,
                             REDIR_SETUP_BYTES + (size_t)h->length, false);
    if (r < 0) {
        refusal.status = usb_redir_ioerror;
        refusal.length = 0;
        usbredirparser_send_control_packet(p->parser, id, &refusal, NULL, 0);
    }
    usbredirparser_free_packet_data(p->parser, data);
}

static void on_data(struct peer *p, unsigned char type, uint8_t address, uint64_t id, size_t n,
                    uint8_t *data, int n_data)
{
    if (n > TRANSFER_MAX ||
        redir_urb_start(p, type, address, id, data, (size_t)n_data, n, false) < 0)
        urb_refused(p, type, address, id);
    usbredirparser_free_packet_data(p->parser, data);
}

static void on_bulk(void *arg, uint64_t id, struct usb_redir_bulk_packet_header *h, uint8_t *data,
                    int n)
{
    on_data(arg, USBDEVFS_URB_TYPE_BULK, h->endpoint, id,
            (size_t)h->length | (size_t)h->length_high << 16, data, n);
}

static void on_interrupt(void *arg, uint64_t id, struct usb_redir_interrupt_packet_header *h,
                         uint8_t *data, int n)
{
    on_data(arg, USBDEVFS_URB_TYPE_INTERRUPT, h->endpoint, id, h->length, data, n);
}

static void on_start_interrupt(void *arg, uint64_t id,
                               struct usb_redir_start_interrupt_receiving_header *h)
{
    struct peer *p = arg;
    struct usb_redir_interrupt_receiving_status_header s = {.status = usb_redir_success,
                                                            .endpoint = h->endpoint};

    usbredirparser_send_interrupt_receiving_status(p->parser, id, &s);
    redir_stream_start(p, h->endpoint);
}

static void discard(struct peer *p, uint64_t id)
{
    struct usbfs_call call = {.request = USBDEVFS_DISCARDURB};

    memcpy(&call.arg, &id, sizeof call.arg);
    if (p->has_opener)
        (void)usbfs_ioctl(&p->opener, &call); /* it may just have ended */
}

static void on_stop_interrupt(void *arg, uint64_t id,
                              struct usb_redir_stop_interrupt_receiving_header *h)
{
    struct peer *p = arg;
    struct usb_redir_interrupt_receiving_status_header s = {.status = usb_redir_success,
                                                            .endpoint = h->endpoint};
    unsigned ifno = (unsigned)ep_of(p->dev, h->endpoint)->ifno;
    struct usbfs_call call = {.request = USBDEVFS_RELEASEINTERFACE, .arg = &ifno};

    discard(p, h->endpoint);
    if (p->has_opener)
        (void)usbfs_ioctl(&p->opener, &call); /* nobody listens any more */
    usbredirparser_send_interrupt_receiving_status(p->parser, id, &s);
}

static void on_cancel(void *arg, uint64_t id)
{
    discard(arg, id);
}

static void on_ack(void *arg)
{
    (void)arg;
}

void guest_parser_make(struct peer *p)
{
    uint32_t caps[USB_REDIR_CAPS_SIZE] = {0};

    p->parser = usbredirparser_create();
    if (!p->parser)
        abort(); /* out of memory, as everywhere */
    p->parser->priv = p;
    p->parser->log_func = on_log;
    p->parser->read_func = on_read;
    p->parser->write_func = on_write;
    p->parser->hello_func = on_hello;
    p->parser->reset_func = on_reset;
    p->parser->set_configuration_func = on_set_configuration;
    p->parser->get_configuration_func = on_get_configuration;
    p->parser->set_alt_setting_func = on_set_alternate;
    p->parser->get_alt_setting_func = on_get_alternate;
    p->parser->start_interrupt_receiving_func = on_start_interrupt;
    p->parser->stop_interrupt_receiving_func = on_stop_interrupt;
    p->parser->cancel_data_packet_func = on_cancel;
    p->parser->control_packet_func = on_control;
    p->parser->bulk_packet_func = on_bulk;
    p->parser->interrupt_packet_func = on_interrupt;
    p->parser->device_disconnect_ack_func = on_ack;
    usbredirparser_caps_set_cap(caps, usb_redir_cap_connect_device_version);
    usbredirparser_caps_set_cap(caps, usb_redir_cap_device_disconnect_ack);
    usbredirparser_caps_set_cap(caps, usb_redir_cap_ep_info_max_packet_size);
    usbredirparser_caps_set_cap(caps, usb_redir_cap_64bits_ids);
    usbredirparser_caps_set_cap(caps, usb_redir_cap_32bits_bulk_length);
    usbredirparser_init(p->parser, "yijian simulator", caps, USB_REDIR_CAPS_SIZE,
                        usbredirparser_fl_usb_host);
}

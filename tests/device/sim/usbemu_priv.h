/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the USB emulation share. Everything needs the lock of usbemu.h. */
#ifndef YJ_SIM_USBEMU_PRIV_H
#define YJ_SIM_USBEMU_PRIV_H

#include <linux/ioctl.h>
#include <linux/usbdevice_fs.h>
#include <sys/queue.h>
#include <sys/types.h>
#include <umockdev.h>

#include "usbemu.h"

#define USBEMU_SYS_BUS "/sys/devices/pci0000:00/0000:00:14.0/usb1"

enum { USBEMU_ENDPOINTS = 32, USBEMU_INTERFACES = 4, USBEMU_DEVNUM_MAX = 127 };

/* One submitted transfer. The carrier says where the client's memory is and how to let go. */
struct urb {
    TAILQ_ENTRY(urb) link;
    struct usbdevfs_urb *u;
    uint8_t *buf;
    uintptr_t client_addr; /* what DISCARDURB names it by */
    struct opener *owner;
    size_t done; /* bytes moved so far */
    bool is_stream;
    void *keep_urb, *keep_buf;
};
TAILQ_HEAD(urb_list, urb);

struct packet {
    STAILQ_ENTRY(packet) link;
    size_t n;
    uint8_t bytes[];
};
STAILQ_HEAD(packet_list, packet);

struct endpoint {
    struct urb_list urbs;
    struct packet_list packets;
    bool is_halted, is_held, is_running;
    int fail_transfer, fail_submit;
    uint16_t wMaxPacketSize; /* 0: not in the chosen settings */
    uint8_t type, interval;
    int ifno;
};

/* One open file of a client; belongs to one plugging of the device. */
struct opener {
    TAILQ_ENTRY(opener) link;
    struct usbemu_dev *dev; /* NULL when the bus is gone */
    unsigned plugging;
    struct urb_list done;
};
TAILQ_HEAD(opener_list, opener);

struct iface {
    const char *driver;
    struct opener *owner;
    int alt; /* bAlternateSetting chosen */
};

struct usbemu_dev {
    TAILQ_ENTRY(usbemu_dev) link;
    struct usbemu_bus *bus;
    const struct usbemu_desc *desc;
    const struct usbemu_ops *ops;
    void *model;
    bool is_plugged, is_ready;
    unsigned plugging, n_claims;
    int devnum, n_interfaces, configuration;
    struct endpoint ep[USBEMU_ENDPOINTS]; /* number, + 16 for IN */
    struct iface iface[USBEMU_INTERFACES];
    struct opener_list openers;
    char syspath[80], node[40], backing[512];
    void *carrier_data;
    int ptm, pts;
    pid_t session; /* holds the terminal so that no client is given it */
};
TAILQ_HEAD(dev_list, usbemu_dev);

struct timer_queue;

/* How the host meets the devices of a bus. */
struct carrier_ops {
    bool has_testbed; /* devices are published in umockdev's sysfs and have a node */
    bool has_session; /* clients are other processes: see usbemu_node.c */
    void (*start)(struct usbemu_bus *bus);
    void (*stop)(struct usbemu_bus *bus);
    void (*attach)(struct usbemu_dev *dev);   /* powered, not yet seen by the host */
    void (*announce)(struct usbemu_dev *dev); /* the host may see it */
    void (*detach)(struct usbemu_dev *dev);   /* transfers have ended */
    void (*update)(struct usbemu_dev *dev);   /* openers' lists of ended transfers have changed */
};

struct usbemu_bus {
    UMockdevTestbed *testbed;
    UMockdevIoctlBase *handler; /* socket carrier only */
    const struct carrier_ops *carrier;
    void *carrier_data;
    char *root;
    struct dev_list devices;
    int last_devnum;
    struct timer_queue *timers;
};

void usbemu_die(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* usbemu_ep.c */
struct endpoint *ep_of(struct usbemu_dev *dev, uint8_t address);
void ep_run(struct usbemu_dev *dev, uint8_t address);
void ep_drop_packets(struct endpoint *ep);
void urb_complete(struct usbemu_dev *dev, struct urb *urb, int status);
void urb_free(struct urb *urb);
/** A control transfer whose setup packet is in the first 8 bytes. */
void ep_control(struct usbemu_dev *dev, struct urb *urb);

/* usbemu_desc.c */
/** @return the index-th configuration with all it holds, or NULL. */
const uint8_t *desc_configuration(const struct usbemu_desc *desc, unsigned index, size_t *ret_n);
/** GET_DESCRIPTOR. @return bytes in out, at most cap, or -EPIPE */
int desc_get(const struct usbemu_desc *desc, uint16_t wValue, uint8_t *out, size_t cap);
/** As after power-on: first configuration, first settings, drivers bound, nobody's. */
void dev_settings_reset(struct usbemu_dev *dev);
/** @return 0, -EINVAL, or -EBUSY while an interface is claimed. */
long dev_alternate(struct usbemu_dev *dev, int ifno, int alt);
long dev_configure(struct usbemu_dev *dev, int value);

/* usbemu_node.c: the device file, whose poll() tells libusb when to reap */
void node_make(struct usbemu_dev *dev);
void node_remove(struct usbemu_dev *dev);
void node_update(struct usbemu_dev *dev);

/* usbemu_sysfs.c: umockdev's tree; "add" and "remove" events come with it */
void sysfs_hub(struct usbemu_bus *bus);
void sysfs_publish(struct usbemu_dev *dev);
void sysfs_unpublish(struct usbemu_dev *dev);
void sysfs_configuration(struct usbemu_dev *dev);

/* usbemu_fs.c: the ioctls of usbfs */
struct usbfs_call {
    unsigned long request;
    void *arg;             /* the structure, or a number where the ioctl takes one */
    struct urb *submitted; /* SUBMITURB: taken over on success */
    struct urb *reaped;    /* REAPURB: given to the carrier */
};
size_t usbfs_arg_bytes(unsigned long request);
/** @return the ioctl's result, or a negative errno. */
long usbfs_ioctl(struct opener *op, struct usbfs_call *call);
void opener_init(struct opener *op, struct usbemu_dev *dev);
void opener_fini(struct opener *op);
struct usbemu_dev *bus_find_dev(struct usbemu_bus *bus, int devnum);

/* usbemu_timer.c */
struct timer_queue *timer_queue_new(void);
void timer_queue_free(struct timer_queue *q);
void timer_add(struct timer_queue *q, struct usbemu_dev *dev, double ms, usbemu_timer_fn fn,
               uintptr_t arg, bool keep);

/* carriers */
extern const struct carrier_ops carrier_socket, carrier_direct;
struct usbemu_bus *bus_new(const struct carrier_ops *carrier);
/** Does nothing; naming it pulls the guards against umockdev's abort() into the program. */
void uevent_guard_link(void);

#endif

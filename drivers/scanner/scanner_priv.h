/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the scanner driver share: scanner.c (life, gate, status), scanner_find.c (which
 * device, which interface), and one file for each way a scanner speaks. Thread: the scanner's. */
#ifndef YJ_SCANNER_SCANNER_PRIV_H
#define YJ_SCANNER_SCANNER_PRIV_H

#include "drivers/scanner/cdc_acm_frame.h"
#include "drivers/scanner/code_gate.h"
#include "drivers/scanner/hid_report.h"
#include "drivers/scanner/scanner.h"
#include "drivers/scanner/scanner_aim.h"
#include "drivers/scanner/scanner_code.h"
#include "drivers/scanner/scanner_command.h"
#include "drivers/scanner/scanner_setup.h"
#include "drivers/scanner/wedge_keys.h"
#include "drivers/transport/usb.h"

/* PROTOCOL.md, timing. */
enum {
    SCANNER_CONTROL_MS = 500,
    SCANNER_PART_GAP_MS = 500, /* between the parts of one code */
    SCANNER_QUIET_MS = 1000,   /* after a code broke off: its late parts must not pass for a code */
    SCANNER_REPLY_MS = 500,    /* after a command, in which a reply to it may come */
    SCANNER_INBOX_BYTES = 16384,
    SCANNER_MAX_REFUSED = 8,
};

/* One way to speak to a scanner. Every slot is mandatory. */
struct scanner_dialect_ops {
    /**
     * The device is open and its interface claimed: make it talk and listen to it.
     * @return 0, ERR_SCANNER_DESCRIPTOR (not this interface), ERR_SCANNER_KEYBOARD, or USB errors
     */
    int (*start)(struct driver *d, struct err *err);
    /** What came in one transfer; fills d->code, calls scanner_complete or scanner_refuse. */
    void (*take)(struct driver *d, const uint8_t *data, size_t n);
    /** How long a pause inside a code may be, and what then becomes of it. */
    int (*pause_ms)(const struct driver *d);
    void (*pause)(struct driver *d);
    /** Blocks: one transfer. @return 0, ERR_NOT_FOUND (this device cannot), or USB errors */
    int (*act)(struct driver *d, enum scanner_act act, struct err *err);
};
extern const struct scanner_dialect_ops hid_pos_ops; /* hid_pos.c */
extern const struct scanner_dialect_ops cdc_acm_ops; /* cdc_acm.c */
extern const struct scanner_dialect_ops wedge_ops;   /* wedge.c */

struct hid_pos {
    struct hid_layout layout;
    struct hid_trigger trigger;
    bool has_trigger;
    uint8_t aim[AIM_BYTES]; /* of the code being received */
    int64_t reply_until_ms; /* a command is out whose reply looks like a scan */
};

enum scanner_state { SCANNER_NO_DEVICE, SCANNER_BROKEN, SCANNER_ONLINE };
enum scanner_trigger { TRIGGER_UNKNOWN, TRIGGER_STARTED, TRIGGER_STOPPED };

struct driver {
    struct driver_sink sink;
    struct scanner_settings settings;
    struct scanner_table table;
    struct usb *usb;
    struct code_gate gate;
    enum scanner_state state;
    int64_t now_ms, due_ms;
    unsigned n_faults;

    /* the device that is open or being opened; chosen by scanner_match */
    const struct scanner_dialect_ops *ops;
    const struct scanner_entry *entry; /* NULL: the configured wedge */
    struct usb_candidate candidate;
    struct usb_interface interface;
    uint8_t in, out; /* endpoints; out 0: none */
    struct {
        uint8_t bus, address, interface;
    } refused[SCANNER_MAX_REFUSED]; /* interfaces that turned out to be no scanner */
    size_t n_refused;
    bool may_use_known;  /* an opaque descriptor may be overridden by the table's layout */
    bool is_keyboard_in; /* a device of the table was seen that is a keyboard */

    /* transfers as they came, until the next step knows what time it is: length (2 bytes), data */
    uint8_t inbox[SCANNER_INBOX_BYTES];
    size_t n_inbox;
    bool is_inbox_full; /* something did not fit and is lost */

    struct scanner_code code;
    bool is_code_stale; /* begun before the latest command: dropped silently when it ends */
    int64_t code_ms;    /* when its last part came */
    int64_t quiet_ms;   /* until then what comes is dropped, as the rest of a broken code */
    struct hid_pos hid;
    struct cdc_frame cdc;
    struct wedge_keys wedge;

    enum scanner_trigger trigger;
    unsigned n_trigger_faults;
    int64_t trigger_ms; /* when to ask again */
    bool has_beep;
    enum scanner_act beep; /* to be sounded in the next step */

    struct device_status status;
    bool has_status;
};

/* ---- scanner.c ---- */

/** What is in d->code is whole: look at it, hand it to the gate, forget it.
 * @param aim  AIM identifier from beside the data; NULL: it may stand in front of it */
void scanner_complete(struct driver *d, const uint8_t aim[AIM_BYTES]);
/** What is in d->code cannot be used: tell, and forget it. */
void scanner_refuse(struct driver *d, int code);
/** The same, and what comes within the next second is its rest. */
void scanner_break_off(struct driver *d);
/** What has come is dropped, as something broke off lately: is it over now?
 * @param is_end  this was the end of a code, so the next one is whole */
void scanner_quiet_go_on(struct driver *d, bool is_end);
/** Listen on d->in, bytes a transfer. */
int scanner_listen(struct driver *d, size_t bytes, struct err *err) YJ_CHECK;

/* ---- scanner_find.c ---- */

/**
 * Open the first device that is a scanner, in this order of trust for each device on the bus: the
 * configured wedge, CDC by the table, HID POS by the table.
 * @return 0 with d->ops started; ERR_USB_NO_DEVICE; ERR_SCANNER_KEYBOARD; ERR_SCANNER_DESCRIPTOR;
 *         USB errors
 */
int scanner_find(struct driver *d, struct err *err) YJ_CHECK;
/** For usb_new. */
int scanner_match(void *arg, const struct usb_candidate *c);

#endif

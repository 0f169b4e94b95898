/* SPDX-License-Identifier: Apache-2.0 */
/* The contract of every device class: a driver believes it is single-threaded; the application
 * gives each one thread, one inbox and one sink. */
#ifndef YJ_DRIVERS_DRIVER_H
#define YJ_DRIVERS_DRIVER_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "types/device.h"
#include "types/document.h"

/* Where a driver puts what happened. Called on the driver's thread. Payload pointers in the
 * event are transferred with the call. Never blocks; never fails from the driver's view: the
 * application keeps data events until the main thread has room. */
struct driver_sink {
    void (*emit)(void *arg, const struct device_event *event);
    void *arg;
};

struct driver; /* each class has its own */

/* What a driver is given once; borrowed for the call of open. */
struct driver_cfg {
    const char *table;    /* JSON of assets/devices/<class>.json: ids and oddities of models */
    const char *settings; /* JSON object: the terminal's own settings of this class
                           * (settings file, "devices"."<class>"), or NULL: defaults */
};

/* One class of devices. All slots are mandatory and run on the device's thread, except wake. */
struct driver_ops {
    const char *name; /* "reader", also the thread's name and the log area */

    /**
     * Make the driver; the device itself may be absent, that is a state and no error.
     * @param cfg   borrowed for the call
     * @param sink  copied
     * @param ret   owned by the caller, freed with close
     * @return 0, ERR_SYNTAX (table), ERR_INVALID (settings: key and rule), ERR_SYSTEM (what
     *         carries the bytes cannot start)
     */
    int (*open)(const struct driver_cfg *cfg, const struct driver_sink *sink, struct driver **ret,
                struct err *err);

    /**
     * Take one command from the inbox. A PRINT is answered by exactly one PRINT_DONE event,
     * also on unplug, close and stop; its bitmap belongs to the driver from here on.
     * Blocks: no; the work is done in step.
     */
    void (*command)(struct driver *d, const struct device_command *command, int64_t now_ms);

    /**
     * Do what is due: hot-plug, polling, a card read, a part of a print.
     * @return milliseconds until it wants to be called again, 0..500
     * Blocks: at most about 500 ms in one device operation, except while a card is being read
     * (bounded by idcard.md section 8.8); returns early when wake was called.
     */
    int (*step)(struct driver *d, int64_t now_ms);

    /**
     * Sleep in the transport until an event, wake(), or timeout_ms (0..500).
     */
    void (*wait)(struct driver *d, int timeout_ms);

    /** End the sleep in wait (and hurry step). Thread: any. Blocks: no. */
    void (*wake)(struct driver *d);

    /**
     * Answer what is open, release the device, free. Accepts NULL.
     * Blocks: about 1 s; document_ops longer when a job must be taken back (document.h).
     */
    void (*close)(struct driver *d);
};

extern const struct driver_ops reader_ops;    /* DEVICE_READER over USB */
extern const struct driver_ops scanner_ops;   /* DEVICE_SCANNER over USB */
extern const struct driver_ops camera_ops;    /* DEVICE_SCANNER by camera */
extern const struct driver_ops printer_ops;   /* DEVICE_PRINTER over USB */
extern const struct driver_ops card_slot_ops; /* DEVICE_CARD_SLOT over PC/SC */
extern const struct driver_ops keypad_ops;    /* DEVICE_KEYPAD over USB */
extern const struct driver_ops document_ops;  /* DEVICE_DOCUMENT_PRINTER over CUPS or IPP */

/**
 * A document as A4 PDF, without a printer.
 * @param wall_ms  when it is made, milliseconds since 1970 UTC
 * @param ret      free(); holds personal data: wiped by the caller
 * @return 0, ERR_DOCUMENT_GLYPH, ERR_DOCUMENT_FAILED, ERR_INVALID, ERR_TOO_BIG
 * Blocks: some 100 ms, the first time in a process up to a second.
 */
int driver_document_pdf(const struct document *document, int64_t wall_ms, void **ret,
                        size_t *ret_bytes, struct err *err) YJ_CHECK;

#endif

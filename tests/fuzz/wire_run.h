/* SPDX-License-Identifier: Apache-2.0 */
/* A whole driver against a device that does what a fuzz input says. The input is a list of steps:
 * two bytes of options, then bytes whose low four bits are a step and whose high four bits are its
 * parameter; some are followed by more bytes (WIRE_STEPS in wire_run.c). Time is the input's.
 * What must hold is checked at every event and in the end; a breach aborts with a sentence. */
#ifndef YJ_TESTS_FUZZ_WIRE_RUN_H
#define YJ_TESTS_FUZZ_WIRE_RUN_H

#include "drivers/driver.h"
#include "fake_bus.h"
#include "wire_input.h"

/* What a program of one device class adds. All slots are mandatory; no state outlives a run that
 * start does not reset. */
struct wire_target {
    const struct driver_ops *ops;
    enum device_kind kind;
    const char *table;           /* name in assets/devices */
    unsigned allowed;            /* 1 << event kind */
    const char *const *settings; /* texts the driver is opened with, by the first option byte */
    size_t n_settings;
    struct fake_ops bus;
    void (*start)(uint8_t options);
    /** Descriptors of variant k; whatever there is. */
    void (*plug)(unsigned k, struct usb_candidate *ret);
    /** The device says something well-formed, of kind k. */
    void (*say)(unsigned k, struct wire_input *in);
    /** The step that only this class has. */
    void (*special)(unsigned k, struct wire_input *in);
    /** Check what only this class can; called before the payload is freed. */
    void (*event)(const struct device_event *e, bool is_enabled);
};

/** @return the oldest job that had no answer when the event at hand came, 0 none. */
int64_t wire_oldest_job(void);

/* Text must end inside its field and be UTF-8. */
void wire_check_text(const char *text, size_t cap, const char *sentence);

/** @return 0, as LLVMFuzzerTestOneInput wants it. */
int wire_run(const struct wire_target *target, const uint8_t *data, size_t size);

/** Descriptors without meaning, made of the input. */
void wire_candidate_random(struct wire_input *in, struct usb_candidate *ret);
/** One interface with these endpoints (address, type, packet size). */
void wire_candidate_one(struct usb_candidate *ret, uint16_t vid, uint16_t pid, uint8_t cls,
                        uint8_t subclass, uint8_t protocol, const struct usb_endpoint *endpoint,
                        size_t n);
/** Send n bytes to the host in pieces of at most size bytes (0: one piece). */
void wire_push(uint8_t endpoint, const uint8_t *data, size_t n, size_t size);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* PC/SC for one driver: card readers behind the smart card service, as orders and answers.
 * The only place that includes winscard.h is pcsc.c. Thread: the driver's, except pcsc_wake.
 *
 * Every PC/SC call may block for as long as the service, the reader or the card likes: a card may
 * ask for more time without end, and a service that hangs answers nothing. So the calls are made
 * on a worker thread; the driver gives one order at a time, is woken by its answer, keeps the
 * time itself, and leaves a worker that is stuck behind with pcsc_abandon. For the same reason
 * nothing here uses SCardCancel: it asks the service and waits for its reply, and it is lost when
 * it comes just before the wait that it should end. A watch ends by itself after watch_ms. */
#ifndef YJ_TRANSPORT_PCSC_H
#define YJ_TRANSPORT_PCSC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct pcsc;

enum {
    PCSC_MAX_READERS = 16,
    PCSC_NAME_BYTES = 128,  /* with its NUL */
    PCSC_APDU_BYTES = 261,  /* longest short command APDU */
    PCSC_ANSWER_BYTES = 258 /* longest short answer: 256 bytes, SW1, SW2 */
};

enum pcsc_order_kind {
    PCSC_OPEN,     /* reach the service, anew when it was reached before; ends every connection */
    PCSC_LIST,     /* names of all readers */
    PCSC_WATCH,    /* wait until the state of a reader differs from `known`, or watch_ms */
    PCSC_CONNECT,  /* power the card and choose a protocol */
    PCSC_TRANSMIT, /* one APDU to the connected card */
    PCSC_RELEASE,  /* end the connection */
};

enum pcsc_protocol { PCSC_ANY, PCSC_T0, PCSC_T1 };

struct pcsc_order {
    enum pcsc_order_kind kind;
    char reader[PCSC_NAME_BYTES]; /* WATCH, CONNECT; WATCH "": until a reader comes or goes */
    uint32_t known;               /* WATCH: `seen` of the answer before, 0 answers at once */
    unsigned watch_ms;            /* WATCH: 1..60000 */
    bool is_exclusive;            /* CONNECT: alone; else shared, as one transaction */
    enum pcsc_protocol protocol;  /* CONNECT */
    size_t n_apdu;                /* TRANSMIT: 4..PCSC_APDU_BYTES */
    uint8_t apdu[PCSC_APDU_BYTES];
};

struct pcsc_answer {
    /* 0 or: ERR_SLOT_SERVICE the service is not there, or has lost us: order PCSC_OPEN
     *       ERR_USB_NO_DEVICE the reader is not there (any more)
     *       ERR_NOT_FOUND no card in the reader (any more)
     *       ERR_BUSY another program holds the card
     *       ERR_SLOT_CARD card and reader do not understand each other */
    int code;
    bool is_present;  /* WATCH: a card is in the reader */
    uint32_t seen;    /* WATCH: opaque, for `known` of the next one */
    uint16_t n_moves; /* WATCH: counts insertions and removals, wraps around */
    size_t n_readers; /* LIST */
    size_t n_data;    /* TRANSMIT: with SW1 SW2, at least 2 when code is 0 */
    char reader[PCSC_MAX_READERS][PCSC_NAME_BYTES];
    uint8_t data[PCSC_ANSWER_BYTES]; /* personal data: the caller wipes the answer */
};

/** Start the worker. @return 0 or ERR_SYSTEM. Blocks: no. */
int pcsc_new(struct pcsc **ret, struct err *err) YJ_CHECK;

/** Let go of everything. Accepts NULL. Blocks: until the watch in flight ends, at most 500 ms, and
 * as long again for letting go; a worker that is stuck is left to end by itself. */
void pcsc_free(struct pcsc *p);

/**
 * Give an order (copied). One at a time: its answer is fetched with pcsc_poll first.
 * @return 0, ERR_BUSY (an order is under way, or too many workers are stuck), ERR_INVALID,
 *         ERR_SYSTEM (no thread). Blocks: no.
 */
int pcsc_start(struct pcsc *p, const struct pcsc_order *order, struct err *err) YJ_CHECK;

/**
 * Fetch the answer, once.
 * @return 0, ERR_BUSY still under way, ERR_WRONG_STATE nothing was ordered. Blocks: no.
 */
int pcsc_poll(struct pcsc *p, struct pcsc_answer *ret);

/** The order under way takes too long: forget it. The next order begins on a new worker, with
 * PCSC_OPEN; the stuck one lets go of card and service as soon as its call returns. */
void pcsc_abandon(struct pcsc *p);

/** Sleep until an answer, pcsc_wake, or timeout_ms. */
void pcsc_wait(struct pcsc *p, int timeout_ms);

/** End pcsc_wait. Thread: any. Blocks: no. */
void pcsc_wake(struct pcsc *p);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* PC/SC on a worker thread. The driver's thread owns struct pcsc; the worker owns context and card
 * of struct worker, and its order and answer between the two messages of a turn: GO hands them to
 * the worker, DONE hands them back. Nothing else is shared. APDUs are never logged. */
#include "drivers/transport/pcsc.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <winscard.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "base/mq.h"

enum {
    MAX_STUCK = 3,     /* workers left behind that have not come back */
    FREE_WAIT_MS = 500 /* a watch ends before */
};

enum worker_word { WORD_GO, WORD_QUIT, WORD_DONE };

struct worker {
    atomic_int n_holders;    /* the owner and the thread; the last one frees */
    struct mq *in, *out;     /* enum worker_word */
    int event_fd;            /* readable when out has a word */
    struct pcsc_order order; /* whose they are: see above */
    struct pcsc_answer answer;

    /* the worker's alone */
    SCARDCONTEXT context;
    SCARDHANDLE card;
    DWORD protocol;
    bool has_context, has_card, is_exclusive;
};

struct pcsc {
    struct worker *worker; /* NULL after pcsc_abandon */
    bool is_busy;
    int wake_fd;
    struct worker *left[MAX_STUCK]; /* abandoned ones */
};

static void word_push(struct mq *q, enum worker_word word)
{
    if (mq_push(q, &word) != 0)
        abort(); /* both queues have room for every word that can be under way */
}

/* ---- the worker's side --------------------------------------------------------------------- */

static int code_of(LONG rv)
{
    switch (rv) {
    case SCARD_S_SUCCESS:
        return 0;
    case SCARD_E_UNKNOWN_READER:
    case SCARD_E_READER_UNAVAILABLE:
    case SCARD_E_NO_READERS_AVAILABLE:
        return ERR_USB_NO_DEVICE;
    case SCARD_E_NO_SMARTCARD:
    case SCARD_W_REMOVED_CARD:
        return ERR_NOT_FOUND;
    case SCARD_E_SHARING_VIOLATION:
        return ERR_BUSY;
    case SCARD_E_PROTO_MISMATCH:
    case SCARD_E_NOT_TRANSACTED:
    case SCARD_E_INSUFFICIENT_BUFFER:
    case SCARD_E_INVALID_PARAMETER:
    case SCARD_E_INVALID_VALUE:
    case SCARD_E_CARD_UNSUPPORTED:
    case SCARD_E_UNSUPPORTED_FEATURE:
    case SCARD_E_TIMEOUT:
    case SCARD_W_UNSUPPORTED_CARD:
    case SCARD_W_UNRESPONSIVE_CARD:
    case SCARD_W_UNPOWERED_CARD:
    case SCARD_W_RESET_CARD:
        return ERR_SLOT_CARD;
    default: /* no service, stopped, handles of a service that was started anew, its sockets */
        return ERR_SLOT_SERVICE;
    }
}

/* The card is switched off when nobody else uses it: contacts should be dead when it is pulled,
 * and no later program meets the application that we selected. */
static int card_release(struct worker *w)
{
    if (!w->has_card)
        return 0;
    w->has_card = false;
    return code_of(
        SCardDisconnect(w->card, w->is_exclusive ? SCARD_UNPOWER_CARD : SCARD_LEAVE_CARD));
}

static void context_release(struct worker *w)
{
    (void)card_release(w); /* the context's end is the connection's end as well */
    if (w->has_context)
        (void)SCardReleaseContext(w->context); /* may be a dead one: nothing to be done */
    w->has_context = false;
}

static int on_open(struct worker *w)
{
    context_release(w);
    LONG rv = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &w->context);
    w->has_context = rv == SCARD_S_SUCCESS;
    return w->has_context ? 0 : ERR_SLOT_SERVICE;
}

static int on_list(struct worker *w)
{
    char names[PCSC_MAX_READERS * PCSC_NAME_BYTES + 1];
    DWORD n = sizeof names;
    LONG rv = SCardListReaders(w->context, NULL, names, &n);
    w->answer.n_readers = 0;
    if (rv == SCARD_E_NO_READERS_AVAILABLE)
        return 0;
    if (rv != SCARD_S_SUCCESS)
        return code_of(rv);
    names[sizeof names - 1] = '\0';
    size_t bytes = 0;
    for (const char *at = names; *at && w->answer.n_readers < PCSC_MAX_READERS; at += bytes + 1) {
        bytes = strlen(at);
        if (bytes < PCSC_NAME_BYTES) /* always: the service has no longer names */
            memcpy(w->answer.reader[w->answer.n_readers++], at, bytes + 1);
    }
    return 0;
}

static int on_watch(struct worker *w)
{
    bool is_list = w->order.reader[0] == '\0';
    SCARD_READERSTATE s = {
        .szReader = is_list ? "\\\\?PnP?\\Notification" : w->order.reader,
        .dwCurrentState = w->order.known,
    };
    LONG rv = SCardGetStatusChange(w->context, w->order.watch_ms, &s, 1);
    if (rv != SCARD_S_SUCCESS && rv != SCARD_E_TIMEOUT)
        return code_of(rv);
    if (is_list)
        return 0;
    if (s.dwEventState & (SCARD_STATE_UNKNOWN | SCARD_STATE_UNAVAILABLE))
        return ERR_USB_NO_DEVICE;
    w->answer.seen = (uint32_t)(s.dwEventState & ~(DWORD)SCARD_STATE_CHANGED);
    w->answer.n_moves = (uint16_t)(s.dwEventState >> 16);
    w->answer.is_present = (s.dwEventState & SCARD_STATE_PRESENT) != 0;
    return 0;
}

/* A card that was powered but refused the protocol stays powered inside the service; switch it
 * off, so that the next try begins cold. */
static void card_cool_down(struct worker *w)
{
    SCARDHANDLE card;
    DWORD protocol;
    if (SCardConnect(w->context, w->order.reader, SCARD_SHARE_DIRECT, 0, &card, &protocol) ==
        SCARD_S_SUCCESS)
        (void)SCardDisconnect(card, SCARD_UNPOWER_CARD); /* best effort */
}

static int on_connect(struct worker *w)
{
    static const DWORD protocols[] = {
        [PCSC_ANY] = SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1,
        [PCSC_T0] = SCARD_PROTOCOL_T0,
        [PCSC_T1] = SCARD_PROTOCOL_T1,
    };
    (void)card_release(w); /* normally none */
    w->is_exclusive = w->order.is_exclusive;
    LONG rv = SCardConnect(w->context, w->order.reader,
                           w->is_exclusive ? SCARD_SHARE_EXCLUSIVE : SCARD_SHARE_SHARED,
                           protocols[w->order.protocol], &w->card, &w->protocol);
    if (rv == SCARD_W_UNRESPONSIVE_CARD && w->is_exclusive)
        card_cool_down(w);
    if (rv != SCARD_S_SUCCESS)
        return code_of(rv);
    w->has_card = true;
    if (!w->is_exclusive)
        rv = SCardBeginTransaction(w->card); /* waits for other programs; the driver keeps time */
    return code_of(rv);
}

static int on_transmit(struct worker *w)
{
    if (!w->has_card)
        return ERR_NOT_FOUND;
    const SCARD_IO_REQUEST *pci = w->protocol == SCARD_PROTOCOL_T1 ? SCARD_PCI_T1 : SCARD_PCI_T0;
    DWORD n = sizeof w->answer.data;
    LONG rv = SCardTransmit(w->card, pci, w->order.apdu, w->order.n_apdu, NULL, w->answer.data, &n);
    if (rv != SCARD_S_SUCCESS)
        return code_of(rv);
    if (n < 2 || n > sizeof w->answer.data)
        return ERR_SLOT_CARD;
    w->answer.n_data = n;
    return 0;
}

static int order_carry_out(struct worker *w)
{
    if (w->order.kind != PCSC_OPEN && !w->has_context)
        return ERR_SLOT_SERVICE;
    switch (w->order.kind) {
    case PCSC_OPEN:
        return on_open(w);
    case PCSC_LIST:
        return on_list(w);
    case PCSC_WATCH:
        return on_watch(w);
    case PCSC_CONNECT:
        return on_connect(w);
    case PCSC_TRANSMIT:
        return on_transmit(w);
    case PCSC_RELEASE:
        break;
    }
    return card_release(w);
}

static void worker_let_go(struct worker *w)
{
    if (atomic_fetch_sub(&w->n_holders, 1) > 1)
        return;
    mq_free(w->in);
    mq_free(w->out);
    if (w->event_fd >= 0)
        close(w->event_fd);
    bytes_wipe(w, sizeof *w);
    free(w);
}

static void on_out(void *arg)
{
    const struct worker *w = arg;
    (void)eventfd_write(w->event_fd, 1); /* cannot be full: one word at a time */
}

static void *worker_run(void *arg)
{
    struct worker *w = arg;
    enum worker_word word = WORD_QUIT;
    for (;;) {
        (void)mq_pop_wait(w->in, &word, -1); /* waits for ever, so it has a word */
        if (word == WORD_QUIT)
            break;
        w->answer.code = order_carry_out(w);
        bytes_wipe(&w->order, sizeof w->order);
        word_push(w->out, WORD_DONE);
    }
    context_release(w);
    word_push(w->out, WORD_QUIT);
    worker_let_go(w);
    return NULL;
}

/* ---- the driver's side --------------------------------------------------------------------- */

static int worker_new(struct worker **ret, struct err *err)
{
    struct worker *w = mem_zalloc(1, sizeof *w);
    atomic_init(&w->n_holders, 2);
    w->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    w->in = mq_new(sizeof(enum worker_word), 2, NULL, NULL);
    w->out = mq_new(sizeof(enum worker_word), 2, on_out, w);
    pthread_attr_t attr;
    pthread_t thread;
    sigset_t all, old;
    sigfillset(&all); /* signals belong to the main thread */
    pthread_sigmask(SIG_SETMASK, &all, &old);
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED); /* it may never come back */
    int failed = w->event_fd < 0 ? errno : pthread_create(&thread, &attr, worker_run, w);
    pthread_attr_destroy(&attr);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (failed) {
        atomic_store(&w->n_holders, 1);
        worker_let_go(w);
        return ERR(err, ERR_SYSTEM, "no thread for the smart card service: %s", strerror(failed));
    }
    *ret = w;
    return 0;
}

int pcsc_new(struct pcsc **ret, struct err *err)
{
    struct pcsc *p = mem_zalloc(1, sizeof *p);
    p->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    int rc = p->wake_fd < 0 ? ERR(err, ERR_SYSTEM, "eventfd: %s", strerror(errno))
                            : worker_new(&p->worker, err);
    if (rc < 0) {
        pcsc_free(p);
        return rc;
    }
    *ret = p;
    return 0;
}

/* Let go of abandoned workers that have come back. @return a free place, or -1 */
static int left_reap(struct pcsc *p)
{
    int place = -1;
    for (int i = 0; i < MAX_STUCK; i++) {
        enum worker_word word = WORD_DONE;
        while (p->left[i] && word != WORD_QUIT && mq_pop(p->left[i]->out, &word))
            continue;
        if (p->left[i] && word == WORD_QUIT) {
            worker_let_go(p->left[i]);
            p->left[i] = NULL;
        }
        if (!p->left[i])
            place = i;
    }
    return place;
}

void pcsc_free(struct pcsc *p)
{
    if (!p)
        return;
    if (p->worker) {
        enum worker_word word = WORD_DONE;
        word_push(p->worker->in, WORD_QUIT);
        while (word != WORD_QUIT && mq_pop_wait(p->worker->out, &word, FREE_WAIT_MS))
            continue; /* the answer of the last order comes first */
        worker_let_go(p->worker);
    }
    (void)left_reap(p);
    for (int i = 0; i < MAX_STUCK; i++)
        if (p->left[i])
            worker_let_go(p->left[i]);
    if (p->wake_fd >= 0)
        close(p->wake_fd);
    free(p);
}

static bool order_is_right(const struct pcsc_order *o)
{
    if (strnlen(o->reader, sizeof o->reader) == sizeof o->reader)
        return false;
    if (o->kind == PCSC_TRANSMIT)
        return o->n_apdu >= 4 && o->n_apdu <= PCSC_APDU_BYTES;
    if (o->kind == PCSC_WATCH)
        return o->watch_ms >= 1 && o->watch_ms <= 60000;
    return o->kind != PCSC_CONNECT || o->reader[0] != '\0';
}

int pcsc_start(struct pcsc *p, const struct pcsc_order *order, struct err *err)
{
    if (p->is_busy)
        return ERR(err, ERR_BUSY, "one order at a time");
    if (!order_is_right(order))
        return ERR(err, ERR_INVALID, "an order that cannot be carried out");
    if (!p->worker) {
        if (left_reap(p) < 0)
            return ERR(err, ERR_BUSY, "%d calls of the smart card service hang", MAX_STUCK);
        int rc = worker_new(&p->worker, err);
        if (rc < 0)
            return rc;
    }
    p->worker->order = *order;
    memset(&p->worker->answer, 0, sizeof p->worker->answer);
    p->is_busy = true;
    word_push(p->worker->in, WORD_GO);
    return 0;
}

int pcsc_poll(struct pcsc *p, struct pcsc_answer *ret)
{
    enum worker_word word;
    if (!p->is_busy)
        return ERR_WRONG_STATE;
    if (!mq_pop(p->worker->out, &word))
        return ERR_BUSY;
    p->is_busy = false;
    *ret = p->worker->answer;
    bytes_wipe(&p->worker->answer, sizeof p->worker->answer);
    return 0;
}

void pcsc_abandon(struct pcsc *p)
{
    if (!p->worker)
        return;
    int place = left_reap(p);
    p->is_busy = false;
    word_push(p->worker->in, WORD_QUIT);
    if (place >= 0)
        p->left[place] = p->worker;
    else
        worker_let_go(p->worker); /* cannot be: a worker is only made while there is a place */
    p->worker = NULL;
}

void pcsc_wait(struct pcsc *p, int timeout_ms)
{
    struct pollfd fds[2] = {
        {.fd = p->wake_fd, .events = POLLIN},
        {.fd = p->worker ? p->worker->event_fd : -1, .events = POLLIN},
    };
    eventfd_t n;
    if (poll(fds, 2, timeout_ms) <= 0)
        return;
    for (int i = 0; i < 2; i++)
        if (fds[i].fd >= 0 && fds[i].revents)
            (void)eventfd_read(fds[i].fd, &n); /* only takes the mark away */
}

void pcsc_wake(struct pcsc *p)
{
    (void)eventfd_write(p->wake_fd, 1); /* full means woken already */
}

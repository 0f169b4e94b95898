/* SPDX-License-Identifier: Apache-2.0 */
/* The card in vpcd's slot: connection, power, faults. Wire: vsmartcard, vpcd protocol: the reader
 * speaks first; two bytes of length, big-endian, then one control byte or a command APDU. A card
 * that is pulled is a connection that ends. Thread: the model's own; orders come from any. */
#include "sscard_model.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "sscard_priv.h"

enum { POWER_OFF = 0, POWER_ON = 1, RESET = 2, GET_ATR = 4, RETRY_MS = 20 };

/* No hand pulls a card and pushes the next one in faster. pcscd counts on it: what happens between
 * two of its looks, it may never notice. */
enum { HAND_MS = 200 };

struct fault {
    int arg, command, count;
    double p;
    unsigned seed;
};

struct sscard_model {
    pthread_t thread;
    int event_fd; /* orders wake the thread */
    uint16_t port;

    pthread_mutex_t lock;              /* guards all below */
    bool is_ending, is_inside, is_new; /* is_new: a connection of its own for this card */
    struct chip chip;
    bool is_atr_bad; /* since the last power-on */
    struct fault fault[SSCARD_FAULT_N];
    struct sscard_counters counters;
};

/* ---- faults, with the lock held ------------------------------------------------------------ */

static double fault_dice(struct fault *f)
{
    f->seed = f->seed * 1103515245u + 12345u;
    return (f->seed >> 16 & 0x7FFF) / 32768.0;
}

/* Does this fault strike now? Counts it. */
static bool fault_hits(struct sscard_model *m, enum sscard_fault kind, int command)
{
    struct fault *f = &m->fault[kind];

    if (f->count == 0 || (f->command != SSCARD_ANY_COMMAND && f->command != command))
        return false;
    if (f->p < 1 && fault_dice(f) >= f->p)
        return false;
    if (f->count > 0)
        f->count--;
    m->counters.n_faults++;
    return true;
}

/* ---- the wire ------------------------------------------------------------------------------ */

static int wire_connect(uint16_t port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

/* @return 0, or -1 when the reader has gone or an order ends the connection */
static int wire_read(struct sscard_model *m, int fd, uint8_t *p, size_t n)
{
    while (n > 0) {
        struct pollfd fds[2] = {{.fd = fd, .events = POLLIN},
                                {.fd = m->event_fd, .events = POLLIN}};

        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            return -1;
        if (fds[1].revents)
            return -1;
        if (fds[0].revents) {
            ssize_t got = recv(fd, p, n, 0);
            int on = 1;

            /* vpcd writes length and content apart and waits for our word in between: 40 ms a
             * message when that is late. Lasts for one message only. */
            (void)setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);

            if (got <= 0)
                return -1;
            p += got;
            n -= (size_t)got;
        }
    }
    return 0;
}

static int wire_write(int fd, const uint8_t *p, size_t n)
{
    uint8_t frame[2 + CHIP_ANSWER];

    frame[0] = (uint8_t)(n >> 8);
    frame[1] = (uint8_t)n;
    memcpy(frame + 2, p, n);
    return send(fd, frame, n + 2, MSG_NOSIGNAL) == (ssize_t)(n + 2) ? 0 : -1;
}

/* Sleep that an order ends. @return false when it did */
static bool nap(struct sscard_model *m, int ms)
{
    struct pollfd fd = {.fd = m->event_fd, .events = POLLIN};

    return poll(&fd, 1, ms) == 0;
}

/* ---- one message, with the lock held ------------------------------------------------------- */

enum outcome { OUT_NOTHING, OUT_ANSWER, OUT_MUTE, OUT_PULL };

static enum outcome on_control(struct sscard_model *m, uint8_t control, uint8_t *out, size_t *ret_n)
{
    switch (control) {
    case POWER_ON:
    case RESET:
        m->counters.n_power_ons++;
        m->is_atr_bad = fault_hits(m, SSCARD_FAULT_POWER, SSCARD_ANY_COMMAND);
        chip_reset(&m->chip, out);
        return OUT_NOTHING;
    case POWER_OFF:
        m->counters.n_power_offs++;
        return OUT_NOTHING;
    case GET_ATR:
        /* longer than any ATR: vpcd still sees a card, the service cannot power it */
        memset(out, 0x3B, CHIP_ATR);
        *ret_n = m->is_atr_bad ? CHIP_ATR : chip_reset(&(struct chip){.is_t1 = m->chip.is_t1}, out);
        return OUT_ANSWER;
    default:
        return OUT_NOTHING;
    }
}

static enum outcome on_apdu(struct sscard_model *m, const uint8_t *apdu, size_t n, uint8_t *out,
                            size_t *ret_n, int *ret_ms)
{
    int command = n >= 4 ? apdu[1] << 8 | apdu[2] : 0;
    struct chip_faults f;

    m->counters.n_commands++;
    if (n >= 4 && (apdu[1] == 0x20 || apdu[1] == 0x24 || apdu[1] == 0x2C || apdu[1] == 0x82))
        m->counters.n_pin_commands++;
    if (fault_hits(m, SSCARD_FAULT_PULL, command))
        return OUT_PULL;
    if (fault_hits(m, SSCARD_FAULT_MUTE, command))
        return OUT_MUTE;
    if (fault_hits(m, SSCARD_FAULT_SLOW, command))
        *ret_ms = m->fault[SSCARD_FAULT_SLOW].arg;
    f.is_garbage = fault_hits(m, SSCARD_FAULT_GARBAGE, command);
    f.is_chain = fault_hits(m, SSCARD_FAULT_CHAIN, command);
    f.is_length = fault_hits(m, SSCARD_FAULT_LENGTH, command);
    *ret_n = chip_command(&m->chip, apdu, n, &f, out);
    if (fault_hits(m, SSCARD_FAULT_SW, command)) {
        out[0] = (uint8_t)(m->fault[SSCARD_FAULT_SW].arg >> 8);
        out[1] = (uint8_t)m->fault[SSCARD_FAULT_SW].arg;
        *ret_n = 2;
    }
    if (fault_hits(m, SSCARD_FAULT_TRUNCATE, command)) {
        size_t keep = (size_t)m->fault[SSCARD_FAULT_TRUNCATE].arg;

        if (keep + 2 < *ret_n) {
            memcpy(out + keep, "\x90\x00", 2);
            *ret_n = keep + 2;
        }
    }
    return OUT_ANSWER;
}

/* ---- the thread ---------------------------------------------------------------------------- */

/* One message of the reader and its answer. @return 0, -1 the connection ends */
static int talk(struct sscard_model *m, int fd)
{
    uint8_t head[2], message[65536], out[CHIP_ANSWER];
    enum outcome what;
    size_t n_out = 0;
    int ms = 0;

    if (wire_read(m, fd, head, 2) != 0)
        return -1;
    size_t n = (size_t)head[0] << 8 | head[1];
    if (n == 0 || wire_read(m, fd, message, n) != 0)
        return -1;
    pthread_mutex_lock(&m->lock);
    what =
        n == 1 ? on_control(m, message[0], out, &n_out) : on_apdu(m, message, n, out, &n_out, &ms);
    if (what == OUT_PULL)
        m->is_inside = false;
    pthread_mutex_unlock(&m->lock);
    if (what == OUT_PULL || (what == OUT_MUTE && nap(m, -1)) || (ms > 0 && !nap(m, ms)))
        return -1;
    return what == OUT_ANSWER ? wire_write(fd, out, n_out) : 0;
}

static int64_t mono_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/* The connection is the card in the slot. */
struct slot {
    int fd;
    int64_t left_ms; /* when the last card left */
};

static void slot_leave(struct slot *s)
{
    if (s->fd < 0)
        return;
    close(s->fd);
    s->fd = -1;
    s->left_ms = mono_ms();
}

/* Until an order comes or the reader goes. */
static void slot_serve(struct sscard_model *m, struct slot *s, bool is_inside)
{
    int64_t wait_ms = s->left_ms + HAND_MS - mono_ms();

    if (is_inside && s->fd < 0 && wait_ms <= 0)
        s->fd = wire_connect(m->port);
    if (s->fd >= 0)
        while (talk(m, s->fd) == 0)
            continue;
    else if (is_inside)
        (void)nap(m, wait_ms > 0 ? (int)wait_ms : RETRY_MS); /* an order ends it as well */
    else
        (void)nap(m, -1);
}

static void *model_run(void *arg)
{
    struct sscard_model *m = arg;
    struct slot s = {.fd = -1};

    for (;;) {
        struct pollfd order = {.fd = m->event_fd, .events = POLLIN};
        eventfd_t ignored;

        pthread_mutex_lock(&m->lock);
        bool is_ending = m->is_ending, is_inside = m->is_inside, is_new = m->is_new;
        m->is_new = false;
        pthread_mutex_unlock(&m->lock);
        if (is_ending || !is_inside || is_new)
            slot_leave(&s);
        if (is_ending)
            return NULL;
        slot_serve(m, &s, is_inside);
        if (poll(&order, 1, 0) > 0)
            (void)eventfd_read(m->event_fd, &ignored); /* only the mark counts */
        else
            slot_leave(&s); /* the reader went, or the card did */
    }
}

/* ---- orders -------------------------------------------------------------------------------- */

struct sscard_model *sscard_model_new(uint16_t port)
{
    struct sscard_model *m = calloc(1, sizeof *m);

    if (m == NULL)
        abort();
    m->port = port;
    m->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pthread_mutex_init(&m->lock, NULL);
    if (m->event_fd < 0 || pthread_create(&m->thread, NULL, model_run, m) != 0)
        abort();
    return m;
}

/* Ends a section begun with the lock and tells the thread. */
static void order_end(struct sscard_model *m)
{
    pthread_mutex_unlock(&m->lock);
    (void)eventfd_write(m->event_fd, 1); /* full is as good as set */
}

void sscard_model_free(struct sscard_model *m)
{
    if (m == NULL)
        return;
    pthread_mutex_lock(&m->lock);
    m->is_ending = true;
    order_end(m);
    pthread_join(m->thread, NULL);
    close(m->event_fd);
    pthread_mutex_destroy(&m->lock);
    free(m);
}

void sscard_model_push(struct sscard_model *m, const struct sscard_person *person)
{
    pthread_mutex_lock(&m->lock);
    m->chip.person = *person;
    m->is_inside = m->is_new = true;
    m->counters.n_pushes++;
    order_end(m);
}

void sscard_model_pull(struct sscard_model *m)
{
    pthread_mutex_lock(&m->lock);
    m->is_inside = false;
    order_end(m);
}

void sscard_model_t1(struct sscard_model *m, bool is_t1)
{
    pthread_mutex_lock(&m->lock);
    m->chip.is_t1 = is_t1;
    pthread_mutex_unlock(&m->lock);
}

void sscard_model_fault(struct sscard_model *m, enum sscard_fault kind, int arg, int command,
                        int count, double p, unsigned seed)
{
    struct fault f = {.arg = arg, .command = command, .count = count, .p = p, .seed = seed};

    pthread_mutex_lock(&m->lock);
    m->fault[kind] = f;
    pthread_mutex_unlock(&m->lock);
}

void sscard_model_fault_off(struct sscard_model *m)
{
    pthread_mutex_lock(&m->lock);
    memset(m->fault, 0, sizeof m->fault);
    pthread_mutex_unlock(&m->lock);
}

struct sscard_counters sscard_model_counters(struct sscard_model *m)
{
    struct sscard_counters c;

    pthread_mutex_lock(&m->lock);
    c = m->counters;
    pthread_mutex_unlock(&m->lock);
    return c;
}

bool sscard_model_inside(struct sscard_model *m, char ret_key[24])
{
    pthread_mutex_lock(&m->lock);
    bool is_inside = m->is_inside;
    snprintf(ret_key, 24, "%s", is_inside ? m->chip.person.key : "");
    pthread_mutex_unlock(&m->lock);
    return is_inside;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Printer model over TCP: one thread, which also is the printer's clock. */
#define _GNU_SOURCE
#include "printer_tcp.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "printer_priv.h"

enum { NAP_MS = 100, IN_BYTES = 512, REPLY_BYTES_MAX = 65536 };

struct tcp {
    int fd; /* client, -1 none */
    double due_ms[TIMER_N];
    bool is_due[TIMER_N];
    uint8_t wait[IN_BYTES]; /* received, no room in the printer yet */
    size_t wait_n;
    uint8_t *reply;
    size_t reply_n;
};

/* ---- link ---- */

static bool is_up(struct printer_model *m)
{
    (void)m;
    return true;
}

static void push(struct printer_model *m, const void *data, size_t n)
{
    struct tcp *t = m->link_arg;

    if (t->fd < 0 || t->reply_n + n > REPLY_BYTES_MAX)
        return;
    memcpy(t->reply + t->reply_n, data, n);
    t->reply_n += n;
}

static size_t pending(struct printer_model *m)
{
    return ((struct tcp *)m->link_arg)->reply_n;
}

static void flush(struct printer_model *m)
{
    ((struct tcp *)m->link_arg)->reply_n = 0;
}

static void room(struct printer_model *m)
{
    struct tcp *t = m->link_arg;
    size_t n = t->wait_n;

    t->wait_n = 0; /* receiving may call back to here */
    if (n > 0 && !engine_receive(m, t->wait, n))
        t->wait_n = n;
}

static void after(struct printer_model *m, double ms, unsigned timer)
{
    struct tcp *t = m->link_arg;

    t->is_due[timer] = true;
    t->due_ms[timer] = printer_now_ms() + ms;
}

static void drop(struct printer_model *m)
{
    struct tcp *t = m->link_arg;

    if (t->fd >= 0)
        close(t->fd);
    t->fd = -1;
    engine_power_up(m);
}

static const struct printer_link link_tcp = {is_up, push, pending, flush, room, after, drop};

/* ---- loop ---- */

static int port_listen(uint16_t port, uint16_t *ret_port)
{
    struct sockaddr_in a = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on); /* a busy port tells itself */
    if (bind(fd, (struct sockaddr *)&a, sizeof a) < 0 || listen(fd, 4) < 0 ||
        getsockname(fd, (struct sockaddr *)&a, &len) < 0) {
        close(fd);
        return -1;
    }
    *ret_port = ntohs(a.sin_port);
    return fd;
}

static void client_end(struct tcp *t)
{
    close(t->fd);
    t->fd = -1;
    t->reply_n = t->wait_n = 0;
}

static void client_read(struct printer_model *m, struct tcp *t)
{
    ssize_t n = read(t->fd, t->wait, sizeof t->wait);

    if (n < 0 && errno == EINTR)
        return;
    if (n <= 0) {
        client_end(t);
        return;
    }
    t->wait_n = (size_t)n;
    room(m);
}

static void client_write(struct printer_model *m, struct tcp *t)
{
    ssize_t n = send(t->fd, t->reply, t->reply_n, MSG_NOSIGNAL);

    if (n < 0) {
        client_end(t);
        return;
    }
    memmove(t->reply, t->reply + n, t->reply_n - (size_t)n);
    t->reply_n -= (size_t)n;
    if (t->reply_n == 0)
        printer_in_empty(m);
}

static int timers_run(struct printer_model *m, struct tcp *t)
{
    double now = printer_now_ms(), next = NAP_MS;

    for (unsigned i = 0; i < TIMER_N; i++) {
        if (t->is_due[i] && t->due_ms[i] <= now) {
            t->is_due[i] = false;
            engine_timer(m, i);
        }
        if (t->is_due[i] && t->due_ms[i] - now < next)
            next = t->due_ms[i] - now;
    }
    return next < 1 ? 1 : (int)next;
}

/* One turn: sleep until something is due, then serve it. */
static void turn(struct printer_model *m, struct tcp *t, int listener)
{
    struct pollfd p[2] = {{.fd = t->fd < 0 ? listener : -1, .events = POLLIN}, {.fd = t->fd}};

    usbemu_lock();
    int nap = timers_run(m, t);
    usbemu_unlock();
    p[0].fd = t->fd < 0 ? listener : -1;
    p[1].fd = t->fd;
    p[1].events = (short)((t->wait_n == 0 ? POLLIN : 0) | (t->reply_n > 0 ? POLLOUT : 0));
    if (poll(p, 2, nap) < 0)
        return;
    usbemu_lock();
    if (p[0].revents & POLLIN)
        t->fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (t->fd >= 0 && p[1].revents & POLLOUT)
        client_write(m, t);
    if (t->fd >= 0 && p[1].revents & (POLLIN | POLLHUP | POLLERR) && t->wait_n == 0)
        client_read(m, t);
    usbemu_unlock();
}

int printer_tcp_serve(struct printer_model *m, uint16_t port, const volatile bool *is_stopped,
                      void (*on_ready)(uint16_t port))
{
    struct tcp t = {.fd = -1};
    int listener = port_listen(port, &port);

    if (listener < 0)
        return -1;
    t.reply = mem_zalloc(REPLY_BYTES_MAX, 1);
    usbemu_lock();
    m->link_arg = &t;
    m->link = &link_tcp;
    engine_power_up(m);
    usbemu_unlock();
    if (on_ready != NULL)
        on_ready(port);
    while (!*is_stopped)
        turn(m, &t, listener);
    if (t.fd >= 0)
        close(t.fd);
    close(listener);
    usbemu_lock();
    m->link = NULL;
    m->link_arg = NULL;
    usbemu_unlock();
    free(t.reply);
    return 0;
}

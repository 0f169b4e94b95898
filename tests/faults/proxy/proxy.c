/* SPDX-License-Identifier: Apache-2.0 */
/* kiosk-proxy: stands on the line between terminals and a centre and does to it what lines do. It
 * sees TCP only; what is inside stays sealed. One thread, epoll.
 *
 *     kiosk-proxy --listen ADDRESS:PORT --to ADDRESS:PORT --control SOCKET [--mix TEXT] [--seed N]
 *                 [--port-file FILE]
 *
 * Control socket, one line each: "mix TEXT" (toxic.h; for new connections), "cut" (ends all
 * connections), "counts" (JSON: how often each toxic did its work), "quit". */
#define _GNU_SOURCE /* accept4 */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "toxic.h"

enum { PIECE_BYTES = 16384, TICK_MS = 5, SILENT_MS = 150, N_EVENTS = 256, BACKLOG = 4096 };
enum side { CLIENT, CENTRE, N_SIDES };

/* What came from one side and has not gone to the other. */
struct stream {
    char piece[PIECE_BYTES];
    size_t n, done;
    int64_t due_ms;
    int64_t total; /* bytes passed on so far */
    bool is_ended; /* this side has said it all */
};

struct conn;
struct end { /* what epoll gives back */
    struct conn *conn;
    enum side side;
};

struct conn {
    struct conn *next, *prev;
    int fd[N_SIDES]; /* -1: none */
    struct end end[N_SIDES];
    struct stream from[N_SIDES];
    struct toxic toxic;
    int64_t began_ms, moved_ms; /* a byte came last */
    bool is_counted, is_dead;
};

struct proxy {
    int epoll_fd, listen_fd, control_fd;
    struct sockaddr_in to;
    struct toxic_mix mix;
    uint64_t chance;
    struct conn *first;
    int64_t n_conns, n_done[TOXIC_N_KINDS];
    bool is_over;
};

static void count(struct proxy *p, struct conn *c)
{
    if (!c->is_counted)
        p->n_done[c->toxic.kind]++;
    c->is_counted = true;
}

static void conn_end(struct proxy *p, struct conn *c, bool is_reset)
{
    struct linger hard = {.l_onoff = 1, .l_linger = 0};
    for (int i = 0; i < N_SIDES; i++) {
        if (c->fd[i] < 0)
            continue;
        if (is_reset)
            (void)setsockopt(c->fd[i], SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
        close(c->fd[i]);
        c->fd[i] = -1;
    }
    if (c->is_dead)
        return;
    c->is_dead = true; /* freed after the round: events of it may still be in hand */
    (void)p;
}

static void conn_free(struct proxy *p, struct conn *c)
{
    if (c->prev)
        c->prev->next = c->next;
    else
        p->first = c->next;
    if (c->next)
        c->next->prev = c->prev;
    free(c);
}

static bool watch(struct proxy *p, struct conn *c, enum side side)
{
    struct epoll_event e = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
                            .data.ptr = &c->end[side]};
    return epoll_ctl(p->epoll_fd, EPOLL_CTL_ADD, c->fd[side], &e) == 0;
}

static int centre_connect(const struct proxy *p, const struct toxic *t)
{
    struct sockaddr_in to = p->to;
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (t->kind == TOXIC_DIVERT) {
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        to.sin_port = htons((uint16_t)t->low);
    }
    if (fd < 0)
        return -1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0 && errno != EINPROGRESS) {
        close(fd);
        return -1;
    }
    return fd;
}

static void conn_accept(struct proxy *p, int fd)
{
    int on = 1;
    struct conn *c = mem_zalloc(1, sizeof *c);
    c->fd[CLIENT] = fd;
    c->fd[CENTRE] = -1;
    c->toxic = toxic_draw(&p->mix, &p->chance);
    c->began_ms = c->moved_ms = clock_mono_ms();
    c->end[CLIENT] = (struct end){c, CLIENT};
    c->end[CENTRE] = (struct end){c, CENTRE};
    c->next = p->first;
    if (p->first)
        p->first->prev = c;
    p->first = c;
    p->n_conns++;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (c->toxic.kind == TOXIC_DOWN) {
        count(p, c);
        conn_end(p, c, true);
        return;
    }
    if (c->toxic.kind != TOXIC_TIMEOUT)
        c->fd[CENTRE] = centre_connect(p, &c->toxic);
    if (c->toxic.kind == TOXIC_DIVERT)
        count(p, c);
    bool is_good = watch(p, c, CLIENT) &&
                   (c->toxic.kind == TOXIC_TIMEOUT || (c->fd[CENTRE] >= 0 && watch(p, c, CENTRE)));
    if (!is_good)
        conn_end(p, c, true);
}

/* How many of the bytes in hand may go now. */
static size_t allowance(const struct conn *c, enum side from, int64_t now_ms)
{
    const struct stream *s = &c->from[from];
    const struct toxic *t = &c->toxic;
    int64_t n = (int64_t)(s->n - s->done);
    int64_t most = n;
    if (now_ms < s->due_ms)
        return 0;
    if (t->kind == TOXIC_SLICER)
        most = t->low > 0 ? t->low : 1;
    else if (t->kind == TOXIC_BANDWIDTH)
        most = t->low * (now_ms - c->began_ms) / 1000 - s->total;
    else if (from == CLIENT && (t->kind == TOXIC_LIMIT_UP || t->kind == TOXIC_RESET_PEER))
        most = t->low - s->total;
    else if (from == CENTRE && t->kind == TOXIC_LIMIT_DOWN)
        most = t->low - s->total;
    return most <= 0 ? 0 : (size_t)(most < n ? most : n);
}

/* A limit that is reached. @return true: the connection is over */
static bool limit_check(struct proxy *p, struct conn *c)
{
    const struct toxic *t = &c->toxic;
    bool is_up = t->kind == TOXIC_LIMIT_UP || t->kind == TOXIC_RESET_PEER;
    bool is_down = t->kind == TOXIC_LIMIT_DOWN;
    if (!(is_up && c->from[CLIENT].total >= t->low) &&
        !(is_down && c->from[CENTRE].total >= t->low))
        return false;
    count(p, c);
    conn_end(p, c, t->kind == TOXIC_RESET_PEER);
    return true;
}

static bool is_swallowed(struct proxy *p, struct conn *c, enum side from)
{
    if (c->toxic.kind != TOXIC_LOST_REPLY || from != CENTRE || c->from[CLIENT].total < c->toxic.low)
        return false;
    count(p, c);
    return true;
}

/* @return whether something moved */
static bool stream_send(struct proxy *p, struct conn *c, enum side from, int64_t now_ms)
{
    struct stream *s = &c->from[from];
    size_t n = allowance(c, from, now_ms);
    if (n == 0)
        return false;
    if (c->toxic.kind == TOXIC_SLOW_CLOSE && c->from[1 - from].is_ended) {
        s->done = s->n = 0; /* nobody is there any more; the other side is not told yet */
        return true;
    }
    if (is_swallowed(p, c, from)) {
        s->done = s->n = 0;
        return true;
    }
    ssize_t done = send(c->fd[1 - from], s->piece + s->done, n, MSG_NOSIGNAL);
    if (done <= 0) {
        if (done < 0 && errno != EAGAIN && errno != ENOTCONN && errno != EINTR)
            conn_end(p, c, true);
        return false;
    }
    s->done += (size_t)done;
    s->total += done;
    if (s->done == s->n)
        s->done = s->n = 0;
    bool works_slowly = c->toxic.kind == TOXIC_SLICER || c->toxic.kind == TOXIC_BANDWIDTH ||
                        c->toxic.kind == TOXIC_LATENCY || c->toxic.kind == TOXIC_NONE;
    if (works_slowly)
        count(p, c);
    return true;
}

static bool stream_read(struct proxy *p, struct conn *c, enum side from, int64_t now_ms)
{
    struct stream *s = &c->from[from];
    if (s->n > 0 || s->is_ended || c->fd[from] < 0)
        return false;
    ssize_t n = recv(c->fd[from], s->piece, sizeof s->piece, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (n < 0 && c->toxic.kind != TOXIC_SLOW_CLOSE) { /* there a reset is an end, too */
        conn_end(p, c, true);
        return false;
    }
    c->moved_ms = now_ms;
    if (n <= 0) {
        s->is_ended = true;
        s->due_ms = now_ms + (c->toxic.kind == TOXIC_SLOW_CLOSE ? c->toxic.low : 0);
        return false;
    }
    s->n = (size_t)n;
    s->done = 0;
    if (c->toxic.kind == TOXIC_LATENCY)
        s->due_ms = now_ms + c->toxic.low +
                    toxic_random(&p->chance, 0, c->toxic.jitter > 0 ? c->toxic.jitter : 0);
    return true;
}

static void conn_work(struct proxy *p, struct conn *c, int64_t now_ms)
{
    bool is_moving = true;
    if (c->toxic.kind == TOXIC_TIMEOUT) {
        count(p, c);
        if (now_ms - c->began_ms >= c->toxic.low)
            conn_end(p, c, false);
        return;
    }
    while (is_moving && !c->is_dead) {
        is_moving = false;
        for (int from = 0; from < N_SIDES && !c->is_dead; from++) {
            is_moving |= stream_read(p, c, (enum side)from, now_ms);
            if (!c->is_dead)
                is_moving |= stream_send(p, c, (enum side)from, now_ms);
            /* A slice goes by itself, a byte of bandwidth when its time has come. */
            if (c->toxic.kind == TOXIC_SLICER || c->toxic.kind == TOXIC_BANDWIDTH)
                is_moving = false;
        }
        if (!c->is_dead && limit_check(p, c))
            return;
    }
    for (int from = 0; from < N_SIDES && !c->is_dead; from++) {
        const struct stream *s = &c->from[from];
        if (s->is_ended && s->n == 0 && now_ms >= s->due_ms) {
            if (c->toxic.kind == TOXIC_SLOW_CLOSE)
                count(p, c);
            conn_end(p, c, false);
        }
    }
    if (!c->is_dead && c->toxic.kind == TOXIC_LOST_REPLY && c->is_counted &&
        now_ms - c->moved_ms > SILENT_MS)
        conn_end(p, c, true);
}

/* ---- control ---- */

static void counts_write(const struct proxy *p, FILE *f)
{
    fprintf(f, "{\"connections\":%" PRId64, p->n_conns);
    for (int i = 0; i < TOXIC_N_KINDS; i++)
        fprintf(f, ",\"%s\":%" PRId64, toxic_word((enum toxic_kind)i), p->n_done[i]);
    fprintf(f, "}\n");
}

/* A controller says one line and gets one: short, so it may block. */
static void control_take(struct proxy *p)
{
    char line[1200];
    int fd = accept4(p->control_fd, NULL, NULL, SOCK_CLOEXEC);
    FILE *f = fd >= 0 ? fdopen(fd, "r+") : NULL;
    if (!f || !fgets(line, sizeof line, f)) {
        if (f)
            fclose(f);
        return;
    }
    line[strcspn(line, "\n")] = '\0';
    fseek(f, 0, SEEK_CUR); /* from reading to writing */
    if (strncmp(line, "mix ", 4) == 0) {
        fputs(toxic_mix_parse(line + 4, &p->mix) ? "ok\n" : "not understood\n", f);
    } else if (strcmp(line, "cut") == 0) {
        for (struct conn *c = p->first; c; c = c->next)
            conn_end(p, c, true);
        fputs("ok\n", f);
    } else if (strcmp(line, "counts") == 0) {
        counts_write(p, f);
    } else if (strcmp(line, "quit") == 0) {
        p->is_over = true;
        counts_write(p, f);
    } else {
        fputs("not understood\n", f);
    }
    fclose(f);
}

/* ---- loop ---- */

static void accept_all(struct proxy *p)
{
    int fd;
    while ((fd = accept4(p->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0)
        conn_accept(p, fd);
}

static void loop(struct proxy *p)
{
    struct epoll_event events[N_EVENTS];
    int64_t ticked_ms = 0;
    while (!p->is_over) {
        int n = epoll_wait(p->epoll_fd, events, N_EVENTS, p->first ? TICK_MS : 1000);
        int64_t now_ms = clock_mono_ms();
        for (int i = 0; i < n; i++) {
            struct end *end = events[i].data.ptr;
            if (end == (void *)&p->listen_fd)
                accept_all(p);
            else if (end == (void *)&p->control_fd)
                control_take(p);
            else if (!end->conn->is_dead)
                conn_work(p, end->conn, now_ms);
        }
        if (now_ms - ticked_ms < TICK_MS && n > 0)
            continue; /* the dead are kept: an event of them may come once more */
        ticked_ms = now_ms;
        for (struct conn *c = p->first, *next; c; c = next) {
            next = c->next;
            if (!c->is_dead && c->toxic.kind != TOXIC_NONE)
                conn_work(p, c, now_ms);
            if (c->is_dead)
                conn_free(p, c);
        }
    }
}

static bool address_parse(const char *text, struct sockaddr_in *ret)
{
    char host[64];
    int port = 0;
    *ret = (struct sockaddr_in){.sin_family = AF_INET};
    if (!text || sscanf(text, "%63[0-9.]:%d", host, &port) != 2 || port < 0 || port > 65535)
        return false;
    ret->sin_port = htons((uint16_t)port);
    return inet_pton(AF_INET, host, &ret->sin_addr) == 1;
}

static int listen_on(const struct sockaddr_in *at, const char *port_file)
{
    struct sockaddr_in got;
    socklen_t n = sizeof got;
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (fd < 0 || bind(fd, (const struct sockaddr *)at, sizeof *at) != 0 ||
        listen(fd, BACKLOG) != 0 || getsockname(fd, (struct sockaddr *)&got, &n) != 0)
        return -1;
    FILE *f = port_file ? fopen(port_file, "w") : NULL;
    if (f) {
        fprintf(f, "%d\n", ntohs(got.sin_port));
        fclose(f);
    }
    return fd;
}

static int control_on(const char *path)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
    unlink(path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0 && listen(fd, 8) == 0 ? fd
                                                                                             : -1;
}

int main(int argc, char **argv)
{
    static const struct option table[] = {{"listen", 1, NULL, 'l'},  {"to", 1, NULL, 't'},
                                          {"control", 1, NULL, 'c'}, {"mix", 1, NULL, 'm'},
                                          {"seed", 1, NULL, 's'},    {"port-file", 1, NULL, 'p'},
                                          {NULL, 0, NULL, 0}};
    static struct proxy p;
    const char *listen_text = NULL, *to = NULL, *control = NULL, *mix = "1 none", *port_file = NULL;
    int opt;
    p.chance = 20261124;
    while ((opt = getopt_long(argc, argv, "", table, NULL)) != -1) {
        if (opt == 'l')
            listen_text = optarg;
        else if (opt == 't')
            to = optarg;
        else if (opt == 'c')
            control = optarg;
        else if (opt == 'm')
            mix = optarg;
        else if (opt == 's')
            p.chance = strtoull(optarg, NULL, 10) | 1;
        else if (opt == 'p')
            port_file = optarg;
    }
    struct sockaddr_in at;
    if (!control || !address_parse(listen_text, &at) || !address_parse(to, &p.to) ||
        !toxic_mix_parse(mix, &p.mix)) {
        fprintf(stderr, "kiosk-proxy --listen ADDRESS:PORT --to ADDRESS:PORT --control SOCKET\n"
                        "            [--mix \"WEIGHT KIND [VALUE [JITTER]],…\"] [--seed N]"
                        " [--port-file FILE]\n");
        return 2;
    }
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    signal(SIGPIPE, SIG_IGN);
    p.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    p.control_fd = control_on(control);
    p.listen_fd = listen_on(&at, port_file);
    struct epoll_event on_listen = {.events = EPOLLIN, .data.ptr = &p.listen_fd};
    struct epoll_event on_control = {.events = EPOLLIN, .data.ptr = &p.control_fd};
    if (p.epoll_fd < 0 || p.control_fd < 0 || p.listen_fd < 0 ||
        epoll_ctl(p.epoll_fd, EPOLL_CTL_ADD, p.listen_fd, &on_listen) != 0 ||
        epoll_ctl(p.epoll_fd, EPOLL_CTL_ADD, p.control_fd, &on_control) != 0) {
        perror("kiosk-proxy");
        return 1;
    }
    loop(&p);
    for (struct conn *c = p.first, *next; c; c = next) {
        next = c->next;
        conn_end(&p, c, true);
        conn_free(&p, c);
    }
    counts_write(&p, stdout);
    unlink(control);
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Control sockets and signals of kiosk-sim. Main thread. */
#define _GNU_SOURCE
#include "sim.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    CONNECTIONS = 16,
    LINE_MAX_BYTES = 16384,
    REPLY_WAIT_MS = 2000,
    CHILD_WAIT_MS = 5000,
    CHILD_POLL_MS = 20
};

struct connection {
    int fd; /* -1: free */
    size_t n;
    char line[LINE_MAX_BYTES];
};

int server_listen(const char *path)
{
    struct sockaddr_un addr = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    size_t n = strlen(path);
    if (n >= sizeof addr.sun_path) {
        errno = ENAMETOOLONG;
        close(fd);
        return -1;
    }
    memcpy(addr.sun_path, path, n + 1);
    unlink(path);
    if (bind(fd, (struct sockaddr *)&addr, sizeof addr) < 0 || listen(fd, CONNECTIONS) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static void connection_close(struct connection *c)
{
    close(c->fd);
    c->fd = -1;
}

/* @return 0, or -1 when the other side does not read */
static int send_line(int fd, const char *text)
{
    size_t n = strlen(text) + 1, at = 0;
    char *line = malloc(n + 1);

    if (line == NULL)
        return -1;
    memcpy(line, text, n - 1);
    line[n - 1] = '\n';
    while (at < n) {
        ssize_t r = send(fd, line + at, n - at, MSG_NOSIGNAL | MSG_DONTWAIT);
        struct pollfd p = {.fd = fd, .events = POLLOUT};
        if (r >= 0)
            at += (size_t)r;
        else if (errno != EAGAIN || poll(&p, 1, REPLY_WAIT_MS) <= 0)
            break;
    }
    free(line);
    return at == n ? 0 : -1;
}

static void connection_read(struct sim *s, struct connection *c)
{
    ssize_t r = read(c->fd, c->line + c->n, sizeof c->line - 1 - c->n);
    char *end;

    if (r <= 0) {
        connection_close(c);
        return;
    }
    c->n += (size_t)r;
    c->line[c->n] = '\0';
    while (c->fd >= 0 && (end = memchr(c->line, '\n', c->n)) != NULL) {
        size_t used = (size_t)(end - c->line) + 1;
        *end = '\0';
        if (end > c->line && end[-1] == '\r')
            end[-1] = '\0';
        char *reply = sim_command(s, c->line);
        if (send_line(c->fd, reply) < 0)
            connection_close(c);
        free(reply);
        memmove(c->line, c->line + used, c->n - used);
        c->n -= used;
    }
    if (c->fd >= 0 && c->n == sizeof c->line - 1) {
        (void)send_line(c->fd, "error line too long"); /* closing tells it as well */
        connection_close(c);
    }
}

static void connection_accept(struct connection *all, int listener)
{
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

    for (int i = 0; fd >= 0 && i < CONNECTIONS; i++)
        if (all[i].fd < 0) {
            all[i].fd = fd;
            all[i].n = 0;
            return;
        }
    if (fd >= 0)
        close(fd);
}

/* Ask the child to end, and after a while make it. @return its wait status */
static int child_stop(pid_t child)
{
    struct timespec pause = {0, CHILD_POLL_MS * 1000000L};
    int status = 0;

    kill(child, SIGTERM);
    for (int ms = 0; ms < CHILD_WAIT_MS; ms += CHILD_POLL_MS) {
        if (waitpid(child, &status, WNOHANG) != 0)
            return status;
        nanosleep(&pause, NULL);
    }
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    return status;
}

/* @return true when the loop is to end */
static bool on_signal(int signals, pid_t child, int *ret_status)
{
    struct signalfd_siginfo info;

    if (read(signals, &info, sizeof info) != sizeof info)
        return false;
    if (info.ssi_signo != SIGCHLD) {
        if (child > 0)
            *ret_status = child_stop(child);
        return true;
    }
    return child > 0 && waitpid(child, ret_status, WNOHANG) == child;
}

int server_run(struct sim *s, int listener, int signals, pid_t child)
{
    struct connection *all = calloc(CONNECTIONS, sizeof *all);
    struct pollfd p[CONNECTIONS + 2];
    int status = 0;
    bool is_ended = all == NULL;

    for (int i = 0; all != NULL && i < CONNECTIONS; i++)
        all[i].fd = -1;
    while (!is_ended && !s->is_quitting) {
        for (int i = 0; i < CONNECTIONS; i++)
            p[i] = (struct pollfd){.fd = all[i].fd, .events = POLLIN};
        p[CONNECTIONS] = (struct pollfd){.fd = listener, .events = POLLIN};
        p[CONNECTIONS + 1] = (struct pollfd){.fd = signals, .events = POLLIN};
        if (poll(p, CONNECTIONS + 2, -1) < 0)
            continue;
        for (int i = 0; i < CONNECTIONS; i++)
            if (p[i].fd >= 0 && p[i].revents != 0)
                connection_read(s, &all[i]);
        if (p[CONNECTIONS].revents & POLLIN)
            connection_accept(all, listener);
        if (p[CONNECTIONS + 1].revents & POLLIN)
            is_ended = on_signal(signals, child, &status);
    }
    if (s->is_quitting && child > 0)
        status = child_stop(child);
    for (int i = 0; all != NULL && i < CONNECTIONS; i++)
        if (all[i].fd >= 0)
            connection_close(&all[i]);
    free(all);
    return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Control socket and signals of the reference centre. Main thread. */
#include "control.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "desk.h"

enum { MAX_CLIENTS = 8, MAX_LINE_BYTES = 1024, FD_SIGNAL = 0, FD_LISTEN = 1, FD_CLIENTS = 2 };

struct client {
    char line[MAX_LINE_BYTES];
    size_t n;
};

struct control {
    struct ledger *ledger;
    struct fault_plan *faults;
    bool is_ending;
    struct pollfd *fd; /* FD_SIGNAL, FD_LISTEN, one for each client; -1: free */
    struct client client[MAX_CLIENTS];
};

int control_catch_signals(struct err *err)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    signal(SIGPIPE, SIG_IGN);
    if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
        return ERR(err, ERR_SYSTEM, "sigprocmask: %s", strerror(errno));
    int fd = signalfd(-1, &set, SFD_CLOEXEC);
    return fd < 0 ? ERR(err, ERR_SYSTEM, "signalfd: %s", strerror(errno)) : fd;
}

int control_listen(const char *path, struct err *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path)
        return ERR(err, ERR_INVALID, "the control path is longer than a socket's may be");
    memcpy(address.sun_path, path, strlen(path) + 1);
    YJ_CLEANUP(cleanup_close) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return ERR(err, ERR_SYSTEM, "socket: %s", strerror(errno));
    struct stat st;
    if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode))
        (void)unlink(path); /* bind says it when this did not help */
    mode_t mask = umask(0177);
    int r = bind(fd, (const struct sockaddr *)&address, sizeof address);
    int why = errno;
    umask(mask);
    if (r < 0 || listen(fd, MAX_CLIENTS) < 0)
        return ERR(err, ERR_SYSTEM, "%s: %s", path, strerror(r < 0 ? why : errno));
    int ret = fd;
    fd = -1;
    return ret;
}

static void answer(int fd, const char *text)
{
    size_t n = strlen(text);
    while (n) {
        ssize_t sent = send(fd, text, n, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return; /* the asker left */
        text += sent;
        n -= (size_t)sent;
    }
}

static void answer_err(int fd, const struct err *err)
{
    char text[256];
    snprintf(text, sizeof text, "error: %s\n", err->msg);
    answer(fd, text);
}

static void answer_stats(struct control *c, int fd)
{
    struct err err = {0};
    json_t *stats = ledger_counts(c->ledger, &err);
    json_t *terminals = stats ? ledger_gaps(c->ledger, &err) : NULL;
    if (!terminals) {
        json_decref(stats);
        answer_err(fd, &err);
        return;
    }
    json_object_set_new(stats, "faults", json_integer(fault_plan_hits(c->faults)));
    json_object_set_new(stats, "terminal_list", terminals);
    char *text = json_dumps(stats, JSON_COMPACT);
    answer(fd, text ? text : "error: out of memory");
    answer(fd, "\n");
    bytes_free_wiped(text);
    json_decref(stats);
}

/* "KIND", "KIND N" or "off" behind the word fault. */
static int order_fault(struct control *c, char *words, struct err *err)
{
    if (strcmp(words, "off") == 0) {
        fault_plan_clear(c->faults);
        return 0;
    }
    char *blank = strchr(words, ' ');
    if (blank)
        *blank = ':';
    struct fault fault;
    int r = fault_parse(words, &fault, err);
    return r < 0 ? r : fault_plan_add(c->faults, &fault, err);
}

static void free_wiped(char **p)
{
    bytes_free_wiped(*p);
}

static void obey(struct control *c, int fd, char *line)
{
    struct err err = {0};
    if (strcmp(line, "stats") == 0) {
        answer_stats(c, fd);
    } else if (desk_is_order(line)) {
        YJ_CLEANUP(free_wiped) char *text = NULL;
        if (desk_order(c->ledger, line, &text, &err) < 0)
            answer_err(fd, &err);
        else
            answer(fd, text);
    } else if (strcmp(line, "quit") == 0) {
        c->is_ending = true;
        answer(fd, "ok\n");
    } else if (strncmp(line, "fault ", 6) == 0) {
        if (order_fault(c, line + 6, &err) < 0)
            answer_err(fd, &err);
        else
            answer(fd, "ok\n");
    } else {
        answer(fd, "error: fault KIND [N] | fault off | stats | advance NUMBER TASK CODE |"
                   " correct NUMBER KIND ID REASON [TEXT] | cases NUMBER |"
                   " order TERMINAL ORDER | quit\n");
    }
}

static void drop_client(struct control *c, size_t i)
{
    close(c->fd[FD_CLIENTS + i].fd);
    c->fd[FD_CLIENTS + i].fd = -1;
    c->client[i].n = 0;
}

static void read_client(struct control *c, size_t i)
{
    struct client *client = &c->client[i];
    int fd = c->fd[FD_CLIENTS + i].fd;
    ssize_t got = recv(fd, client->line + client->n, sizeof client->line - 1 - client->n, 0);
    if (got <= 0) {
        drop_client(c, i);
        return;
    }
    client->n += (size_t)got;
    char *end;
    while ((end = memchr(client->line, '\n', client->n))) {
        *end = 0;
        obey(c, fd, client->line);
        size_t used = (size_t)(end + 1 - client->line);
        memmove(client->line, end + 1, client->n - used);
        client->n -= used;
    }
    if (client->n == sizeof client->line - 1) {
        answer(fd, "error: the line is too long\n");
        drop_client(c, i);
    }
}

static void accept_client(struct control *c)
{
    int fd = accept(c->fd[FD_LISTEN].fd, NULL, NULL);
    if (fd < 0)
        return;
    /* Answers are sent at once: a client that does not read may hold the loop for a second. */
    struct timeval limit = {.tv_sec = 1};
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    for (size_t i = 0; i < MAX_CLIENTS; i++)
        if (c->fd[FD_CLIENTS + i].fd < 0) {
            c->fd[FD_CLIENTS + i].fd = fd;
            return;
        }
    answer(fd, "error: too many clients\n");
    close(fd);
}

int control_run(int signal_fd, int listen_fd, struct ledger *ledger, struct fault_plan *faults,
                struct err *err)
{
    struct pollfd fds[FD_CLIENTS + MAX_CLIENTS];
    struct control *c = mem_zalloc(1, sizeof *c);
    *c = (struct control){.ledger = ledger, .faults = faults, .fd = fds};
    for (size_t i = 0; i < YJ_COUNT(fds); i++)
        fds[i] = (struct pollfd){.fd = -1, .events = POLLIN};
    c->fd[FD_SIGNAL].fd = signal_fd;
    c->fd[FD_LISTEN].fd = listen_fd;
    int r = 0;
    while (!c->is_ending) {
        if (poll(fds, YJ_COUNT(fds), -1) < 0) {
            if (errno == EINTR)
                continue;
            r = ERR(err, ERR_SYSTEM, "poll: %s", strerror(errno));
            break;
        }
        if (c->fd[FD_SIGNAL].revents)
            c->is_ending = true;
        if (c->fd[FD_LISTEN].revents)
            accept_client(c);
        for (size_t i = 0; i < MAX_CLIENTS; i++)
            if (c->fd[FD_CLIENTS + i].fd >= 0 && c->fd[FD_CLIENTS + i].revents)
                read_client(c, i);
    }
    for (size_t i = 0; i < MAX_CLIENTS; i++)
        if (c->fd[FD_CLIENTS + i].fd >= 0)
            drop_client(c, i);
    free(c);
    return r;
}

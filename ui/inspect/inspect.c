/* SPDX-License-Identifier: Apache-2.0 */
/* The inspector's socket. A thread of its own sleeps in poll, splits what clients send into
 * lines, checks that each is JSON and pushes it to the main thread; the main thread answers in
 * inspect_serve. Two queues are all they share.
 *
 * One client, as the thread sees it:
 *
 *      +---------+   whole line   +--------+
 *      | READING | -------------> |  BUSY  |      BUSY: one request is with the main thread
 *      +---------+ <------------- +--------+      (further lines wait in the buffer)
 *        |  ^  |      answer        |   |
 *        |  +--+ broken line:       |   | hung up: slot freed, the answer finds nobody
 *        |       error at once      v   v
 *        +--- hung up ---------->  CLOSED
 *
 * A line longer than INSPECT_LINE_BYTES is answered with an error and skipped up to its end. */
#include "ui/inspect/inspect_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "base/mq.h"

enum { MAX_CLIENTS = 4, QUEUE_LENGTH = 64 };

/* To the main thread; request is transferred. */
struct ask {
    json_t *request;
    uint64_t serial;
    int slot;
};

/* From the main thread; line is transferred. NULL: end the thread. */
struct reply {
    char *line;
    uint64_t serial;
    int slot;
};

struct client {
    int fd;          /* -1: free slot */
    uint64_t serial; /* of the request that is with the main thread; 0: none */
    bool is_eof, is_skipping;
    size_t n_in;
    char *out;
    size_t n_out, out_sent;
    char in[INSPECT_LINE_BYTES];
};

struct pending {
    struct inspect_wait wait;
    uint64_t serial;
};

struct inspect {
    const struct inspect_hooks *hooks;
    void *ui;
    struct mq *asks, *replies;
    pthread_t thread;
    char path[sizeof((struct sockaddr_un *)0)->sun_path];
    int listen_fd, wake_rd, wake_wr;

    struct pending pending[MAX_CLIENTS]; /* main thread's */

    uint64_t last_serial; /* the inspector thread's, as is client */
    struct client client[MAX_CLIENTS];
};

/* ---- the inspector's thread ------------------------------------------------------------- */

static void client_close(struct client *c)
{
    close(c->fd);
    c->fd = -1;
    if (c->out)
        bytes_wipe(c->out, c->n_out);
    free(c->out);
    bytes_wipe(c->in, sizeof c->in);
    c->out = NULL;
    c->n_in = c->n_out = c->out_sent = 0;
    c->serial = 0;
}

/* Queue one answer line for the client; line is taken over. */
static void client_answer(struct client *c, char *line)
{
    size_t n = strlen(line), left = c->n_out - c->out_sent;
    char *joined = mem_zalloc(1, left + n + 1);
    if (left)
        memcpy(joined, c->out + c->out_sent, left);
    /* NOLINTNEXTLINE(bugprone-not-null-terminated-result): the line end follows */
    memcpy(joined + left, line, n);
    joined[left + n] = '\n';
    if (c->out)
        bytes_wipe(c->out, c->n_out);
    free(c->out);
    bytes_wipe(line, n);
    free(line);
    c->out = joined;
    c->n_out = left + n + 1;
    c->out_sent = 0;
}

static void client_answer_error(struct client *c, const char *text)
{
    json_t *js = inspect_cmd_error(text);
    client_answer(c, json_dumps(js, JSON_COMPACT));
    json_decref(js);
}

static void client_take_line(struct inspect *in, struct client *c, const char *line, size_t n)
{
    if (n == 0 || (n == 1 && line[0] == '\r'))
        return;
    json_t *request = json_loadb(line, n, JSON_REJECT_DUPLICATES, NULL);
    if (!request) {
        client_answer_error(c, "not a JSON object on one line");
        return;
    }
    struct ask ask = {request, ++in->last_serial, (int)(c - in->client)};
    c->serial = ask.serial;
    if (mq_push(in->asks, &ask) != 0) {
        c->serial = 0;
        json_decref(request);
        client_answer_error(c, "busy");
    }
}

/* Hand on the lines that are whole, one at a time: the next when the last is answered. */
static void client_split(struct inspect *in, struct client *c)
{
    char *end;
    while (!c->serial && c->n_in && (end = memchr(c->in, '\n', c->n_in))) {
        size_t n = (size_t)(end - c->in);
        if (!c->is_skipping)
            client_take_line(in, c, c->in, n);
        c->is_skipping = false;
        c->n_in -= n + 1;
        memmove(c->in, end + 1, c->n_in);
        bytes_wipe(c->in + c->n_in, n + 1); /* what was asked for may be typed text */
    }
    if (!c->serial && c->n_in == sizeof c->in) {
        if (!c->is_skipping)
            client_answer_error(c, "the line is too long");
        c->is_skipping = true;
        c->n_in = 0;
    }
}

static void client_read(struct inspect *in, struct client *c)
{
    ssize_t n = recv(c->fd, c->in + c->n_in, sizeof c->in - c->n_in, 0);
    if (n > 0)
        c->n_in += (size_t)n;
    else if (n == 0)
        c->is_eof = true;
    else if (errno != EAGAIN && errno != EINTR) {
        client_close(c);
        return;
    }
    client_split(in, c);
}

static void client_write(struct client *c)
{
    ssize_t n = send(c->fd, c->out + c->out_sent, c->n_out - c->out_sent, MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN && errno != EINTR) {
        client_close(c);
        return;
    }
    c->out_sent += n > 0 ? (size_t)n : 0;
    if (c->out_sent == c->n_out) {
        bytes_wipe(c->out, c->n_out);
        free(c->out);
        c->out = NULL;
        c->n_out = c->out_sent = 0;
    }
}

static void set_flags(int fd)
{
    (void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK); /* cannot fail on an open fd */
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static void accept_client(struct inspect *in)
{
    int fd = accept(in->listen_fd, NULL, NULL);
    if (fd < 0)
        return;
    for (size_t i = 0; i < MAX_CLIENTS; i++)
        if (in->client[i].fd < 0) {
            set_flags(fd);
            in->client[i].fd = fd;
            in->client[i].is_eof = in->client[i].is_skipping = false;
            return;
        }
    close(fd); /* more clients than a developer has hands */
}

/* @return false when the thread is to end */
static bool take_replies(struct inspect *in)
{
    char drain[64];
    while (read(in->wake_rd, drain, sizeof drain) > 0)
        ;
    struct reply reply;
    while (mq_pop(in->replies, &reply)) {
        if (!reply.line)
            return false;
        struct client *c = &in->client[reply.slot];
        if (c->fd < 0 || c->serial != reply.serial) {
            bytes_wipe(reply.line, strlen(reply.line));
            free(reply.line); /* the client left before the answer came */
            continue;
        }
        c->serial = 0;
        client_answer(c, reply.line);
        client_split(in, c);
    }
    return true;
}

static void serve_client(struct inspect *in, struct client *c, short events)
{
    if (c->fd >= 0 && (events & POLLOUT))
        client_write(c);
    if (c->fd >= 0 && (events & POLLIN))
        client_read(in, c);
    bool is_done = c->is_eof && !c->serial && !c->n_out;
    if (c->fd >= 0 &&
        (is_done || (events & (POLLERR | POLLNVAL)) || ((events & POLLHUP) && !(events & POLLIN))))
        client_close(c);
}

static void *inspect_main(void *arg)
{
    struct inspect *in = arg;
    for (bool is_running = true; is_running;) {
        struct pollfd p[2 + MAX_CLIENTS] = {{.fd = in->listen_fd, .events = POLLIN},
                                            {.fd = in->wake_rd, .events = POLLIN}};
        for (size_t i = 0; i < MAX_CLIENTS; i++) {
            struct client *c = &in->client[i];
            bool can_read = !c->is_eof && c->n_in < sizeof c->in;
            p[2 + i].fd = c->fd;
            p[2 + i].events = (short)((can_read ? POLLIN : 0) | (c->n_out ? POLLOUT : 0));
        }
        if (poll(p, YJ_COUNT(p), -1) < 0)
            continue; /* EINTR */
        if (p[1].revents)
            is_running = take_replies(in);
        for (size_t i = 0; i < MAX_CLIENTS; i++)
            if (in->client[i].fd >= 0 && p[2 + i].fd >= 0)
                serve_client(in, &in->client[i], p[2 + i].revents);
        if (p[0].revents & POLLIN)
            accept_client(in);
    }
    return NULL;
}

/* Called by the replies queue after a push: one byte ends the thread's sleep. */
static void wake_thread(void *arg)
{
    struct inspect *in = arg;
    ssize_t n = write(in->wake_wr, "", 1);
    (void)n; /* a full pipe already wakes it */
}

/* ---- the main thread -------------------------------------------------------------------- */

static void send_reply(struct inspect *in, int slot, uint64_t serial, json_t *answer)
{
    struct reply reply = {json_dumps(answer, JSON_COMPACT), serial, slot};
    json_decref(answer);
    /* every client has at most one request under way and the queue holds more than that */
    if (mq_push(in->replies, &reply) != 0)
        free(reply.line);
}

int inspect_serve(struct inspect *in, int64_t now_ms)
{
    struct ask ask;
    while (mq_pop(in->asks, &ask)) {
        struct pending *p = &in->pending[ask.slot];
        p->wait.is_active = false; /* a new request in the slot: the old client is gone */
        json_t *answer = inspect_cmd_run(in->hooks, in->ui, ask.request, now_ms, &p->wait);
        json_decref(ask.request);
        p->serial = ask.serial;
        if (answer)
            send_reply(in, ask.slot, ask.serial, answer);
    }
    int64_t soonest = -1;
    for (int i = 0; i < MAX_CLIENTS; i++) {
        struct pending *p = &in->pending[i];
        json_t *answer = inspect_cmd_poll(in->hooks, in->ui, now_ms, &p->wait);
        if (answer)
            send_reply(in, i, p->serial, answer);
        int64_t left = p->wait.deadline_ms - now_ms;
        if (p->wait.is_active && (soonest < 0 || left < soonest))
            soonest = left > 0 ? left : 0;
    }
    return (int)soonest;
}

static int open_listener(struct inspect *in, struct err *err)
{
    struct sockaddr_un addr = {.sun_family = AF_UNIX};
    memcpy(addr.sun_path, in->path, sizeof in->path);
    struct stat st;
    if (lstat(in->path, &st) == 0) {
        if (!S_ISSOCK(st.st_mode))
            return ERR(err, ERR_INVALID, "the inspector's path is taken by a file");
        unlink(in->path);
    }
    in->listen_fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (in->listen_fd < 0)
        return ERR(err, ERR_SYSTEM, "socket: %s", strerror(errno));
    set_flags(in->listen_fd);
    /* fchmod before bind: the file has its mode from the first moment */
    if (fchmod(in->listen_fd, 0600) != 0 ||
        bind(in->listen_fd, (struct sockaddr *)&addr, sizeof addr) != 0 ||
        chmod(in->path, 0600) != 0 || listen(in->listen_fd, MAX_CLIENTS) != 0)
        return ERR(err, ERR_SYSTEM, "the inspector's socket: %s", strerror(errno));
    return 0;
}

static int open_pipe(struct inspect *in, struct err *err)
{
    int ends[2];
    if (pipe(ends) != 0)
        return ERR(err, ERR_SYSTEM, "pipe: %s", strerror(errno));
    in->wake_rd = ends[0];
    in->wake_wr = ends[1];
    set_flags(in->wake_rd);
    set_flags(in->wake_wr);
    return 0;
}

/* Everything but the thread; accepts a half-built object. */
static void inspect_release(struct inspect *in)
{
    struct ask ask;
    struct reply reply;
    while (in->asks && mq_pop(in->asks, &ask))
        json_decref(ask.request);
    while (in->replies && mq_pop(in->replies, &reply))
        free(reply.line);
    mq_free(in->asks);
    mq_free(in->replies);
    for (size_t i = 0; i < MAX_CLIENTS; i++)
        if (in->client[i].fd >= 0)
            client_close(&in->client[i]);
    if (in->listen_fd >= 0) {
        unlink(in->path);
        close(in->listen_fd);
    }
    cleanup_close(&in->wake_rd);
    cleanup_close(&in->wake_wr);
    free(in);
}

int inspect_start(const struct inspect_cfg *cfg, struct inspect **ret, struct err *err)
{
    struct inspect *in = mem_zalloc(1, sizeof *in);
    in->listen_fd = in->wake_rd = in->wake_wr = -1;
    for (size_t i = 0; i < MAX_CLIENTS; i++)
        in->client[i].fd = -1;
    in->hooks = cfg->hooks;
    in->ui = cfg->ui;
    size_t n = strlen(cfg->socket_path);
    if (n == 0 || n >= sizeof in->path) {
        free(in);
        return ERR(err, ERR_INVALID, "the inspector's socket path is empty or too long");
    }
    memcpy(in->path, cfg->socket_path, n + 1);
    in->asks = mq_new(sizeof(struct ask), QUEUE_LENGTH, cfg->wake, cfg->wake_arg);
    in->replies = mq_new(sizeof(struct reply), QUEUE_LENGTH, wake_thread, in);
    int rc = open_pipe(in, err);
    if (!rc)
        rc = open_listener(in, err);
    if (!rc && pthread_create(&in->thread, NULL, inspect_main, in) != 0)
        rc = ERR(err, ERR_SYSTEM, "the inspector's thread cannot be started");
    if (rc) {
        inspect_release(in);
        return rc;
    }
    *ret = in;
    return 0;
}

void inspect_stop(struct inspect *in)
{
    if (!in)
        return;
    struct reply end = {0};
    /* never full: the main thread is the only writer and each client waits for one answer */
    while (mq_push(in->replies, &end) != 0)
        wake_thread(in);
    pthread_join(in->thread, NULL);
    inspect_release(in);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Connections and their deadlines. libmicrohttpd counts idle time from the last byte, so that one
 * byte now and then would hold a connection for ever; here every phase has an end.
 *
 *     accept ──handshake, head──→ request ──body──→ worker ──→ answer sent ──idle──┐
 *       patience                    patience + 1 KiB/s   none      idle_s          └→ next head
 *
 * The reaper only shuts the socket down; libmicrohttpd sees that and closes it. */
#define _GNU_SOURCE
#include "server_priv.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"

static void tell_address(struct MHD_Connection *connection, struct line *line)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    socklen_t n = info && info->client_addr && info->client_addr->sa_family == AF_INET6
                      ? sizeof(struct sockaddr_in6)
                      : sizeof(struct sockaddr_in);
    if (!info || !info->client_addr ||
        getnameinfo(info->client_addr, n, line->address, sizeof line->address, NULL, 0,
                    NI_NUMERICHOST) != 0)
        snprintf(line->address, sizeof line->address, "-");
}

void line_notify(void *arg, struct MHD_Connection *connection, void **socket_context,
                 enum MHD_ConnectionNotificationCode code)
{
    struct server *s = arg;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        struct line *line = mem_zalloc(1, sizeof *line);
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        line->fd = info ? info->connect_fd : -1;
        line->deadline_ms = clock_mono_ms() + s->options.patience_s * INT64_C(1000);
        tell_address(connection, line);
        *socket_context = line;
        atomic_fetch_add(&s->n_lines, 1);
        pthread_mutex_lock(&s->lock);
        line->next = s->first;
        line->at = &s->first;
        if (s->first)
            s->first->at = &line->next;
        s->first = line;
        pthread_mutex_unlock(&s->lock);
        return;
    }
    struct line *line = *socket_context;
    pthread_mutex_lock(&s->lock);
    *line->at = line->next;
    if (line->next)
        line->next->at = line->at;
    pthread_mutex_unlock(&s->lock);
    atomic_fetch_sub(&s->n_lines, 1);
    peer_clear(&line->peer);
    free(line);
    *socket_context = NULL;
}

struct line *line_of(struct MHD_Connection *connection)
{
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

void line_wait(struct server *s, struct line *line, int64_t deadline_ms)
{
    pthread_mutex_lock(&s->lock);
    line->deadline_ms = deadline_ms;
    pthread_mutex_unlock(&s->lock);
}

void line_set_at_work(struct server *s, struct line *line, bool is_at_work)
{
    pthread_mutex_lock(&s->lock);
    line->is_at_work = is_at_work;
    line->deadline_ms = clock_mono_ms() + s->options.patience_s * INT64_C(1000);
    pthread_mutex_unlock(&s->lock);
}

/* Under the lock: a line in the list has its socket still open. */
static void cut_overdue(struct server *s, int64_t now_ms)
{
    for (struct line *line = s->first; line; line = line->next)
        if (!line->is_at_work && line->deadline_ms < now_ms) {
            (void)shutdown(line->fd, SHUT_RDWR);
            line->deadline_ms = now_ms + s->options.patience_s * INT64_C(1000);
        }
}

static void *reap(void *arg)
{
    struct server *s = arg;
    unsigned long before = 0;
    pthread_mutex_lock(&s->lock);
    while (!s->is_ending) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec++;
        (void)pthread_cond_timedwait(&s->ending, &s->lock, &until);
        unsigned long n = atomic_load(&s->n_answered);
        atomic_store(&s->pace, n - before);
        before = n;
        cut_overdue(s, clock_mono_ms());
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

int line_start_reaper(struct server *s, struct err *err)
{
    int why = pthread_create(&s->reaper, NULL, reap, s);
    if (why)
        return ERR(err, ERR_SYSTEM, "no thread: %s", strerror(why));
    s->has_reaper = true;
    return 0;
}

void line_stop_reaper(struct server *s)
{
    pthread_mutex_lock(&s->lock);
    s->is_ending = true;
    pthread_cond_signal(&s->ending);
    pthread_mutex_unlock(&s->lock);
    if (s->has_reaper)
        pthread_join(s->reaper, NULL);
    s->has_reaper = false;
}

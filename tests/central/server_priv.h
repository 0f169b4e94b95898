/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by server.c (requests), server_line.c (connections) and server_start.c only. */
#ifndef YJ_CENTRAL_SERVER_PRIV_H
#define YJ_CENTRAL_SERVER_PRIV_H

#include "server.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "request.h"
#include "work.h"

/* One connection, from accept to close. */
struct line {
    struct line *next, **at; /* list of the server, under its lock */
    int fd;
    int64_t deadline_ms; /* monotonic; then it is cut */
    bool is_at_work;     /* a worker has its request: no deadline */
    bool has_peer;
    struct peer peer;
    char address[64];
};

struct server {
    const struct centre *centre;
    struct server_options options;
    struct MHD_Daemon *daemon;
    struct work *work;
    unsigned port;
    /* Connections. */
    pthread_mutex_t lock;
    pthread_cond_t ending;
    bool is_ending, has_reaper;
    pthread_t reaper;
    struct line *first;
    atomic_ulong n_lines, n_answered, pace; /* pace: answers in the last second */
    atomic_size_t held_bytes;               /* of bodies in memory */
};

/** Notification of libmicrohttpd: a connection begins or ends. */
void line_notify(void *arg, struct MHD_Connection *connection, void **socket_context,
                 enum MHD_ConnectionNotificationCode code);
struct line *line_of(struct MHD_Connection *connection);

/** Its next deadline. */
void line_wait(struct server *s, struct line *line, int64_t deadline_ms);
void line_set_at_work(struct server *s, struct line *line, bool is_at_work);

/** Thread that cuts connections that are over their time, and counts the pace. */
int line_start_reaper(struct server *s, struct err *err) YJ_CHECK;
void line_stop_reaper(struct server *s);

/** Handlers of libmicrohttpd. */
enum MHD_Result server_on_request(void *arg, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_bytes, void **req);
void server_on_completed(void *arg, struct MHD_Connection *connection, void **req,
                         enum MHD_RequestTerminationCode code);
/** For work_new: answer one request and wake its connection. */
void server_work(struct work_item *item);

#endif

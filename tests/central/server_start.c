/* SPDX-License-Identifier: Apache-2.0 */
/* Server: listening, limits, the end. Main thread. */
#define _GNU_SOURCE
#include "server_priv.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/mem.h"

#define TLS_PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

enum {
    SERVING_THREADS = 4,
    QUEUE_CAP = 4096,
    HEAD_BYTES = 24 << 10, /* a connection's memory: a head that is longer is answered with 431 */
    BACKLOG = 4096,
    SPARE_FILES = 256,
};

/* "127.0.0.1:8443" or "[::1]:8443" */
static int parse_listen(const char *listen, struct sockaddr_storage *ret, struct err *err)
{
    char host[64];
    const char *colon = strrchr(listen, ':');
    size_t n = colon ? (size_t)(colon - listen) : 0;
    bool has_brackets = n > 2 && listen[0] == '[' && listen[n - 1] == ']';
    if (n == 0 || n >= sizeof host)
        return ERR(err, ERR_INVALID, "the address must be HOST:PORT");
    snprintf(host, sizeof host, "%.*s", (int)(has_brackets ? n - 2 : n), listen + has_brackets);
    struct addrinfo hints = {.ai_family = has_brackets ? AF_INET6 : AF_INET,
                             .ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
    struct addrinfo *list = NULL;
    if (getaddrinfo(host, colon + 1, &hints, &list) != 0)
        return ERR(err, ERR_INVALID, "the address must be numbers, HOST:PORT");
    memcpy(ret, list->ai_addr, list->ai_addrlen);
    freeaddrinfo(list);
    return 0;
}

bool server_is_loopback(const char *listen)
{
    struct sockaddr_storage a = {0};
    if (parse_listen(listen, &a, NULL) < 0)
        return false;
    if (a.ss_family == AF_INET6)
        return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)&a)->sin6_addr);
    return ntohl(((const struct sockaddr_in *)&a)->sin_addr.s_addr) >> 24 == 127;
}

unsigned server_raise_limits(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return 256;
    if (limit.rlim_cur < limit.rlim_max) {
        struct rlimit more = {.rlim_cur = limit.rlim_max, .rlim_max = limit.rlim_max};
        if (setrlimit(RLIMIT_NOFILE, &more) == 0)
            limit = more;
    }
    rlim_t n = limit.rlim_cur > 2 * SPARE_FILES ? limit.rlim_cur - SPARE_FILES : SPARE_FILES;
    return n < SERVER_MAX_CONNECTIONS ? (unsigned)n : SERVER_MAX_CONNECTIONS;
}

static struct MHD_Daemon *start_daemon(struct server *s, const struct sockaddr_storage *address)
{
    const struct keyring *keys = s->centre->keys;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG |
                     (s->options.is_plain ? 0 : MHD_USE_TLS) |
                     (address->ss_family == AF_INET6 ? MHD_USE_IPv6 : 0);
    const struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)keyring_pem(keys, KEYRING_TLS_CERT_PEM)},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)keyring_pem(keys, KEYRING_TLS_KEY_PEM)},
        {MHD_OPTION_HTTPS_MEM_TRUST, 0, (void *)keyring_pem(keys, KEYRING_CA_PEM)},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)TLS_PRIORITIES},
        {MHD_OPTION_END, 0, NULL}};
    const struct MHD_OptionItem plain[] = {{MHD_OPTION_END, 0, NULL}};
    return MHD_start_daemon(
        flags, 0, NULL, NULL, server_on_request, s, MHD_OPTION_SOCK_ADDR, address,
        MHD_OPTION_NOTIFY_COMPLETED, server_on_completed, s, MHD_OPTION_NOTIFY_CONNECTION,
        line_notify, s, MHD_OPTION_THREAD_POOL_SIZE,
        s->options.is_plain ? 2u : (unsigned)SERVING_THREADS, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)s->options.idle_s, MHD_OPTION_CONNECTION_LIMIT,
        s->options.is_plain ? 256u : server_raise_limits(), MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)HEAD_BYTES, MHD_OPTION_LISTEN_BACKLOG_SIZE, (unsigned)BACKLOG, MHD_OPTION_ARRAY,
        s->options.is_plain ? plain : tls, MHD_OPTION_END);
}

static int start_into(struct server *s, const struct sockaddr_storage *address, struct err *err)
{
    int r = work_new(s->options.n_workers, QUEUE_CAP, server_work, &s->work, err);
    if (r == 0)
        r = line_start_reaper(s, err);
    if (r < 0)
        return r;
    s->daemon = start_daemon(s, address);
    const union MHD_DaemonInfo *info =
        s->daemon ? MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT) : NULL;
    if (!info)
        return ERR(err, ERR_SYSTEM, "cannot listen on %s", s->options.listen);
    s->port = info->port;
    return 0;
}

int server_start(const struct centre *c, const struct server_options *o, struct server **ret,
                 struct err *err)
{
    struct sockaddr_storage address = {0};
    int r = parse_listen(o->listen, &address, err);
    if (r < 0)
        return r;
    struct server *s = mem_zalloc(1, sizeof *s);
    s->centre = c;
    s->options = *o;
    pthread_mutex_init(&s->lock, NULL);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&s->ending, &attr);
    pthread_condattr_destroy(&attr);
    r = start_into(s, &address, err);
    if (r < 0) {
        server_stop(s);
        return r;
    }
    *ret = s;
    return 0;
}

unsigned server_port(const struct server *s)
{
    return s->port;
}

void server_stop(struct server *s)
{
    if (!s)
        return;
    MHD_socket listener = s->daemon ? MHD_quiesce_daemon(s->daemon) : MHD_INVALID_SOCKET;
    fault_plan_stop(s->centre->faults);
    /* Every request that is suspended is answered before the daemon may end. */
    if (s->work)
        work_stop(s->work);
    if (s->daemon)
        MHD_stop_daemon(s->daemon);
    /* Not earlier: the serving threads take it out of their sets in their own time. */
    if (listener != MHD_INVALID_SOCKET)
        close(listener);
    line_stop_reaper(s);
    work_free(s->work);
    pthread_cond_destroy(&s->ending);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

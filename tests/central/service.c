/* SPDX-License-Identifier: Apache-2.0 */
/* Wiring of the centre. Main thread. */
#include "service.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "checker.h"
#include "control.h"
#include "counters.h"
#include "desk.h"
#include "drain.h"
#include "files.h"
#include "fleet.h"
#include "limit.h"
#include "opener.h"
#include "server.h"
#include "withdrawals.h"

enum { OPERATORS_WORKERS = 4 };

struct service {
    struct centre centre;
    int signal_fd, control_fd;
    struct fault_plan *faults;
    struct registry *registry;
    struct limiter *limiter;
    struct drain *drain;
    struct files *files;
    struct checker *checker;
    struct opener *opener;
    struct counters *counters;
    struct fleet *fleet;
    struct withdrawals *withdrawals;
    struct server *server, *admin;
};

/* Appears whole or not at all: whoever waits for it may read it at once. */
static int write_port_file(const char *path, unsigned port, struct err *err)
{
    char tmp[PATH_MAX];
    if (snprintf(tmp, sizeof tmp, "%s.new", path) >= (int)sizeof tmp)
        return ERR(err, ERR_INVALID, "the path of the port file is too long");
    FILE *f = fopen(tmp, "w");
    if (!f)
        return ERR(err, ERR_IO, "cannot write the port file");
    bool is_written = fprintf(f, "%u\n", port) > 0;
    is_written = fclose(f) == 0 && is_written;
    if (!is_written || rename(tmp, path) < 0)
        return ERR(err, ERR_IO, "cannot write the port file");
    return 0;
}

static int open_parts(const struct options *o, struct service *s, struct err *err)
{
    int r = 0;
    for (size_t i = 0; i < o->n_faults; i++)
        if ((r = fault_plan_add(s->faults, &o->fault[i], err)) < 0)
            return r;
    if ((r = s->signal_fd = control_catch_signals(err)) < 0)
        return r;
    if (o->control && (r = s->control_fd = control_listen(o->control, err)) < 0)
        return r;
    if (o->registry && (r = registry_open(o->registry, &s->registry, err)) < 0)
        return r;
    if (o->catalogue && (r = files_open(o->catalogue, &s->files, err)) < 0)
        return r;
    s->limiter = limiter_new();
    s->checker = checker_new();
    s->drain = drain_new(o->settings.drain_per_min);
    s->counters = counters_new();
    s->fleet = fleet_new();
    s->withdrawals = withdrawals_new(s->centre.db);
    return 0;
}

static int listen_for_terminals(const struct options *o, struct service *s, struct err *err)
{
    const struct server_options terminals = {.listen = o->listen,
                                             .routes = route_table(),
                                             .n_workers = o->n_workers,
                                             .patience_s = o->patience_s,
                                             .idle_s = o->idle_s};
    int r = server_start(&s->centre, &terminals, &s->server, err);
    if (r < 0)
        return r;
    return o->port_file ? write_port_file(o->port_file, server_port(s->server), err) : 0;
}

/* Before the terminals' listener: whoever waits for its port file finds both. */
static int listen_for_operators(const struct options *o, struct service *s, struct err *err)
{
    const struct server_options operators = {.listen = o->admin,
                                             .is_plain = true,
                                             .routes = fleet_routes(),
                                             .n_workers = OPERATORS_WORKERS,
                                             .patience_s = o->patience_s,
                                             .idle_s = o->idle_s};
    if (!server_is_loopback(o->admin) && !o->is_admin_open)
        return ERR(err, ERR_INVALID,
                   "--admin has neither TLS nor a password: an address of this machine, or"
                   " --admin-open behind something that has");
    int r = server_start(&s->centre, &operators, &s->admin, err);
    if (r < 0)
        return r;
    return o->admin_port_file ? write_port_file(o->admin_port_file, server_port(s->admin), err) : 0;
}

static int run(const struct options *o, struct service *s, struct err *err)
{
    struct centre *c = &s->centre;
    int r = open_parts(o, s, err);
    if (r == 0)
        r = desk_index(c->ledger, c->keys, err);
    if (r == 0)
        r = opener_start(c->keys, c->ledger, &s->opener, err);
    if (r < 0)
        return r;
    c->registry = s->registry;
    c->limiter = s->limiter;
    c->drain = s->drain;
    c->checker = s->checker;
    c->files = s->files;
    c->counters = s->counters;
    c->fleet = s->fleet;
    c->withdrawals = s->withdrawals;
    if (o->admin && (r = listen_for_operators(o, s, err)) < 0)
        return r;
    if ((r = listen_for_terminals(o, s, err)) < 0)
        return r;
    log_line(LOG_INFO, "central", "ready on port %u", server_port(s->server));
    return control_run(s->signal_fd, s->control_fd, c->ledger, s->faults, err);
}

int service_run(const struct options *o, const struct centre *c, struct err *err)
{
    struct service s = {
        .centre = *c, .signal_fd = -1, .control_fd = -1, .faults = fault_plan_new()};
    s.centre.faults = s.faults;
    int r = run(o, &s, err);
    server_stop(s.server);
    server_stop(s.admin);
    opener_stop(s.opener);
    if (s.control_fd >= 0) {
        close(s.control_fd);
        unlink(o->control);
    }
    if (s.signal_fd >= 0)
        close(s.signal_fd);
    withdrawals_free(s.withdrawals);
    fleet_free(s.fleet);
    counters_free(s.counters);
    files_close(s.files);
    drain_free(s.drain);
    checker_free(s.checker);
    limiter_free(s.limiter);
    fault_plan_free(s.faults);
    registry_close(s.registry);
    if (r == 0)
        log_line(LOG_INFO, "central", "ended");
    return r;
}

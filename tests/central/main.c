/* SPDX-License-Identifier: Apache-2.0 */
/* kiosk-central: the reference centre. Reads the command line, wires, waits. Main thread. */
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "base/bytes.h"
#include "base/log.h"
#include "control.h"
#include "desk.h"
#include "fault.h"
#include "keyring.h"
#include "ledger.h"
#include "registry.h"
#include "server.h"
#include "tool.h"

enum { EXIT_USAGE = 2, MAX_FAULT_OPTIONS = 32 };

static const char usage[] =
    "kiosk-central serve  --data DIR --keys DIR --listen ADDRESS:PORT [--port-file FILE]\n"
    "                     [--control SOCKET] [--registry FILE] [--fault KIND[:N]]...\n"
    "kiosk-central record --data DIR --keys DIR (--uuid U | --number N | --latest)\n"
    "kiosk-central list   --data DIR\n"
    "kiosk-central gaps   --data DIR\n"
    "kiosk-central verify --data DIR --keys DIR\n"
    "faults: http-500 http-503 http-429 refuse-403 bare-200 html slow:MS drop-after-commit\n"
    "        bad-signature\n"
    "exit status: 0 done, 1 failed or not in order, 2 wrong call\n";

struct options {
    const char *command;
    const char *data, *keys, *listen, *port_file, *control, *registry;
    const char *text; /* of --uuid or --number */
    enum ledger_key key;
    bool has_key;
    struct fault fault[MAX_FAULT_OPTIONS];
    size_t n_faults;
};

static int take_fault(struct options *o, const char *text, struct err *err)
{
    if (o->n_faults == MAX_FAULT_OPTIONS)
        return ERR(err, ERR_INVALID, "too many faults");
    return fault_parse(text, &o->fault[o->n_faults++], err);
}

static void take_key(struct options *o, enum ledger_key key, const char *text)
{
    o->key = key;
    o->text = text;
    o->has_key = true;
}

static int parse_options(int argc, char **argv, struct options *o, struct err *err)
{
    static const struct option table[] = {
        {"data", required_argument, NULL, 'd'},
        {"keys", required_argument, NULL, 'k'},
        {"listen", required_argument, NULL, 'l'},
        {"port-file", required_argument, NULL, 'p'},
        {"control", required_argument, NULL, 'c'},
        {"fault", required_argument, NULL, 'f'},
        {"uuid", required_argument, NULL, 'u'},
        {"number", required_argument, NULL, 'n'},
        {"latest", no_argument, NULL, 't'},
        {"registry", required_argument, NULL, 'r'},
        {NULL, 0, NULL, 0},
    };
    int opt, r = 0;
    while (r == 0 && (opt = getopt_long(argc, argv, "", table, NULL)) != -1) {
        if (opt == 'd')
            o->data = optarg;
        else if (opt == 'k')
            o->keys = optarg;
        else if (opt == 'l')
            o->listen = optarg;
        else if (opt == 'p')
            o->port_file = optarg;
        else if (opt == 'c')
            o->control = optarg;
        else if (opt == 'r')
            o->registry = optarg;
        else if (opt == 'f')
            r = take_fault(o, optarg, err);
        else if (opt == 'u')
            take_key(o, LEDGER_BY_UUID, optarg);
        else if (opt == 'n')
            take_key(o, LEDGER_BY_NUMBER, optarg);
        else if (opt == 't')
            take_key(o, LEDGER_LATEST, NULL);
        else
            r = ERR(err, ERR_INVALID, "unknown option");
    }
    if (r == 0 && optind != argc - 1)
        r = ERR(err, ERR_INVALID, "one command is needed");
    if (r == 0)
        o->command = argv[optind];
    return r;
}

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

struct service {
    int signal_fd, control_fd;
    struct fault_plan *faults;
    struct registry *registry;
    struct server *server;
};

static int run_service(const struct options *o, const struct keyring *keys, struct ledger *ledger,
                       struct service *s, struct err *err)
{
    int r;
    for (size_t i = 0; i < o->n_faults; i++)
        if ((r = fault_plan_add(s->faults, &o->fault[i], err)) < 0)
            return r;
    if ((r = s->signal_fd = control_catch_signals(err)) < 0)
        return r;
    if (o->control && (r = s->control_fd = control_listen(o->control, err)) < 0)
        return r;
    if (o->registry && (r = registry_open(o->registry, &s->registry, err)) < 0)
        return r;
    if ((r = desk_index(ledger, keys, err)) < 0)
        return r;
    if ((r = server_start(keys, s->registry, ledger, s->faults, o->listen, &s->server, err)) < 0)
        return r;
    if (o->port_file && (r = write_port_file(o->port_file, server_port(s->server), err)) < 0)
        return r;
    log_line(LOG_INFO, "central", "ready on port %u", server_port(s->server));
    return control_run(s->signal_fd, s->control_fd, ledger, s->faults, err);
}

static int serve(const struct options *o, const struct keyring *keys, struct ledger *ledger,
                 struct err *err)
{
    struct service s = {.signal_fd = -1, .control_fd = -1, .faults = fault_plan_new()};
    int r = run_service(o, keys, ledger, &s, err);
    server_stop(s.server);
    if (s.control_fd >= 0) {
        close(s.control_fd);
        unlink(o->control);
    }
    if (s.signal_fd >= 0)
        close(s.signal_fd);
    fault_plan_free(s.faults);
    registry_close(s.registry);
    if (r == 0)
        log_line(LOG_INFO, "central", "ended");
    return r;
}

static int run_command(const struct options *o, const struct keyring *keys, struct ledger *ledger,
                       struct err *err)
{
    if (strcmp(o->command, "serve") == 0)
        return serve(o, keys, ledger, err);
    if (strcmp(o->command, "record") == 0)
        return tool_record(ledger, keys, o->key, o->text, err);
    if (strcmp(o->command, "verify") == 0)
        return tool_verify(ledger, keys, err);
    if (strcmp(o->command, "list") == 0)
        return tool_list(ledger, err);
    return tool_gaps(ledger, err);
}

/* Are the options those of the command? */
static bool is_call_complete(const struct options *o)
{
    bool is_serve = strcmp(o->command, "serve") == 0;
    bool is_record = strcmp(o->command, "record") == 0;
    bool is_verify = strcmp(o->command, "verify") == 0;
    bool is_known = is_serve || is_record || is_verify || strcmp(o->command, "list") == 0 ||
                    strcmp(o->command, "gaps") == 0;
    bool needs_keys = is_serve || is_record || is_verify;
    return is_known && o->data && (!needs_keys || o->keys) && is_serve == (o->listen != NULL) &&
           is_record == o->has_key &&
           (is_serve || (!o->port_file && !o->control && !o->registry && !o->n_faults));
}

int main(int argc, char **argv)
{
    json_set_alloc_funcs(malloc, bytes_free_wiped);
    struct err err = {0};
    struct options o = {0};
    int r = parse_options(argc, argv, &o, &err);
    if (r < 0 || !is_call_complete(&o)) {
        fprintf(stderr, "%s%s%s", err.msg, r < 0 ? "\n" : "", usage);
        return EXIT_USAGE;
    }
    struct keyring *keys = NULL;
    struct ledger *ledger = NULL;
    bool is_serve = strcmp(o.command, "serve") == 0;
    if (o.keys)
        r = keyring_open(o.keys, &keys, &err);
    if (r == 0)
        r = ledger_open(o.data, is_serve ? LEDGER_SERVE : LEDGER_LOOK, &ledger, &err);
    if (r == 0)
        r = run_command(&o, keys, ledger, &err);
    if (r < 0)
        log_err(LOG_ERROR, "central", &err);
    ledger_close(ledger);
    keyring_close(keys);
    return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

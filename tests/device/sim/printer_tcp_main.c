/* SPDX-License-Identifier: Apache-2.0 */
/* printer-tcp: the printer model as a network printer on loopback, without USB. Prints the port it
 * listens on, one line, and serves until SIGTERM or SIGINT. Main thread. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "printer_face.h"
#include "printer_model.h"
#include "printer_tcp.h"

static volatile bool is_stopped;

static void on_signal(int number)
{
    (void)number;
    is_stopped = true;
}

static void on_ready(uint16_t port)
{
    printf("%u\n", port);
    fflush(stdout);
}

static int usage(void)
{
    fputs("printer-tcp [--port N] [--out FOLDER] [--paper out|low|full] [--cover open|closed]\n"
          "            [--error] [--ignore-in-order] [--dialect NAME] [--speed FACTOR]\n"
          "An ESC/POS printer on 127.0.0.1:N (9100; 0: any free port, which is printed).\n"
          "FOLDER must exist; every ticket becomes a PNG there and a line in tickets.jsonl.\n",
          stderr);
    return 2;
}

struct choice {
    struct printer_cfg cfg;
    unsigned long port;
    enum printer_paper paper;
    bool is_open, is_broken;
};

static bool option_take(struct choice *c, int option, const char *value)
{
    char *end = NULL;

    switch (option) {
    case 'p':
        c->port = strtoul(value, &end, 10);
        return *end == '\0' && c->port <= 65535;
    case 'o':
        c->cfg.out_dir = value;
        c->cfg.has_raw_log = true;
        return true;
    case 'r':
        c->paper = strcmp(value, "out") == 0   ? PRINTER_PAPER_OUT
                   : strcmp(value, "low") == 0 ? PRINTER_PAPER_LOW
                                               : PRINTER_PAPER_FULL;
        return strcmp(value, "out") == 0 || strcmp(value, "low") == 0 || strcmp(value, "full") == 0;
    case 'c':
        c->is_open = strcmp(value, "open") == 0;
        return c->is_open || strcmp(value, "closed") == 0;
    case 'e':
        c->is_broken = true;
        return true;
    case 'i':
        c->cfg.ignores_in_order = true;
        return true;
    case 'd':
        return printer_dialect_of(value, &c->cfg.dialect) == 0;
    case 's':
        c->cfg.speed = strtod(value, &end);
        return *end == '\0' && c->cfg.speed > 0;
    default:
        return false;
    }
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"port", required_argument, NULL, 'p'},
        {"out", required_argument, NULL, 'o'},
        {"paper", required_argument, NULL, 'r'},
        {"cover", required_argument, NULL, 'c'},
        {"error", no_argument, NULL, 'e'},
        {"ignore-in-order", no_argument, NULL, 'i'},
        {"dialect", required_argument, NULL, 'd'},
        {"speed", required_argument, NULL, 's'},
        {NULL, 0, NULL, 0},
    };
    struct choice c = {.cfg = {.speed = 10}, .port = 9100};
    struct sigaction sa = {.sa_handler = on_signal};

    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;)
        if (!option_take(&c, o, optarg))
            return usage();
    if (optind != argc)
        return usage();
    sigaction(SIGTERM, &sa, NULL);
    sigaction(SIGINT, &sa, NULL);
    struct printer_model *m = printer_model_new(NULL, &c.cfg);
    printer_model_paper(m, c.paper, 0);
    printer_model_cover(m, c.is_open);
    printer_model_break(m, c.is_broken);
    int r = printer_tcp_serve(m, (uint16_t)c.port, &is_stopped, on_ready);
    if (r < 0)
        fprintf(stderr, "printer-tcp: port %lu: %s\n", c.port, strerror(errno));
    printer_model_free(m);
    return r < 0;
}

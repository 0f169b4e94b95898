/* SPDX-License-Identifier: Apache-2.0 */
/* The printer model behind a TCP port of its own until SIGTERM; then its report as one line of
 * JSON. judge_tcp FOLDER: prints the port first. Main thread. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "printer_face.h"
#include "printer_tcp.h"

static volatile bool is_stopped; /* set by the signal handler */

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

int main(int argc, char **argv)
{
    struct printer_cfg cfg = {.speed = 20};
    struct sigaction action = {.sa_handler = on_signal};

    if (argc != 2) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    cfg.out_dir = argv[1];
    sigaction(SIGTERM, &action, NULL);
    struct printer_model *m = printer_model_new(NULL, &cfg);
    int r = printer_tcp_serve(m, 0, &is_stopped, on_ready);
    json_t *report = printer_report(m);
    char *text = json_dumps(report, JSON_COMPACT);
    puts(text ? text : "{}");
    free(text);
    json_decref(report);
    printer_model_free(m);
    return r < 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* kiosk-sim: a USB world of card reader, code scanner and ticket printer for unmodified clients,
 * driven over a control socket. Main thread; umockdev, the timers and guests have one each. */
#define _GNU_SOURCE
#include "sim.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char usage[] =
    "usage: kiosk-sim --socket PATH --out DIR [--cards FILE] [--speed F]\n"
    "                 [--absent reader,scanner,printer] [--sanitizer-preload LIBS]\n"
    "                 [--scanner KIND] [--reader-profile A|B] [--printer-buffer BYTES]\n"
    "                 [--printer-dialect NAME] [--vpcd PORT] [--camera] [--keypad FACE]\n"
    "                 [--seed N]\n"
    "                 [--redir DIR]\n"
    "                 [-- COMMAND ARGS...]\n"
    "--redir offers each device to a QEMU guest on the socket DIR/<device>.sock instead\n";

struct args {
    struct world_cfg world;
    const char *socket, *preload;
    unsigned seed;
};

static int set_absent(struct world_cfg *cfg, char *list)
{
    char *save = NULL;

    for (char *w = strtok_r(list, ",", &save); w; w = strtok_r(NULL, ",", &save)) {
        int device = world_device_of(w);
        if (device < 0)
            return -1;
        cfg->is_absent[device] = true;
    }
    return 0;
}

/* @return 0, or -1 when the command line makes no sense */
static int args_read(struct args *a, int argc, char **argv)
{
    static const struct option options[] = {
        {"socket", 1, NULL, 's'},
        {"out", 1, NULL, 'o'},
        {"cards", 1, NULL, 'c'},
        {"speed", 1, NULL, 'f'},
        {"absent", 1, NULL, 'a'},
        {"sanitizer-preload", 1, NULL, 'p'},
        {"scanner-layout", 1, NULL, 'l'},
        {"scanner", 1, NULL, 'l'},
        {"reader-profile", 1, NULL, 'r'},
        {"printer-buffer", 1, NULL, 'b'},
        {"printer-dialect", 1, NULL, 'd'},
        {"vpcd", 1, NULL, 'v'},
        {"keypad", 1, NULL, 'k'},
        {"seed", 1, NULL, 'e'},
        {"redir", 1, NULL, 'R'},
        {"camera", 0, NULL, 'C'},
        {NULL, 0, NULL, 0},
    };
    int c;

    *a = (struct args){.world = {.speed = 1}, .seed = 1};
    while ((c = getopt_long(argc, argv, "+", options, NULL)) != -1) {
        if (c == 's')
            a->socket = optarg;
        else if (c == 'o')
            a->world.out_dir = optarg;
        else if (c == 'c')
            a->world.cards = optarg;
        else if (c == 'f')
            a->world.speed = atof(optarg);
        else if (c == 'p')
            a->preload = optarg;
        else if (c == 'r')
            a->world.is_one_pipe = optarg[0] == 'B';
        else if (c == 'b')
            a->world.printer_buffer = (size_t)atol(optarg);
        else if (c == 'd')
            a->world.dialect = optarg;
        else if (c == 'v')
            a->world.vpcd_port = (uint16_t)strtoul(optarg, NULL, 10);
        else if (c == 'k')
            a->world.keypad = optarg;
        else if (c == 'e')
            a->seed = (unsigned)strtoul(optarg, NULL, 10);
        else if (c == 'C')
            a->world.has_camera = true;
        else if (c == 'R')
            a->world.redir_dir = optarg;
        else if (c == 'l') /* "--scanner-layout A" is an older name of "--scanner a" */
            a->world.scanner = optarg;
        else if (c != 'a' || set_absent(&a->world, optarg) < 0)
            return -1;
    }
    bool has_client = optind < argc;
    bool is_guest = a->world.redir_dir != NULL; /* has no testbed: no clients, no camera */
    if (is_guest && (has_client || a->world.has_camera))
        return -1;
    return a->socket && a->world.out_dir && a->world.speed > 0 ? 0 : -1;
}

static void print_env(const char *preload)
{
    json_t *env = spawn_env(preload), *value;
    const char *key;

    json_object_foreach(env, key, value) printf("export %s='%s'\n", key, json_string_value(value));
    fflush(stdout);
    json_decref(env);
}

int main(int argc, char **argv)
{
    struct sim sim = {.is_quitting = false};
    struct args args;
    char error[160];
    sigset_t set;
    pid_t child = 0;

    if (args_read(&args, argc, argv) < 0) {
        fputs(usage, stderr);
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, NULL);
    int signals = signalfd(-1, &set, SFD_CLOEXEC);
    if (mkdir(args.world.out_dir, 0755) < 0 && errno != EEXIST) {
        fprintf(stderr, "kiosk-sim: %s: %s\n", args.world.out_dir, strerror(errno));
        return 2;
    }
    int listener = server_listen(args.socket);
    if (listener < 0) {
        fprintf(stderr, "kiosk-sim: %s: %s\n", args.socket, strerror(errno));
        return 2;
    }
    if (world_init(&sim.world, &args.world, error) < 0) {
        fprintf(stderr, "kiosk-sim: %s\n", error);
        unlink(args.socket);
        return 2;
    }
    sim.preload = args.preload;
    sim.seed = args.seed;
    if (optind < argc) {
        if (sim.preload == NULL)
            sim.preload = spawn_detect_sanitizer(argv[optind]);
        child = spawn_client(argv + optind, sim.preload);
    } else if (!args.world.redir_dir) {
        print_env(sim.preload);
    }
    int status = server_run(&sim, listener, signals, child);
    unlink(args.socket);
    close(listener);
    world_fini(&sim.world);
    close(signals);
    if (child <= 0)
        return 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of kiosk-sim. All of it runs on the main thread. */
#ifndef YJ_SIM_SIM_H
#define YJ_SIM_SIM_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

#include "printer_model.h"
#include "reader_model.h"
#include "scanner_model.h"

/* ---- sim_world.c: the three devices ---- */

enum { WORLD_READER, WORLD_SCANNER, WORLD_PRINTER, WORLD_DEVICES };

struct world {
    struct usbemu_bus *bus;
    struct card_box *cards;
    struct reader_model *reader;
    struct scanner_model *scanner;
    struct printer_model *printer;
    struct usbemu_dev *devs[WORLD_DEVICES];
};

struct world_cfg {
    const char *out_dir, *cards; /* cards may be NULL: none */
    double speed;
    size_t printer_buffer;
    enum scanner_layout layout;
    bool is_one_pipe;
    bool is_absent[WORLD_DEVICES];
};

/** @return 0, or -1 with a sentence in ret_error. */
int world_init(struct world *w, const struct world_cfg *cfg, char ret_error[160]);
void world_fini(struct world *w);
/** @return WORLD_READER.. or -1 */
int world_device(const char *name);
const char *world_device_name(int device);
/** @return JSON, owned by the caller. */
json_t *world_status(struct world *w);
json_t *world_tickets(struct world *w);

/* ---- sim_spawn.c: clients ---- */

/**
 * What a client needs in its environment.
 * @param preload  libraries that must be loaded in front (sanitizers), or NULL
 * @return JSON object of strings, owned by the caller
 */
json_t *spawn_env(const char *preload);
/** @return the sanitizer runtime a program is linked with ("libasan.so.8"), or NULL. Static. */
const char *spawn_detect_sanitizer(const char *program);
/** @return the child, or -1. */
pid_t spawn_client(char *const argv[], const char *preload);

/* ---- sim_command.c: one line in, one line out ---- */

struct sim {
    struct world world;
    const char *preload;
    bool is_quitting;
};

/** @param line  changed on the way. @return the reply without its newline; free() it */
char *sim_command(struct sim *s, char *line);

/* ---- sim_server.c: sockets and signals ---- */

/**
 * Serve until quit, SIGTERM, SIGINT, or the child's end.
 * @param fd       listening socket
 * @param signals  signalfd of SIGTERM, SIGINT, SIGCHLD
 * @param child    or 0. @return its wait status, 0 without one
 */
int server_run(struct sim *s, int fd, int signals, pid_t child);
/** @return listening socket, or -1 with errno. A dead socket of that name is replaced. */
int server_listen(const char *path);

#endif

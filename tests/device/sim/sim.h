/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of kiosk-sim. All of it runs on the main thread. */
#ifndef YJ_SIM_SIM_H
#define YJ_SIM_SIM_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "keypad_model.h"
#include "printer_model.h"
#include "reader_model.h"
#include "scanner_face.h"

struct camera_model;
struct sscard_model;

/* ---- sim_world.c: the devices ---- */

enum {
    WORLD_READER,
    WORLD_SCANNER,
    WORLD_PRINTER,
    WORLD_SSCARD,
    WORLD_CAMERA,
    WORLD_KEYPAD,
    WORLD_DEVICES
};

struct world {
    struct usbemu_bus *bus;
    struct card_box *cards;
    struct reader_model *reader;
    struct scanner_face *scanner;
    const char *scanner_kind; /* as in world_cfg, never NULL */
    struct printer_model *printer;
    struct sscard_model *sscard; /* NULL: no card slot */
    struct camera_model *camera; /* NULL: no camera */
    struct keypad_model *keypad; /* NULL: no keypad */
};

struct world_cfg {
    const char *out_dir, *cards; /* cards may be NULL: none */
    const char *redir_dir;       /* sockets for a QEMU guest instead of umockdev; NULL: none */
    double speed;
    size_t printer_buffer;
    const char *dialect; /* of the printer; NULL: epson */
    const char *scanner; /* kind of scanner_face_new; NULL: "c" */
    bool is_one_pipe;
    uint16_t vpcd_port; /* of the virtual card slot; 0: none */
    bool has_camera;
    const char *keypad; /* keypad_face_of; NULL: none */
    bool is_absent[WORLD_DEVICES];
};

/* What the dispatcher knows of a device; everything else is its face's affair. */
struct world_device {
    const char *name;
    bool (*is_there)(const struct world *w);          /* part of this world at all? */
    struct usbemu_dev *(*usb)(const struct world *w); /* NULL: no USB device of ours */
    /** NULL: usb says all, or it cannot be plugged. */
    void (*plug)(struct world *w, bool is_in);
    int (*order)(struct world *w, int n_words, char **words, char ret_error[160]);
    json_t *(*report)(struct world *w); /* object owned by the caller */
    /** Kinds of faults, and what may stand behind @ (NULL: nothing); lists end with NULL. */
    const char *const *(*faults)(const struct world *w);
    const char *const *places;
};

/** @return 0, or -1 with a sentence in ret_error. */
int world_init(struct world *w, const struct world_cfg *cfg, char ret_error[160]);
void world_fini(struct world *w);
/** @return WORLD_READER.. or -1 */
int world_device_of(const char *name);
const struct world_device *world_device(int device);
/** Plug or unplug. @return 0, or -1: not a device of this world that can be */
int world_plug(struct world *w, int device, bool is_in);
/** @return JSON, owned by the caller. */
json_t *world_status(struct world *w);
json_t *world_tickets(struct world *w);
/** Every device's fault kinds: {"reader": {"kinds": [..], "at": [..]}, ..} */
json_t *world_faults(struct world *w);

/* ---- sim_faces.c: the devices' faces, in the dispatcher's words ---- */

extern const struct world_device world_devices[WORLD_DEVICES];

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
    unsigned seed; /* of faults that come with a probability and without a seed; counts up */
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

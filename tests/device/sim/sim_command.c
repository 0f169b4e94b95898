/* SPDX-License-Identifier: Apache-2.0 */
/* The control language of kiosk-sim: finds the device a line is for and hands it on. Main thread.
 *
 *   DEVICE ORDER...        reader, scanner, printer, sscard, camera: see <device>_face.h; keypad
 *   fault DEVICE KIND...   the same as DEVICE fault KIND...
 *   plug DEVICE | unplug DEVICE
 *   card, paper, cover, cutter, head, broken, outlet, power, scan, show, key, headset ...   without
 * the device's name; status | tickets | faults | env | quit */
#define _GNU_SOURCE
#include "sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { WORDS_MAX = 64, ERROR_MAX = 160 };

/* ---- replies ---- */

static char *reply_ok(json_t *json)
{
    char *text = NULL, *reply = NULL;

    if (json == NULL)
        return mem_strdup("ok");
    text = json_dumps(json, JSON_COMPACT | JSON_ENSURE_ASCII);
    json_decref(json);
    if (text == NULL || asprintf(&reply, "ok %s", text) < 0)
        reply = mem_strdup("error out of memory");
    free(text);
    return reply;
}

static char *reply_error(const char *what, const char *arg)
{
    char *reply = NULL;

    if (asprintf(&reply, "error %s%s%s", what, arg ? ": " : "", arg ? arg : "") < 0)
        reply = mem_strdup("error");
    return reply;
}

/* ---- orders to a device ---- */

/* The rest of the line into words, behind those that are there. @return how many, or -1 */
static int words_split(char *rest, char **words, int n)
{
    char *save = NULL;

    for (char *w = strtok_r(rest, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
        if (n == WORDS_MAX)
            return -1;
        words[n++] = w;
    }
    return n;
}

/* A fault with a probability gets a seed when the line has none, so that a run can be repeated. */
static int seed_add(struct sim *s, char **words, int n, char text[32])
{
    bool has_p = false, has_seed = false;

    for (int i = 0; i < n; i++) {
        has_p |= strncmp(words[i], "p=", 2) == 0;
        has_seed |= strncmp(words[i], "seed=", 5) == 0;
    }
    if (!has_p || has_seed || n == WORDS_MAX)
        return n;
    snprintf(text, 32, "seed=%u", s->seed++);
    words[n] = text;
    return n + 1;
}

static char *order(struct sim *s, int device, char **words, int n)
{
    const struct world_device *d = world_device(device);
    char error[ERROR_MAX] = "", seed[32];

    if (!d->is_there(&s->world))
        return reply_error("not part of this world", d->name);
    if (n > 0 && strcmp(words[0], "fault") == 0)
        n = seed_add(s, words, n, seed);
    if (n < 1 || d->order(&s->world, n, words, error) < 0)
        return reply_error(error[0] ? error : "an order is missing", NULL);
    return reply_ok(NULL);
}

/* The text of a code is one word as it stands, blanks and all, unless it says how it is meant. */
static bool is_verbatim(const char *verb, const char *rest)
{
    return strcmp(verb, "scan") == 0 && rest[0] != '\0' && strncmp(rest, "aim=", 4) != 0 &&
           strncmp(rest, "hex=", 4) != 0;
}

/* @param verb  first word of the order; rest is what follows it */
static char *order_line(struct sim *s, int device, char *verb, char *rest)
{
    char *words[WORDS_MAX] = {verb, rest};
    int n = 2;

    if (device != WORLD_SCANNER || !is_verbatim(verb, rest))
        n = words_split(rest, words, 1);
    return n < 0 ? reply_error("too many words", NULL) : order(s, device, words, n);
}

static char *do_fault(struct sim *s, char *rest)
{
    char *space = strchr(rest, ' '), fault[] = "fault";
    int device;

    if (space != NULL)
        *space = '\0';
    device = world_device_of(rest);
    if (device < 0 || space == NULL)
        return reply_error("fault DEVICE KIND [N | always | off] [p=PROB seed=S]", NULL);
    return order_line(s, device, fault, space + 1);
}

/* ---- commands: rest is what follows the first word, never NULL ---- */

static char *plugging(struct sim *s, const char *name, bool is_in)
{
    int device = world_device_of(name);

    if (device < 0 || !world_device(device)->is_there(&s->world) ||
        world_plug(&s->world, device, is_in) < 0)
        return reply_error("cannot be plugged in this world", name);
    return reply_ok(NULL);
}

static char *do_plug(struct sim *s, char *rest)
{
    return plugging(s, rest, true);
}

static char *do_unplug(struct sim *s, char *rest)
{
    return plugging(s, rest, false);
}

static char *do_status(struct sim *s, char *rest)
{
    (void)rest;
    return reply_ok(world_status(&s->world));
}

static char *do_tickets(struct sim *s, char *rest)
{
    (void)rest;
    return reply_ok(world_tickets(&s->world));
}

static char *do_faults(struct sim *s, char *rest)
{
    (void)rest;
    return reply_ok(world_faults(&s->world));
}

static char *do_env(struct sim *s, char *rest)
{
    (void)rest;
    return reply_ok(spawn_env(s->preload));
}

static char *do_quit(struct sim *s, char *rest)
{
    (void)rest;
    s->is_quitting = true;
    return reply_ok(NULL);
}

static const struct {
    const char *name;
    char *(*run)(struct sim *, char *rest);
} commands[] = {
    {"plug", do_plug},       {"unplug", do_unplug}, {"fault", do_fault}, {"status", do_status},
    {"tickets", do_tickets}, {"faults", do_faults}, {"env", do_env},     {"quit", do_quit},
};

/* Orders that are one device's alone need not name it. */
static const struct {
    const char *name;
    int device;
} verbs[] = {
    {"card", WORLD_READER},   {"scan", WORLD_SCANNER},   {"paper", WORLD_PRINTER},
    {"cover", WORLD_PRINTER}, {"cutter", WORLD_PRINTER}, {"head", WORLD_PRINTER},
    {"show", WORLD_CAMERA},   {"broken", WORLD_PRINTER}, {"outlet", WORLD_PRINTER},
    {"power", WORLD_PRINTER}, {"key", WORLD_KEYPAD},     {"headset", WORLD_KEYPAD},
};

/* Ends the first word of a line. @return what follows it, never NULL */
static char *word_cut(char *line)
{
    char *space = strchr(line, ' ');

    if (space == NULL)
        return line + strlen(line);
    *space = '\0';
    return space + 1;
}

char *sim_command(struct sim *s, char *line)
{
    char *rest = word_cut(line);
    int device = world_device_of(line);

    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(commands[i].name, line) == 0)
            return commands[i].run(s, rest);
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (strcmp(verbs[i].name, line) == 0)
            return order_line(s, verbs[i].device, line, rest);
    if (device < 0)
        return reply_error("no such command", line);
    line = rest;
    rest = word_cut(line);
    return order_line(s, device, line, rest);
}

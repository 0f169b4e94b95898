/* SPDX-License-Identifier: Apache-2.0 */
/* The control language of kiosk-sim. Main thread. */
#define _GNU_SOURCE
#include "sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct word {
    const char *name;
    int value;
};

static const struct word reader_faults[] = {
    {"off", READER_FAULT_NONE},      {"xor", READER_FAULT_XOR},
    {"len", READER_FAULT_LEN},       {"truncated", READER_FAULT_TRUNCATE},
    {"stall", READER_FAULT_STALL},   {"silent", READER_FAULT_SILENT},
    {"late", READER_FAULT_LATE},     {"noise", READER_FAULT_NOISE},
    {"unplug", READER_FAULT_UNPLUG}, {NULL, 0},
};
static const struct word reader_commands[] = {
    {"reset", 0x10ff},  {"status", 0x11ff}, {"samid", 0x12ff},  {"find", 0x2001},
    {"select", 0x2002}, {"read", 0x3001},   {"readfp", 0x3010}, {"address", 0x3003},
    {"manage", 0x3005}, {NULL, 0},
};
static const struct word scanner_faults[] = {
    {"off", SCANNER_FAULT_NONE},
    {"silent", SCANNER_FAULT_SILENT},
    {"truncated", SCANNER_FAULT_TRUNCATED},
    {"length", SCANNER_FAULT_LENGTH},
    {"slow", SCANNER_FAULT_SLOW},
    {"stall", SCANNER_FAULT_STALL},
    {"unplug", SCANNER_FAULT_UNPLUG},
    {"reply", SCANNER_FAULT_REPLY},
    {NULL, 0},
};
static const struct word printer_faults[] = {
    {"off", PRINTER_FAULT_NONE},      {"silent", PRINTER_FAULT_SILENT},
    {"stall", PRINTER_FAULT_STALL},   {"ioerror", PRINTER_FAULT_IOERROR},
    {"nak", PRINTER_FAULT_NAK},       {"drop", PRINTER_FAULT_DROP},
    {"unplug", PRINTER_FAULT_UNPLUG}, {NULL, 0},
};

static const struct word *word_find(const struct word *list, const char *name)
{
    for (; list->name; list++)
        if (name != NULL && strcmp(list->name, name) == 0)
            return list;
    return NULL;
}

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

/* ---- commands: rest is what follows the first word, never NULL ---- */

static char *do_card(struct sim *s, char *rest)
{
    char *save = NULL, *verb = strtok_r(rest, " ", &save), *name = strtok_r(NULL, " ", &save);

    if (verb != NULL && strcmp(verb, "lift") == 0) {
        reader_model_lift(s->world.reader);
        return reply_ok(NULL);
    }
    if (verb == NULL || strcmp(verb, "lay") != 0 || name == NULL)
        return reply_error("card lay NAME | card lift", NULL);
    const struct card *card = s->world.cards ? card_box_find(s->world.cards, name) : NULL;
    if (card == NULL)
        return reply_error("no such card", name);
    reader_model_lay(s->world.reader, card);
    return reply_ok(NULL);
}

static char *do_scan(struct sim *s, char *rest)
{
    if (rest[0] == '\0')
        return reply_error("scan TEXT", NULL);
    if (scanner_model_scan(s->world.scanner, rest, strlen(rest)) < 0)
        return reply_error("no client has the scanner", NULL);
    return reply_ok(NULL);
}

static char *do_paper(struct sim *s, char *rest)
{
    static const struct word papers[] = {{"full", PRINTER_PAPER_FULL},
                                         {"low", PRINTER_PAPER_LOW},
                                         {"out", PRINTER_PAPER_OUT},
                                         {NULL, 0}};
    char *save = NULL, *verb = strtok_r(rest, " ", &save), *mm = strtok_r(NULL, " ", &save);
    const struct word *paper = word_find(papers, verb);

    if (verb != NULL && strcmp(verb, "tear") == 0) {
        printer_model_tear(s->world.printer);
        return reply_ok(NULL);
    }
    if (paper == NULL)
        return reply_error("paper out | low [MM] | full | tear", NULL);
    printer_model_paper(s->world.printer, (enum printer_paper)paper->value, mm ? atof(mm) : 0);
    return reply_ok(NULL);
}

static char *do_cover(struct sim *s, char *rest)
{
    bool is_open = strcmp(rest, "open") == 0;

    if (!is_open && strcmp(rest, "close") != 0)
        return reply_error("cover open | close", NULL);
    printer_model_cover(s->world.printer, is_open);
    return reply_ok(NULL);
}

static char *do_cutter(struct sim *s, char *rest)
{
    bool is_jam = strcmp(rest, "jam") == 0;

    if (!is_jam && strcmp(rest, "clear") != 0)
        return reply_error("cutter jam | clear", NULL);
    printer_model_cutter(s->world.printer, is_jam);
    return reply_ok(NULL);
}

static char *do_plug(struct sim *s, char *rest)
{
    int device = world_device(rest);

    if (device < 0)
        return reply_error("plug reader | scanner | printer", NULL);
    usbemu_plug(s->world.devs[device]);
    return reply_ok(NULL);
}

static char *do_unplug(struct sim *s, char *rest)
{
    int device = world_device(rest);

    if (device < 0)
        return reply_error("unplug reader | scanner | printer", NULL);
    usbemu_unplug(s->world.devs[device]);
    return reply_ok(NULL);
}

/* KIND or KIND@COMMAND; KIND is also swXX, an error SW3 in hex */
static char *fault_reader(struct sim *s, char *kind, int n)
{
    char *at = strchr(kind, '@');
    unsigned command = READER_ANY_COMMAND;
    uint8_t sw3 = 0;

    if (at != NULL) {
        const struct word *c = word_find(reader_commands, at + 1);
        if (c == NULL)
            return reply_error("no such reader command", at + 1);
        command = (unsigned)c->value;
        *at = '\0';
    }
    const struct word *w = word_find(reader_faults, kind);
    int fault = w ? w->value : READER_FAULT_SW;
    if (w == NULL) {
        char *end = NULL;
        unsigned long v = strncmp(kind, "sw", 2) == 0 ? strtoul(kind + 2, &end, 16) : 0;
        if (v == 0 || v > 0xff || end == NULL || *end != '\0')
            return reply_error("no such reader fault", kind);
        sw3 = (uint8_t)v;
    }
    reader_model_fault(s->world.reader, (enum reader_fault)fault, sw3, command, n);
    return reply_ok(NULL);
}

static char *do_fault(struct sim *s, char *rest)
{
    char *save = NULL, *dev = strtok_r(rest, " ", &save), *kind = strtok_r(NULL, " ", &save);
    char *count = strtok_r(NULL, " ", &save);
    int n = 1, device = dev ? world_device(dev) : -1;

    if (device < 0 || kind == NULL)
        return reply_error("fault reader | scanner | printer KIND [N | always | off]", NULL);
    if (count != NULL)
        n = strcmp(count, "always") == 0 ? -1
            : strcmp(count, "off") == 0  ? 0
                                         : (int)strtol(count, NULL, 10);
    if (device == WORLD_READER)
        return fault_reader(s, kind, n);
    const struct word *w =
        word_find(device == WORLD_SCANNER ? scanner_faults : printer_faults, kind);
    if (w == NULL)
        return reply_error("no such fault", kind);
    if (device == WORLD_SCANNER)
        scanner_model_fault(s->world.scanner, (enum scanner_fault)w->value, n);
    else
        printer_model_fault(s->world.printer, (enum printer_fault)w->value, n);
    return reply_ok(NULL);
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
    {"card", do_card},     {"scan", do_scan},       {"paper", do_paper},   {"cover", do_cover},
    {"cutter", do_cutter}, {"plug", do_plug},       {"unplug", do_unplug}, {"fault", do_fault},
    {"status", do_status}, {"tickets", do_tickets}, {"env", do_env},       {"quit", do_quit},
};

char *sim_command(struct sim *s, char *line)
{
    char *space = strchr(line, ' ');
    char *rest = space ? space + 1 : line + strlen(line);

    if (space != NULL)
        *space = '\0';
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(commands[i].name, line) == 0)
            return commands[i].run(s, rest);
    return reply_error("no such command", line);
}

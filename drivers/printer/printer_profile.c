/* SPDX-License-Identifier: Apache-2.0 */
/* Printer models as data. Pure; called while a driver is opened. */
#include "drivers/printer/printer_profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

static const struct key_word image_words[] = {{"gs_v_0", ESCPOS_IMAGE_GS_V_0},
                                              {"gs_8_l", ESCPOS_IMAGE_GS_8_L},
                                              {"esc_star", ESCPOS_IMAGE_ESC_STAR},
                                              {NULL, 0}};
static const struct key_word cutter_words[] = {{"none", ESCPOS_CUTTER_NONE},
                                               {"full", ESCPOS_CUTTER_FULL},
                                               {"partial", ESCPOS_CUTTER_PARTIAL},
                                               {NULL, 0}};
static const struct key_word form_words[] = {{"feed", ESCPOS_CUT_FEED},
                                             {"here", ESCPOS_CUT_HERE},
                                             {"return", ESCPOS_CUT_RETURN},
                                             {"old", ESCPOS_CUT_OLD},
                                             {NULL, 0}};
static const struct key_word support_words[] = {
    {"no", SUPPORT_NO}, {"yes", SUPPORT_YES}, {"probe", SUPPORT_PROBE}, {NULL, 0}};
static const struct key_word mode_words[] = {{"real_time", 0}, {"in_order", 1}, {NULL, 0}};
static const struct key_word counter_words[] = {
    {"none", COUNTER_NONE}, {"gs_g", COUNTER_GS_G}, {"custom", COUNTER_CUSTOM}, {NULL, 0}};
static const struct key_word clear_words[] = {{"none", CLEAR_NONE},
                                              {"dle_dc4", CLEAR_DC4},
                                              {"dle_enq", CLEAR_ENQ},
                                              {"both", CLEAR_BOTH},
                                              {NULL, 0}};
static const struct key_word reset_words[] = {
    {"never", RESET_NEVER}, {"stuck", RESET_STUCK}, {"after_job", RESET_AFTER_JOB}, {NULL, 0}};
static const struct key_word accept_words[] = {
    {"idle", EVIDENCE_IDLE}, {"in_order", EVIDENCE_IN_ORDER},   {"processed", EVIDENCE_PROCESSED},
    {"cut", EVIDENCE_CUT},   {"presented", EVIDENCE_PRESENTED}, {NULL, 0}};

/* A profile while it is read: what cannot be stored as it stands. */
struct draft {
    struct printer_profile p;
    int mode;
};

#define AT(field)             .offset = offsetof(struct draft, p.field)
#define TEXT(field)           .kind = KEY_TEXT, AT(field), .max = sizeof(((struct printer_profile *)0)->field)
#define INT(field, low, high) .kind = KEY_INT, AT(field), .min = (low), .max = (high)
#define WORD(field, list)     .kind = KEY_WORD, AT(field), .words = (list)
#define BOOL(field)           .kind = KEY_BOOL, AT(field)
#define HEX(field)            .kind = KEY_HEX, AT(field)

static const struct key profile_keys[] = {
    {.name = "note"},
    {.name = "vid"},
    {.name = "pid"},
    {.name = "status"},
    {.name = "mfg", TEXT(mfg)},
    {.name = "mdl", TEXT(mdl)},
    {.name = "cmd", TEXT(cmd)},
    {.name = "name", TEXT(name)},
    {.name = "vendor_class", BOOL(is_vendor_class)},
    {.name = "one_way", BOOL(is_one_way)},
    {.name = "short_end", BOOL(has_short_end)},
    {.name = "ask_names", BOOL(asks_names)},
    {.name = "dots", INT(head_dots, 64, 4096)},
    {.name = "dots_per_mm_x10", INT(dots_per_mm_x10, 30, 250)},
    {.name = "dots_to_blade", INT(blade_dots, 0, 1000)},
    {.name = "min_ticket_mm", INT(min_ticket_mm, 0, 300)},
    {.name = "near_end_mm", INT(near_end_mm, 0, 20000)},
    {.name = "slowest_mm_per_s", INT(slowest_mm_per_s, 5, 500)},
    {.name = "image", WORD(image, image_words)},
    {.name = "band_rows", INT(band_rows, 8, ESCPOS_MAX_BAND_ROWS)},
    {.name = "column_spacing", INT(column_spacing, 1, 255)},
    {.name = "trim_top", BOOL(is_top_trimmed)},
    {.name = "cutter", WORD(cutter, cutter_words)},
    {.name = "cut_form", WORD(cut_form, form_words)},
    {.name = "feed_before_cut_dots", INT(feed_before_cut_dots, 0, 255)},
    {.name = "status_mode",
     .kind = KEY_WORD,
     .offset = offsetof(struct draft, mode),
     .words = mode_words},
    {.name = "offline_response", BOOL(has_offline_response)},
    {.name = "hello", HEX(hello)},
    {.name = "panel_command", BOOL(has_panel_command)},
    {.name = "process_id", WORD(process_id, support_words)},
    {.name = "in_order", BOOL(has_in_order)},
    {.name = "cut_counter", WORD(cut_counter, counter_words)},
    {.name = "outlet", BOOL(has_outlet)},
    {.name = "present", HEX(present)},
    {.name = "retract", HEX(retract)},
    {.name = "eject", HEX(eject)},
    {.name = "accept", WORD(accept, accept_words)},
    {.name = "clear", WORD(clear, clear_words)},
    {.name = "soft_reset", WORD(soft_reset, reset_words)},
    {.name = "nul_fill", BOOL(can_fill)},
};

static const struct printer_profile defaults = {
    .vid = ID_ANY,
    .pid = ID_ANY,
    .dots_per_mm_x10 = 80,
    .blade_dots = 96,
    .slowest_mm_per_s = 50,
    .image = ESCPOS_IMAGE_GS_V_0,
    .band_rows = 128,
    .column_spacing = 24,
    .cutter = ESCPOS_CUTTER_PARTIAL,
    .process_id = SUPPORT_PROBE,
    .has_panel_command = true,
    .accept = EVIDENCE_IN_ORDER,
    .clear = CLEAR_BOTH,
    .soft_reset = RESET_STUCK,
    .can_fill = true,
};

/* A name of the table or of a preset, or a description in place. */
static int status_read(const json_t *entry, const char *path, struct printer_table *t,
                       struct printer_profile *p, struct err *err)
{
    const json_t *status = json_object_get(entry, "status");
    const char *name = status ? json_string_value(status) : "epson";
    char place[PATH_MAX_CHARS];
    for (size_t i = 0; name && i < t->n_dialects; i++)
        if (strcmp(t->dialect[i].name, name) == 0)
            p->dialect = &t->dialect[i];
    if (name && !p->dialect)
        p->dialect = printer_dialect_preset(name);
    if (p->dialect)
        return 0;
    if (name || !json_is_object(status))
        return ERR(err, ERR_SYNTAX, "%s/status: no dialect of this name", path);
    if (t->n_dialects == PRINTER_MAX_DIALECTS)
        return ERR(err, ERR_SYNTAX, "%s/status: more than %d dialects", path, PRINTER_MAX_DIALECTS);
    snprintf(place, sizeof place, "%.60s/status", path);
    p->dialect = &t->dialect[t->n_dialects];
    return printer_dialect_read(status, place, &t->dialect[t->n_dialects++], err);
}

/* A command of the table must not act in real time, nor make one with the byte behind it. */
static bool is_clean(const struct hex_bytes *h)
{
    return escpos_find_real_time(h->at, h->n) == h->n && (h->n == 0 || h->at[h->n - 1] != 0x10);
}

/* Rules between the keys. */
static int profile_check(const struct printer_profile *p, const char *path, struct err *err)
{
    unsigned facts = printer_dialect_facts(p->dialect);
    if (p->head_dots == 0)
        return ERR(err, ERR_SYNTAX, "%s/dots: is missing", path);
    if (p->is_vendor_class && (p->vid == ID_ANY || p->pid == ID_ANY))
        return ERR(err, ERR_SYNTAX, "%s/vendor_class: needs vid and pid", path);
    if (p->has_in_order && !printer_dialect_is_safe(p->dialect))
        return ERR(err, ERR_SYNTAX, "%s/in_order: its status bytes cannot be told from the reply",
                   path);
    if (!p->dialect->is_sorted && p->process_id != SUPPORT_NO)
        return ERR(err, ERR_SYNTAX, "%s/process_id: must be \"no\" with this status", path);
    if (p->is_in_order_status && (!p->dialect->is_sorted || p->dialect->n_polls == 0))
        return ERR(err, ERR_SYNTAX, "%s/status_mode: in_order needs a sorted status", path);
    if (p->has_outlet && !(facts & FACT_TICKET))
        return ERR(err, ERR_SYNTAX, "%s/outlet: its status tells nothing of a ticket", path);
    if (p->accept == EVIDENCE_PRESENTED && !p->has_outlet)
        return ERR(err, ERR_SYNTAX, "%s/accept: presented needs an outlet", path);
    if (p->accept == EVIDENCE_CUT && p->cut_counter == COUNTER_NONE)
        return ERR(err, ERR_SYNTAX, "%s/accept: cut needs a cut_counter", path);
    if (p->clear == CLEAR_NONE && !p->can_fill && p->soft_reset == RESET_NEVER)
        return ERR(err, ERR_SYNTAX, "%s/nul_fill: nothing is left that ends a broken picture",
                   path);
    if (!is_clean(&p->hello) || !is_clean(&p->present) || !is_clean(&p->retract) ||
        !is_clean(&p->eject))
        return ERR(err, ERR_SYNTAX, "%s: a command acts in real time (10 04, 10 05, 10 14)", path);
    return 0;
}

static int profile_read(const json_t *entry, size_t index, struct printer_table *t, struct err *err)
{
    struct draft draft = {.p = defaults};
    struct err why = {0};
    char path[PATH_MAX_CHARS];
    snprintf(path, sizeof path, "printer.json: /devices/%zu", index);
    int r = keys_read(entry, path, profile_keys, YJ_COUNT(profile_keys), &draft, ERR_SYNTAX, err);
    if (r == 0 && id_table_ids(entry, &draft.p.vid, &draft.p.pid, &why) != 0)
        r = ERR(err, ERR_SYNTAX, "%s: vid and pid must be four hexadecimal digits or \"*\"", path);
    if (r == 0)
        r = status_read(entry, path, t, &draft.p, err);
    draft.p.is_in_order_status = draft.mode != 0;
    /* a status that is not sorted leaves no room for process ids */
    if (r == 0 && !draft.p.dialect->is_sorted && !json_object_get(entry, "process_id"))
        draft.p.process_id = SUPPORT_NO;
    if (r == 0)
        r = profile_check(&draft.p, path, err);
    t->profile[t->n++] = draft.p;
    return r;
}

static int dialects_read(const json_t *dialects, struct printer_table *t, struct err *err)
{
    const char *name;
    json_t *value;
    int r = 0;
    if (!dialects)
        return 0;
    if (!json_is_object(dialects) || json_object_size(dialects) > PRINTER_MAX_DIALECTS)
        return ERR(err, ERR_SYNTAX, "printer.json: /dialects: must be at most %d named layouts",
                   PRINTER_MAX_DIALECTS);
    json_object_foreach((json_t *)(uintptr_t)dialects, name, value)
    {
        struct printer_dialect *d = &t->dialect[t->n_dialects];
        char path[PATH_MAX_CHARS];
        snprintf(path, sizeof path, "printer.json: /dialects/%.23s", name);
        if (strlen(name) >= sizeof d->name || name[0] == '\0')
            return ERR(err, ERR_SYNTAX, "%s: a name has 1 to %zu characters", path,
                       sizeof d->name - 1);
        r = printer_dialect_read(value, path, d, err);
        if (r != 0)
            return r;
        memcpy(d->name, name, strlen(name) + 1);
        t->n_dialects++;
    }
    return 0;
}

int printer_table_parse(const char *text, struct printer_table *ret, struct err *err)
{
    static const struct key root_keys[] = {{.name = "format"},
                                           {.name = "class"},
                                           {.name = "note"},
                                           {.name = "dialects"},
                                           {.name = "devices"}};
    json_t *root = NULL;
    int r = id_table_load(text, "printer", &root, err);
    if (r != 0)
        return r;
    memset(ret, 0, sizeof *ret);
    r = keys_read(root, "printer.json: ", root_keys, YJ_COUNT(root_keys), NULL, ERR_SYNTAX, err);
    if (r == 0)
        r = dialects_read(json_object_get(root, "dialects"), ret, err);
    const json_t *devices = json_object_get(root, "devices");
    for (size_t i = 0; i < json_array_size(devices) && r == 0; i++)
        r = profile_read(json_array_get(devices, i), i, ret, err);
    json_decref(root);
    return r;
}

const struct printer_profile *printer_table_find(const struct printer_table *t, uint16_t vid,
                                                 uint16_t pid, const struct printer_id *id)
{
    /* an office printer would print our commands as text, page after page */
    if (id->cmd[0] != '\0' && !strstr(id->cmd, "ESC") && !strstr(id->cmd, "EPOS"))
        return NULL;
    for (size_t i = 0; i < t->n; i++) {
        const struct printer_profile *p = &t->profile[i];
        if ((p->vid == ID_ANY || p->vid == vid) && (p->pid == ID_ANY || p->pid == pid) &&
            (p->mfg[0] == '\0' || strstr(id->mfg, p->mfg)) &&
            (p->mdl[0] == '\0' || strstr(id->mdl, p->mdl)) &&
            (p->cmd[0] == '\0' || strstr(id->cmd, p->cmd)))
            return p;
    }
    return NULL;
}

const struct printer_profile *printer_table_named(const struct printer_table *t, const char *name)
{
    for (size_t i = 0; i < t->n; i++)
        if (name[0] != '\0' && strcmp(t->profile[i].name, name) == 0)
            return &t->profile[i];
    return NULL;
}

bool printer_table_is_vendor(const struct printer_table *t, uint16_t vid, uint16_t pid)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->profile[i].is_vendor_class && t->profile[i].vid == vid && t->profile[i].pid == pid)
            return true;
    return false;
}

int printer_settings_parse(const char *text, const struct printer_table *table,
                           struct printer_settings *ret, struct err *err)
{
#define OF(field) .offset = offsetof(struct printer_settings, field)
    static const struct key keys[] = {
        {.name = "dots", .kind = KEY_INT, OF(dots), .min = 64, .max = 4096},
        {.name = "density", .kind = KEY_INT, OF(density), .min = -8, .max = 8},
        {.name = "speed", .kind = KEY_INT, OF(speed), .min = 0, .max = 14},
        {.name = "retract_s", .kind = KEY_INT, OF(retract_s), .min = 0, .max = 600},
        {.name = "panel_button", .kind = KEY_BOOL, OF(panel_button)},
        {.name = "cut_at_start", .kind = KEY_BOOL, OF(cut_at_start)},
        {.name = "profile", .kind = KEY_TEXT, OF(profile), .max = sizeof ret->profile},
    };
#undef OF
    json_error_t je;
    *ret = (struct printer_settings){.density = DENSITY_KEEP};
    if (!text)
        return 0;
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &je);
    if (!root)
        return ERR(err, ERR_INVALID, "devices/printer: line %d: %s", je.line, je.text);
    int r = keys_read(root, "devices/printer", keys, YJ_COUNT(keys), ret, ERR_INVALID, err);
    json_decref(root);
    if (r == 0 && ret->profile[0] != '\0' && !printer_table_named(table, ret->profile))
        r = ERR(err, ERR_INVALID, "devices/printer/profile: the table has no printer of this name");
    return r;
}

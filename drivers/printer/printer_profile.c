/* SPDX-License-Identifier: Apache-2.0 */
/* Printer models as data. Pure; called while a printer is opened. */
#include "drivers/printer/printer_profile.h"

#include <string.h>
#include <strings.h>

struct word {
    const char *text;
    int value;
};

static const struct word cutter_words[] = {{"none", ESCPOS_CUTTER_NONE},
                                           {"full", ESCPOS_CUTTER_FULL},
                                           {"partial", ESCPOS_CUTTER_PARTIAL},
                                           {NULL, ESCPOS_CUTTER_PARTIAL}};
static const struct word support_words[] = {
    {"no", SUPPORT_NO}, {"yes", SUPPORT_YES}, {"probe", SUPPORT_PROBE}, {NULL, SUPPORT_PROBE}};
static const struct word status_words[] = {{"epson", true}, {"none", false}, {NULL, true}};
static const struct word accept_words[] = {{"processed", EVIDENCE_PROCESSED},
                                           {"in_order", EVIDENCE_IN_ORDER},
                                           {"idle", EVIDENCE_IDLE},
                                           {NULL, EVIDENCE_IN_ORDER}};

/* The last row's value when the key is missing; -1 for a word that is not in the list. */
static int word_of(const json_t *entry, const char *key, const struct word *w)
{
    const char *text = json_string_value(json_object_get(entry, key));
    bool is_missing = json_object_get(entry, key) == NULL;
    for (; w->text; w++)
        if (text && strcmp(text, w->text) == 0)
            return w->value;
    return is_missing ? w->value : -1;
}

static int text_of(const json_t *entry, const char *key, char *out, size_t cap)
{
    const char *text = json_string_value(json_object_get(entry, key));
    out[0] = '\0';
    if (!json_object_get(entry, key))
        return 0;
    if (!text || strlen(text) >= cap)
        return -1;
    memcpy(out, text, strlen(text) + 1);
    return 0;
}

static int profile_parse(const json_t *entry, struct printer_profile *p, struct err *err)
{
    int r = id_table_ids(entry, &p->vid, &p->pid, err);
    if (r != 0)
        return r;
    int cutter = word_of(entry, "cutter", cutter_words);
    int process_id = word_of(entry, "process_id", support_words);
    int status = word_of(entry, "status", status_words);
    int accept = word_of(entry, "accept", accept_words);
    int dots = id_table_int(entry, "dots", 64, 4096, 0);
    if (cutter < 0 || process_id < 0 || status < 0 || accept < 0 || dots == 0 ||
        text_of(entry, "mfg", p->mfg, sizeof p->mfg) != 0 ||
        text_of(entry, "mdl", p->mdl, sizeof p->mdl) != 0 ||
        text_of(entry, "name", p->name, sizeof p->name) != 0)
        return ERR(err, ERR_SYNTAX, "device table: a printer's dots or one of its words is wrong");
    p->cutter = (enum escpos_cutter)cutter;
    p->process_id = (enum printer_support)process_id;
    p->has_status = status != 0;
    p->accept = (enum print_evidence)accept;
    p->head_dots = (uint32_t)dots;
    p->dots_per_mm_x10 = (uint16_t)id_table_int(entry, "dots_per_mm_x10", 30, 250, 80);
    p->has_in_order = json_is_true(json_object_get(entry, "in_order"));
    p->band_rows = (uint32_t)id_table_int(entry, "band_rows", 8, 128, 128);
    p->feed_before_cut_dots = (uint8_t)id_table_int(entry, "feed_before_cut_dots", 0, 255, 0);
    return 0;
}

int printer_table_parse(const char *text, struct printer_table *ret, struct err *err)
{
    json_t *root = NULL;
    int r = id_table_load(text, "printer", &root, err);
    if (r != 0)
        return r;
    const json_t *devices = json_object_get(root, "devices");
    memset(ret, 0, sizeof *ret);
    for (size_t i = 0; i < json_array_size(devices) && r == 0; i++)
        r = profile_parse(json_array_get(devices, i), &ret->profile[ret->n++], err);
    json_decref(root);
    return r;
}

/* Copy the value of "KEY:value;" when the key is one of the two spellings. */
static void field_take(const char *field, size_t n, const char *name, const char *long_name,
                       char *out, size_t cap)
{
    const char *colon = memchr(field, ':', n);
    if (!colon)
        return;
    size_t key = (size_t)(colon - field), value = n - key - 1;
    bool is_it = (key == strlen(name) && strncasecmp(field, name, key) == 0) ||
                 (key == strlen(long_name) && strncasecmp(field, long_name, key) == 0);
    if (!is_it || out[0] != '\0')
        return;
    size_t len = 0;
    for (size_t i = 0; i < value && len + 1 < cap; i++)
        if (colon[1 + i] >= 0x20 && colon[1 + i] < 0x7F)
            out[len++] = colon[1 + i];
    out[len] = '\0';
}

void printer_id_parse(const uint8_t *raw, size_t n, struct printer_id *ret)
{
    memset(ret, 0, sizeof *ret);
    if (n < 2)
        return;
    size_t big = (size_t)raw[0] << 8 | raw[1], little = (size_t)raw[1] << 8 | raw[0];
    size_t len = big >= 14 && big <= n ? big : little >= 14 && little <= n ? little : n;
    const char *text = (const char *)raw;
    for (size_t at = 2; at < len;) {
        const char *end = memchr(text + at, ';', len - at);
        size_t field = end ? (size_t)(end - text) - at : len - at;
        while (field > 0 && text[at] == ' ') {
            at++;
            field--;
        }
        field_take(text + at, field, "MFG", "MANUFACTURER", ret->mfg, sizeof ret->mfg);
        field_take(text + at, field, "MDL", "MODEL", ret->mdl, sizeof ret->mdl);
        field_take(text + at, field, "CMD", "COMMAND SET", ret->cmd, sizeof ret->cmd);
        at += field + 1;
    }
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
            (p->mdl[0] == '\0' || strstr(id->mdl, p->mdl)))
            return p;
    }
    return NULL;
}

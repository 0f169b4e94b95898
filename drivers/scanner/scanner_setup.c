/* SPDX-License-Identifier: Apache-2.0 */
/* Table and settings of the scanner driver. Pure apart from jansson's memory. */
#include "drivers/scanner/scanner_setup.h"

#include <stdlib.h>
#include <string.h>

#include "drivers/scanner/scanner_aim.h"

struct word {
    const char *name;
    int value;
};

/* @return 0 and the value of a word, the first one when the key is missing; -1 for another word */
static int word_of(const json_t *object, const char *key, const struct word *words, int *ret)
{
    const json_t *v = json_object_get(object, key);
    *ret = words[0].value;
    if (!v)
        return 0;
    const char *text = json_string_value(v);
    for (size_t i = 0; text && words[i].name; i++) {
        if (strcmp(words[i].name, text) != 0)
            continue;
        *ret = words[i].value;
        return 0;
    }
    return -1;
}

/* ---- table ---------------------------------------------------------------------------------- */

/* @return the first key that is not allowed, or NULL */
static const char *key_stranger(const json_t *object, const char *const *allowed)
{
    const char *key;
    const json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        size_t i = 0;
        while (allowed[i] && strcmp(allowed[i], key) != 0)
            i++;
        if (!allowed[i])
            return key;
    }
    return NULL;
}

static int entry_load(const json_t *in, struct scanner_entry *out, struct err *err)
{
    static const char *const keys[] = {"vid",    "pid",     "name", "interface",
                                       "layout", "dialect", NULL};
    static const struct word interfaces[] = {{"hid", SCANNER_HID}, {"cdc", SCANNER_CDC}, {0}};
    static const struct word dialects[] = {{"standard", SCANNER_STANDARD},
                                           {"honeywell", SCANNER_HONEYWELL},
                                           {"newland", SCANNER_NEWLAND},
                                           {0}};
    static const struct word layouts[] = {{"", 0}, {"a", 'a'}, {"b", 'b'}, {"c", 'c'}, {0}};
    int interface = 0, dialect = 0, layout = 0;
    int rc = id_table_ids(in, &out->vid, &out->pid, err);
    if (rc < 0)
        return rc;
    if (out->vid == ID_ANY)
        return ERR(err, ERR_SYNTAX, "device table: a scanner needs a vendor id");
    const char *stranger = key_stranger(in, keys);
    if (stranger)
        return ERR(err, ERR_SYNTAX, "device table: there is no key \"%.40s\"", stranger);
    const json_t *name = json_object_get(in, "name");
    if (name && !json_is_string(name))
        return ERR(err, ERR_SYNTAX, "device table: name must be a text");
    if (word_of(in, "interface", interfaces, &interface) < 0)
        return ERR(err, ERR_SYNTAX, "device table: interface must be hid or cdc");
    if (word_of(in, "dialect", dialects, &dialect) < 0)
        return ERR(err, ERR_SYNTAX, "device table: dialect must be standard, honeywell or newland");
    if (word_of(in, "layout", layouts, &layout) < 0)
        return ERR(err, ERR_SYNTAX, "device table: layout must be a, b or c");
    if (interface == SCANNER_CDC && out->pid == ID_ANY)
        return ERR(err, ERR_SYNTAX, "device table: cdc needs a product id, modems look the same");
    if (interface == SCANNER_CDC && dialect == SCANNER_NEWLAND)
        return ERR(err, ERR_SYNTAX, "device table: dialect newland is for hid");
    out->interface = (enum scanner_interface)interface;
    out->dialect = (enum scanner_dialect)dialect;
    out->layout = (char)layout;
    return 0;
}

int scanner_table_load(const char *text, struct scanner_table *ret, struct err *err)
{
    json_t *root = NULL;
    int rc = id_table_load(text, "scanner", &root, err);
    if (rc < 0)
        return rc;
    const json_t *devices = json_object_get(root, "devices");
    memset(ret, 0, sizeof *ret);
    ret->n = json_array_size(devices); /* at most ID_TABLE_MAX, id_table_load saw to it */
    for (size_t i = 0; i < ret->n && rc == 0; i++) {
        rc = entry_load(json_array_get(devices, i), &ret->at[i], err);
        if (rc < 0)
            err_prefix(err, "scanner table, entry %zu", i + 1);
    }
    json_decref(root);
    return rc;
}

const struct scanner_entry *scanner_table_find(const struct scanner_table *table,
                                               enum scanner_interface interface, uint16_t vid,
                                               uint16_t pid)
{
    const struct scanner_entry *any = NULL;
    for (size_t i = 0; i < table->n; i++) {
        const struct scanner_entry *e = &table->at[i];
        if (e->interface != interface || e->vid != vid)
            continue;
        if (e->pid == pid)
            return e;
        if (e->pid == ID_ANY && !any)
            any = e;
    }
    return any;
}

bool scanner_table_has(const struct scanner_table *table, uint16_t vid, uint16_t pid)
{
    return scanner_table_find(table, SCANNER_HID, vid, pid) ||
           scanner_table_find(table, SCANNER_CDC, vid, pid);
}

/* ---- settings ------------------------------------------------------------------------------- */

static int keys_check(const json_t *object, const char *where, const char *const *allowed,
                      struct err *err)
{
    const char *stranger = key_stranger(object, allowed);
    return stranger ? ERR(err, ERR_INVALID, "%s.%.40s is no setting", where, stranger) : 0;
}

static int bool_load(const json_t *root, const char *key, bool *ret, struct err *err)
{
    const json_t *v = json_object_get(root, key);
    if (v && !json_is_boolean(v))
        return ERR(err, ERR_INVALID, "devices.scanner.%s must be true or false", key);
    if (v)
        *ret = json_is_true(v);
    return 0;
}

static int letters_load(const json_t *list, char *letters, struct err *err)
{
    size_t n = json_array_size(list), k = 0;
    if (!list)
        return 0;
    if (!json_is_array(list) || n == 0 || n >= SCANNER_LETTERS_MAX)
        return ERR(err, ERR_INVALID, "devices.scanner.symbologies must be a list of 1 to %d names",
                   SCANNER_LETTERS_MAX - 1);
    for (; k < n; k++) {
        const char *name = json_string_value(json_array_get(list, k));
        letters[k] = name ? aim_letter_of(name) : 0;
        if (!letters[k])
            return ERR(err, ERR_INVALID, "devices.scanner.symbologies: entry %zu is unknown",
                       k + 1);
    }
    letters[k] = 0;
    return 0;
}

static int hex_load(const json_t *wedge, const char *key, uint16_t *ret, struct err *err)
{
    const char *text = json_string_value(json_object_get(wedge, key));
    if (!text || strlen(text) != 4 || strspn(text, "0123456789abcdefABCDEF") != 4)
        return ERR(err, ERR_INVALID, "devices.scanner.wedge.%s must be four hexadecimal digits",
                   key);
    *ret = (uint16_t)strtoul(text, NULL, 16);
    return 0;
}

static int wedge_load(const json_t *wedge, struct scanner_settings *s, struct err *err)
{
    static const char *const keys[] = {"vid", "pid", "port", NULL};
    if (!wedge)
        return 0;
    if (!json_is_object(wedge))
        return ERR(err, ERR_INVALID, "devices.scanner.wedge must be an object");
    int rc = keys_check(wedge, "devices.scanner.wedge", keys, err);
    if (rc == 0)
        rc = hex_load(wedge, "vid", &s->wedge_vid, err);
    if (rc == 0)
        rc = hex_load(wedge, "pid", &s->wedge_pid, err);
    if (rc < 0)
        return rc;
    const char *port = json_string_value(json_object_get(wedge, "port"));
    size_t n = port ? strlen(port) : 0;
    if (n < 3 || n >= sizeof s->wedge_port || strspn(port, "0123456789-.") != n)
        return ERR(err, ERR_INVALID, "devices.scanner.wedge.port must be a port path as 1-2.3");
    memcpy(s->wedge_port, port, n + 1);
    s->has_wedge = true;
    return 0;
}

static int cdc_load(const json_t *cdc, struct scanner_settings *s, struct err *err)
{
    static const char *const keys[] = {"suffix", "gap_ms", NULL};
    static const struct word suffixes[] = {{"cr", CDC_SUFFIX_CR},
                                           {"lf", CDC_SUFFIX_LF},
                                           {"crlf", CDC_SUFFIX_CRLF},
                                           {"none", CDC_SUFFIX_NONE},
                                           {0}};
    int suffix = 0;
    if (!cdc)
        return 0;
    if (!json_is_object(cdc))
        return ERR(err, ERR_INVALID, "devices.scanner.cdc must be an object");
    int rc = keys_check(cdc, "devices.scanner.cdc", keys, err);
    if (rc < 0)
        return rc;
    if (word_of(cdc, "suffix", suffixes, &suffix) < 0)
        return ERR(err, ERR_INVALID, "devices.scanner.cdc.suffix must be cr, lf, crlf or none");
    s->suffix = (enum cdc_suffix)suffix;
    const json_t *gap = json_object_get(cdc, "gap_ms");
    json_int_t ms = gap ? json_integer_value(gap) : s->gap_ms; /* 0 when it is no integer */
    if (ms < 20 || ms > 200)
        return ERR(err, ERR_INVALID, "devices.scanner.cdc.gap_ms must be 20 to 200");
    s->gap_ms = (int)ms;
    return 0;
}

static int root_load(const json_t *root, struct scanner_settings *s, struct err *err)
{
    static const char *const keys[] = {"source", "beep", "trigger", "symbologies",
                                       "wedge",  "cdc",  NULL};
    static const struct word triggers[] = {{"auto", false}, {"command", true}, {0}};
    static const struct word sources[] = {{"usb", 0}, {0}};
    int value = 0;
    int rc = keys_check(root, "devices.scanner", keys, err);
    if (rc < 0)
        return rc;
    if (word_of(root, "source", sources, &value) < 0)
        return ERR(err, ERR_INVALID, "devices.scanner.source must be usb here");
    if (word_of(root, "trigger", triggers, &value) < 0)
        return ERR(err, ERR_INVALID, "devices.scanner.trigger must be auto or command");
    s->is_command_trigger = value;
    rc = bool_load(root, "beep", &s->has_beep, err);
    if (rc == 0)
        rc = letters_load(json_object_get(root, "symbologies"), s->letters, err);
    if (rc == 0)
        rc = wedge_load(json_object_get(root, "wedge"), s, err);
    if (rc == 0)
        rc = cdc_load(json_object_get(root, "cdc"), s, err);
    return rc;
}

int scanner_settings_load(const char *text, struct scanner_settings *ret, struct err *err)
{
    struct scanner_settings s = {
        .has_beep = true, .letters = "Q", .suffix = CDC_SUFFIX_CR, .gap_ms = 50};
    json_error_t je;
    int rc = 0;
    if (text) {
        json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &je);
        rc = json_is_object(root)
                 ? root_load(root, &s, err)
                 : ERR(err, ERR_INVALID, "devices.scanner must be a JSON object without doubles");
        json_decref(root);
    }
    if (rc == 0)
        *ret = s;
    return rc;
}

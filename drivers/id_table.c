/* SPDX-License-Identifier: Apache-2.0 */
/* Device tables of assets/devices. Pure; called while a driver is opened. */
#include "drivers/id_table.h"

#include <stdlib.h>
#include <string.h>

int id_table_load(const char *text, const char *cls, json_t **ret, struct err *err)
{
    json_error_t je;
    json_t *root = json_loads(text ? text : "", JSON_REJECT_DUPLICATES, &je);
    if (!root)
        return ERR(err, ERR_SYNTAX, "device table of class %s, line %d: %s", cls, je.line, je.text);
    const char *found = json_string_value(json_object_get(root, "class"));
    const json_t *devices = json_object_get(root, "devices");
    if (!found || strcmp(found, cls) != 0 || !json_is_array(devices) ||
        json_array_size(devices) == 0 || json_array_size(devices) > ID_TABLE_MAX) {
        json_decref(root);
        return ERR(err, ERR_SYNTAX, "device table: no list of devices for class %s", cls);
    }
    *ret = root;
    return 0;
}

static int id_of(const json_t *entry, const char *key, int *ret)
{
    const char *text = json_string_value(json_object_get(entry, key));
    if (!json_object_get(entry, key) || (text && strcmp(text, "*") == 0)) {
        *ret = ID_ANY;
        return 0;
    }
    if (!text || strlen(text) != 4 || strspn(text, "0123456789abcdefABCDEF") != 4)
        return -1;
    *ret = (int)strtol(text, NULL, 16);
    return 0;
}

int id_table_ids(const json_t *entry, int *ret_vid, int *ret_pid, struct err *err)
{
    int vid = ID_ANY, pid = ID_ANY;
    if (!json_is_object(entry) || id_of(entry, "vid", &vid) != 0 || id_of(entry, "pid", &pid) != 0)
        return ERR(err, ERR_SYNTAX, "device table: an id must be four hexadecimal digits or \"*\"");
    *ret_vid = vid;
    *ret_pid = pid;
    return 0;
}

int id_table_int(const json_t *entry, const char *key, int min, int max, int fallback)
{
    const json_t *value = json_object_get(entry, key);
    if (!json_is_integer(value))
        return fallback;
    json_int_t n = json_integer_value(value);
    return n < min || n > max ? fallback : (int)n;
}

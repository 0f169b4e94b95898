/* SPDX-License-Identifier: Apache-2.0 */
/* Settings and table of the card slot. Pure apart from jansson's memory; runs in open. */
#include "drivers/card_slot/slot_cfg.h"

#include <stdio.h>
#include <string.h>

#include "drivers/id_table.h"

static const struct slot_model any_model = {.is_contact = true, .protocol = PCSC_ANY};

static int protocol_of(const json_t *value, enum pcsc_protocol *ret)
{
    static const char *const names[] = {[PCSC_ANY] = "any", [PCSC_T0] = "T0", [PCSC_T1] = "T1"};
    const char *text = value ? json_string_value(value) : "any";
    for (size_t i = 0; text && i < YJ_COUNT(names); i++)
        if (strcmp(text, names[i]) == 0) {
            *ret = (enum pcsc_protocol)i;
            return 0;
        }
    return -1;
}

static int model_load(const json_t *entry, struct slot_model *m, struct err *err)
{
    static const char *const keys[] = {"reader", "name", "contact", "power_on_delay_ms",
                                       "protocols"};
    const char *key, *part = json_string_value(json_object_get(entry, "reader"));
    const json_t *contact = json_object_get(entry, "contact");
    const json_t *delay = json_object_get(entry, "power_on_delay_ms");
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)entry, key, value)
    {
        bool is_known = false;
        for (size_t i = 0; i < YJ_COUNT(keys); i++)
            is_known |= strcmp(key, keys[i]) == 0;
        if (!is_known)
            return ERR(err, ERR_SYNTAX, "device table: there is no key \"%.40s\"", key);
    }
    if (!part || !part[0] || strlen(part) >= sizeof m->part)
        return ERR(err, ERR_SYNTAX, "device table: a card slot needs \"reader\", 1 to %zu bytes",
                   sizeof m->part - 1);
    if (contact && !json_is_boolean(contact))
        return ERR(err, ERR_SYNTAX, "device table: \"contact\" is true or false");
    m->power_on_delay_ms = id_table_int(entry, "power_on_delay_ms", 0, 10000, -1);
    if (delay && m->power_on_delay_ms < 0)
        return ERR(err, ERR_SYNTAX, "device table: \"power_on_delay_ms\" is 0 to 10000");
    if (!delay)
        m->power_on_delay_ms = 0;
    if (protocol_of(json_object_get(entry, "protocols"), &m->protocol) != 0)
        return ERR(err, ERR_SYNTAX, "device table: \"protocols\" is T0, T1 or any");
    snprintf(m->part, sizeof m->part, "%s", strcmp(part, "*") == 0 ? "" : part);
    m->is_contact = !contact || json_is_true(contact);
    return 0;
}

static int table_load(const char *table, struct slot_cfg *ret, struct err *err)
{
    json_t *root = NULL;
    int rc = id_table_load(table, "card_slot", &root, err);
    if (rc < 0)
        return rc;
    const json_t *devices = json_object_get(root, "devices");
    size_t n = json_array_size(devices); /* at most ID_TABLE_MAX, id_table_load saw to it */
    for (size_t i = 0; i < n && i < SLOT_MAX_MODELS && rc == 0; i++) {
        rc = model_load(json_array_get(devices, i), &ret->model[ret->n_models++], err);
        if (rc < 0)
            err_prefix(err, "card slot table, entry %zu", i + 1);
    }
    json_decref(root);
    return rc;
}

static int settings_take(const json_t *root, struct slot_cfg *ret, struct err *err)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)root, key, value)
    {
        if (strcmp(key, "reader") == 0) {
            const char *text = json_string_value(value);
            if (!text || !text[0] || strlen(text) >= sizeof ret->reader)
                return ERR(err, ERR_INVALID, "card_slot.reader: a text of 1 to %zu bytes",
                           sizeof ret->reader - 1);
            snprintf(ret->reader, sizeof ret->reader, "%s", text);
        } else if (strcmp(key, "exclusive") == 0) {
            if (!json_is_boolean(value))
                return ERR(err, ERR_INVALID, "card_slot.exclusive: true or false");
            ret->is_exclusive = json_is_true(value);
        } else {
            return ERR(err, ERR_INVALID, "card_slot.%.40s: there is no such key", key);
        }
    }
    return 0;
}

int slot_cfg_load(const char *table, const char *settings, struct slot_cfg *ret, struct err *err)
{
    memset(ret, 0, sizeof *ret);
    ret->is_exclusive = true;
    int rc = table_load(table, ret, err);
    if (rc != 0 || !settings)
        return rc;
    json_error_t je;
    json_t *root = json_loads(settings, JSON_REJECT_DUPLICATES, &je);
    if (!json_is_object(root))
        rc = ERR(err, ERR_INVALID, "card_slot: an object of settings is needed");
    else
        rc = settings_take(root, ret, err);
    json_decref(root);
    return rc;
}

const struct slot_model *slot_cfg_model(const struct slot_cfg *cfg, const char *reader)
{
    for (size_t i = 0; i < cfg->n_models; i++)
        if (strstr(reader, cfg->model[i].part))
            return &cfg->model[i];
    return &any_model;
}

int slot_cfg_choose(const struct slot_cfg *cfg, const char reader[][PCSC_NAME_BYTES], size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (cfg->reader[0] ? strstr(reader[i], cfg->reader) != NULL
                           : slot_cfg_model(cfg, reader[i])->is_contact)
            return (int)i;
    return -1;
}

void slot_cfg_title(const char *reader, char *out, size_t cap)
{
    size_t n = strlen(reader), at = 0;
    /* pcsc-lite ends every name with two two-digit numbers: reader and slot */
    if (n > 6 && strspn(reader + n - 5, "0123456789ABCDEF ") == 5 && reader[n - 6] == ' ' &&
        reader[n - 3] == ' ')
        n -= 6;
    for (size_t i = 0, depth = 0; i < n && at + 1 < cap; i++) {
        if (reader[i] == '(')
            depth++;
        if (depth == 0 && !(reader[i] == ' ' && (at == 0 || out[at - 1] == ' ')))
            out[at++] = reader[i];
        if (reader[i] == ')' && depth > 0)
            depth--;
    }
    while (at > 0 && out[at - 1] == ' ')
        at--;
    out[at] = '\0';
}

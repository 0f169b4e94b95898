/* SPDX-License-Identifier: Apache-2.0 */
/* Settings: one table of keys, so that reading, checking and defaults cannot drift apart.
 * Runs on the main thread at start. */
#include "settings_priv.h"

#include <assert.h>
#include <ctype.h>
#include <jansson.h>
#include <libgen.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "core/code_kind.h"
#include "seal/seal.h"

/* Names are joined to a path and the whole kept in 512 bytes; a longer one would be cut and mean
 * another file. */
enum { MAX_PATH_BYTES = 400, MAX_TEXT_BYTES = 200 };

enum kind { KEY_TEXT, KEY_PATH, KEY_INT, KEY_REAL, KEY_BOOL };

struct key {
    const char *section, *name;
    enum kind kind;
    size_t offset;
    const char *text; /* default of TEXT and PATH; NULL: must be given, "": may be absent */
    double number;    /* default of INT, REAL, BOOL */
    double min, max;
};

#define AT(field) offsetof(struct settings, field)

static const struct key keys[] = {
    {"terminal", "id", KEY_TEXT, AT(terminal_id), NULL, 0, 0, 0},
    {"terminal", "region", KEY_TEXT, AT(region), "", 0, 0, 0},
    {"terminal", "name", KEY_TEXT, AT(terminal_name), "自助服务终端", 0, 0, 0},
    {"terminal", "phone", KEY_TEXT, AT(hall_phone), "12345", 0, 0, 0},
    {"paths", "assets", KEY_PATH, AT(assets_dir), YIJIAN_ASSETS_DIR, 0, 0, 0},
    {"paths", "data", KEY_PATH, AT(data_dir), YIJIAN_DATA_DIR, 0, 0, 0},
    {"keys", "device_key", KEY_PATH, AT(device_key), YIJIAN_KEYS_DIR "/device.key", 0, 0, 0},
    {"keys", "device_cert", KEY_PATH, AT(device_cert), YIJIAN_KEYS_DIR "/device.pem", 0, 0, 0},
    {"keys", "centre_seal", KEY_PATH, AT(centre_seal_cert), YIJIAN_KEYS_DIR "/centre-seal.pem", 0,
     0, 0},
    {"keys", "centre_sign", KEY_PATH, AT(centre_sign_cert), YIJIAN_KEYS_DIR "/centre-sign.pem", 0,
     0, 0},
    {"keys", "centre_ca", KEY_PATH, AT(centre_ca), YIJIAN_KEYS_DIR "/ca.pem", 0, 0, 0},
    {"keys", "centre_seal_next", KEY_PATH, AT(centre_seal_next_cert), "", 0, 0, 0},
    {"keys", "suite", KEY_TEXT, AT(suite), SEAL_SUITE_P256, 0, 0, 0},
    {"keys", "device_sm2_key", KEY_PATH, AT(device_sm2_key), YIJIAN_KEYS_DIR "/device-sm2.key", 0,
     0, 0},
    {"keys", "device_sm2_cert", KEY_PATH, AT(device_sm2_cert), YIJIAN_KEYS_DIR "/device-sm2.pem", 0,
     0, 0},
    {"keys", "catalogue", KEY_PATH, AT(catalogue_cert), "", 0, 0, 0},
    {"centre", "url", KEY_TEXT, AT(centre_url), "https://localhost:8443", 0, 0, 0},
    {"sync", "proxy", KEY_TEXT, AT(proxy), "", 0, 0, 0},
    {"sync", "mirror", KEY_PATH, AT(mirror_dir), "", 0, 0, 0},
    {"sync", "attach_form", KEY_BOOL, AT(attaches_form), NULL, 0, 0, 1},
    {"sync", "catalogue", KEY_BOOL, AT(takes_catalogue), NULL, 1, 0, 1},
    {"display", "driver", KEY_TEXT, AT(display), "window", 0, 0, 0},
    {"display", "theme", KEY_TEXT, AT(theme), "default", 0, 0, 0},
    {"display", "language", KEY_TEXT, AT(language), "zh-Hans", 0, 0, 0},
    {"display", "rotation", KEY_INT, AT(rotation_deg), NULL, 0, 0, 270},
    {"display", "width_px", KEY_INT, AT(width_px), NULL, 1080, 320, 4096},
    {"display", "height_px", KEY_INT, AT(height_px), NULL, 1920, 320, 4096},
    {"display", "width_mm", KEY_REAL, AT(width_mm), NULL, 344, 50, 2000},
    {"display", "scale", KEY_REAL, AT(window_scale), NULL, 0, 0, 2},
    {"display", "fullscreen", KEY_BOOL, AT(is_fullscreen), NULL, 0, 0, 1},
    {"visit", "idle_ask_ms", KEY_INT, AT(idle_ask_ms), NULL, 60000, 5000, 600000},
    {"visit", "idle_wipe_ms", KEY_INT, AT(idle_wipe_ms), NULL, 20000, 5000, 120000},
    {"visit", "social_security_card", KEY_BOOL, AT(accepts_social_security_card), NULL, 0, 0, 1},
    {"sound", "output", KEY_TEXT, AT(sound), "default", 0, 0, 0},
    {"hall", "owner", KEY_TEXT, AT(hall_owner), "", 0, 0, 0},
    {"hall", "hours", KEY_TEXT, AT(hall_hours), "", 0, 0, 0},
    {"staff", "signal", KEY_PATH, AT(staff_signal), "", 0, 0, 0},
    {"content", "dir", KEY_PATH, AT(content_dir), "", 0, 0, 0},
    {"log", "level", KEY_INT, AT(log_level), NULL, LOG_INFO, LOG_ERROR, LOG_DEBUG},
};

/* Which codes the materials page takes; read by read_scan. */
static const struct {
    const char *word;
    enum code_kind kind;
} scan_kinds[] = {{"url", CODE_URL}, {"token", CODE_TOKEN}};

enum { MAX_SCAN_HOSTS = 64 };

/* Settings of devices are handed to their drivers, which know the keys. */
static const char *const device_names[DEVICE_N_KINDS] = {
    [DEVICE_READER] = "reader",
    [DEVICE_SCANNER] = "scanner",
    [DEVICE_PRINTER] = "printer",
    [DEVICE_CARD_SLOT] = "card_slot",
    [DEVICE_DOCUMENT_PRINTER] = "document_printer",
    [DEVICE_KEYPAD] = "keypad",
};

static char *resolve(const char *dir, const char *path)
{
    if (path[0] == '/')
        return mem_strdup(path);
    size_t n = strlen(dir) + strlen(path) + 2;
    char *full = mem_zalloc(n, 1);
    snprintf(full, n, "%s/%s", dir, path);
    return full;
}

static int read_text(const struct key *k, const json_t *v, const char *dir, char **at,
                     struct err *err)
{
    const char *text = v ? json_string_value(v) : k->text;
    if (v && !text)
        return ERR(err, ERR_INVALID, "%s.%s must be a text", k->section, k->name);
    if (!v && text && !*text)
        return 0; /* stays NULL */
    if (!text || !*text)
        return ERR(err, ERR_INVALID, "%s.%s is missing", k->section, k->name);
    char *value = k->kind == KEY_PATH ? resolve(dir, text) : mem_strdup(text);
    size_t max = k->kind == KEY_PATH ? MAX_PATH_BYTES : MAX_TEXT_BYTES;
    if (strlen(value) > max) {
        free(value);
        return ERR(err, ERR_INVALID, "%s.%s is longer than %zu bytes", k->section, k->name, max);
    }
    *at = value;
    return 0;
}

static int read_number(const struct key *k, const json_t *v, char *at, struct err *err)
{
    if (v && !(k->kind == KEY_BOOL ? json_is_boolean(v) : json_is_number(v)))
        return ERR(err, ERR_INVALID, "%s.%s must be a %s", k->section, k->name,
                   k->kind == KEY_BOOL ? "true or false" : "number");
    double d = !v ? k->number : k->kind == KEY_BOOL ? json_is_true(v) : json_number_value(v);
    if (d < k->min || d > k->max)
        return ERR(err, ERR_INVALID, "%s.%s must lie between %g and %g", k->section, k->name,
                   k->min, k->max);
    int whole = (int)d;
    bool flag = d != 0;
    if (k->kind == KEY_REAL)
        memcpy(at, &d, sizeof d);
    else if (k->kind == KEY_BOOL)
        memcpy(at, &flag, sizeof flag);
    else
        memcpy(at, &whole, sizeof whole);
    return 0;
}

/* A misspelt key would silently leave its default in force: refuse it. */
static int check_unknown(json_t *root, struct err *err)
{
    const char *section, *name;
    json_t *values, *value;
    json_object_foreach(root, section, values)
    {
        if (!json_is_object(values))
            return ERR(err, ERR_INVALID, "%s must be an object", section);
        json_object_foreach(values, name, value)
        {
            bool known = false;
            for (size_t i = 0; !strcmp(section, "devices") && i < DEVICE_N_KINDS; i++)
                known |= !strcmp(device_names[i], name);
            known |= !strcmp(section, "scan") && (!strcmp(name, "hosts") || !strcmp(name, "kinds"));
            known |= settings_people_know(section, name);
            for (size_t i = 0; i < YJ_COUNT(keys); i++)
                known |= !strcmp(keys[i].section, section) && !strcmp(keys[i].name, name);
            if (!known)
                return ERR(err, ERR_INVALID, "unknown key %s.%s", section, name);
        }
    }
    return 0;
}

static int read_devices(const json_t *devices, struct settings *s, struct err *err)
{
    for (size_t i = 0; i < DEVICE_N_KINDS; i++) {
        const json_t *v = json_object_get(devices, device_names[i]);
        if (!v)
            continue;
        if (!json_is_object(v))
            return ERR(err, ERR_INVALID, "devices.%s must be an object", device_names[i]);
        s->device[i] = json_dumps(v, JSON_COMPACT);
        assert(s->device[i]);
        const char *source = json_string_value(json_object_get(v, "source"));
        if (i == DEVICE_SCANNER && json_object_get(v, "source") && !source)
            return ERR(err, ERR_INVALID, "devices.scanner.source must be a text");
        if (i == DEVICE_SCANNER && source && strcmp(source, "usb") != 0) {
            if (strcmp(source, "camera") != 0)
                return ERR(err, ERR_INVALID, "devices.scanner.source must be usb or camera");
            s->is_scanner_camera = true;
        }
    }
    return 0;
}

static int read_scan_hosts(const json_t *hosts, struct settings *s, struct err *err)
{
    size_t n = json_array_size(hosts);
    if (!hosts)
        return 0;
    if (!json_is_array(hosts) || n > MAX_SCAN_HOSTS)
        return ERR(err, ERR_INVALID, "scan.hosts must be a list of at most %d host names",
                   (int)MAX_SCAN_HOSTS);
    s->scan_hosts = mem_zalloc(n + 1, sizeof *s->scan_hosts);
    for (size_t i = 0; i < n; i++) {
        const char *host = json_string_value(json_array_get(hosts, i));
        if (!host || !code_host_valid(host))
            return ERR(
                err, ERR_INVALID,
                "scan.hosts[%zu] must be a host name in small letters, without scheme or port", i);
        s->scan_hosts[s->n_scan_hosts++] = mem_strdup(host);
    }
    return 0;
}

static int read_scan(const json_t *scan, struct settings *s, struct err *err)
{
    const json_t *kinds = json_object_get(scan, "kinds");
    int rc = read_scan_hosts(json_object_get(scan, "hosts"), s, err);
    if (rc < 0 || !kinds)
        return rc;
    bool is_good = json_array_size(kinds) > 0;
    for (size_t i = 0; i < json_array_size(kinds) && is_good; i++) {
        const char *word = json_string_value(json_array_get(kinds, i));
        unsigned bit = 0;
        for (size_t k = 0; word && k < YJ_COUNT(scan_kinds); k++)
            if (!strcmp(scan_kinds[k].word, word))
                bit = 1U << scan_kinds[k].kind;
        s->scan_kinds |= bit;
        is_good = bit != 0;
    }
    if (!is_good)
        return ERR(err, ERR_INVALID, "scan.kinds must be a list of \"url\" and \"token\"");
    return 0;
}

static bool is_digits(const char *text, size_t n)
{
    size_t digits = 0;
    while (isdigit((unsigned char)text[digits]))
        digits++;
    return digits == n && !text[n];
}

static int check_terminal_id(struct settings *s, struct err *err)
{
    if (!is_digits(s->terminal_id, 10))
        return ERR(err, ERR_INVALID, "terminal.id must be 10 digits: region (6) and terminal (4)");
    if (!s->region) {
        s->region = mem_strdup(s->terminal_id);
        s->region[6] = '\0';
    }
    if (!is_digits(s->region, 6))
        return ERR(err, ERR_INVALID, "terminal.region must be 6 digits");
    return 0;
}

/* The next seal key lies beside the present one, unless the settings say otherwise: for x.pem it is
 * x-next.pem, so that each suite has its own. */
static void place_next_key(struct settings *s)
{
    static const char end[] = ".pem";
    if (s->centre_seal_next_cert)
        return;
    const char *present = s->centre_seal_cert;
    size_t n = strlen(present), n_end = sizeof end - 1, cap = n + sizeof "-next.pem";
    if (n > n_end && strcmp(present + n - n_end, end) == 0)
        n -= n_end;
    s->centre_seal_next_cert = mem_zalloc(cap, 1);
    snprintf(s->centre_seal_next_cert, cap, "%.*s-next%s", (int)n, present, end);
}

/* Neither it nor the terminal's own folder in it, whichever way the path goes there. */
static int check_mirror(const struct settings *s, struct err *err)
{
    char own[MAX_PATH_BYTES + 16];
    if (!s->mirror_dir)
        return 0;
    snprintf(own, sizeof own, "%s/%s", s->mirror_dir, s->terminal_id);
    if (!file_is_inside(s->mirror_dir, s->data_dir) && !file_is_inside(own, s->data_dir))
        return 0;
    return ERR(err, ERR_INVALID, "sync.mirror lies in paths.data: choose a folder on another disk");
}

static int check_sync(const struct settings *s, struct err *err)
{
    if (strcmp(s->suite, SEAL_SUITE_P256) != 0 && strcmp(s->suite, SEAL_SUITE_SM2) != 0)
        return ERR(err, ERR_INVALID, "keys.suite must be " SEAL_SUITE_P256 " or " SEAL_SUITE_SM2);
    if (s->proxy && strncmp(s->proxy, "http://", 7) != 0)
        return ERR(err, ERR_INVALID, "sync.proxy must begin with http://");
    return check_mirror(s, err);
}

int settings_load(const char *path, struct settings **ret, struct err *err)
{
    YJ_CLEANUP(cleanup_free) char *text = NULL;
    size_t n = 0;
    int rc = mem_read_file(path, 256 * 1024, &text, &n, err);
    if (rc < 0)
        return rc;
    json_error_t at;
    json_t *root = json_loadb(text, n, JSON_REJECT_DUPLICATES, &at);
    if (!root || !json_is_object(root)) {
        json_decref(root);
        return ERR(err, ERR_SYNTAX, "%s line %d column %d: %s", path, at.line, at.column, at.text);
    }
    YJ_CLEANUP(cleanup_free) char *copy = mem_strdup(path);
    const char *dir = dirname(copy);
    struct settings *s = mem_zalloc(1, sizeof *s);
    rc = check_unknown(root, err);
    for (size_t i = 0; i < YJ_COUNT(keys) && rc == 0; i++) {
        const struct key *k = &keys[i];
        const json_t *v = json_object_get(json_object_get(root, k->section), k->name);
        char *field = (char *)s + k->offset;
        if (k->kind == KEY_TEXT || k->kind == KEY_PATH) {
            char *value = NULL;
            rc = read_text(k, v, dir, &value, err);
            memcpy(field, &value, sizeof value);
        } else {
            rc = read_number(k, v, field, err);
        }
    }
    if (rc == 0)
        rc = read_devices(json_object_get(root, "devices"), s, err);
    if (rc == 0)
        rc = read_scan(json_object_get(root, "scan"), s, err);
    if (rc == 0)
        rc = settings_people_read(root, s, err);
    json_decref(root);
    if (rc == 0)
        rc = check_terminal_id(s, err);
    if (rc == 0)
        rc = check_sync(s, err);
    if (rc == 0)
        place_next_key(s);
    if (rc < 0) {
        err_prefix(err, "%s", path);
        settings_free(s);
        return rc;
    }
    *ret = s;
    return 0;
}

void settings_seal_paths(const struct settings *s, struct seal_paths *ret)
{
    *ret = (struct seal_paths){.device_key = s->device_key,
                               .device_cert = s->device_cert,
                               .centre_seal_cert = s->centre_seal_cert,
                               .centre_sign_cert = s->centre_sign_cert,
                               .suite = s->suite,
                               .centre_seal_next_cert = s->centre_seal_next_cert,
                               .device_sm2_key = s->device_sm2_key,
                               .device_sm2_cert = s->device_sm2_cert};
}

void settings_free(struct settings *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < YJ_COUNT(keys); i++) {
        char *value;
        if (keys[i].kind != KEY_TEXT && keys[i].kind != KEY_PATH)
            continue;
        memcpy(&value, (char *)s + keys[i].offset, sizeof value);
        free(value);
    }
    for (size_t i = 0; i < DEVICE_N_KINDS; i++)
        free(s->device[i]);
    for (size_t i = 0; i < s->n_scan_hosts; i++)
        free(s->scan_hosts[i]);
    free(s->scan_hosts);
    settings_people_free(s);
    free(s);
}

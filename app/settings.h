/* SPDX-License-Identifier: Apache-2.0 */
/* Settings of one terminal: a JSON file that a technician or vendor writes. */
#ifndef YJ_APP_SETTINGS_H
#define YJ_APP_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/log.h"
#include "types/device.h"
#include "types/prefs.h"

enum { SETTINGS_MAX_PLACES = 8 };

/* Where else the same can be done. */
struct settings_place {
    char *name, *address, *hours, *phone; /* all but name may be NULL */
};

/* Strings are owned by the settings object. Relative paths in the file are taken from the
 * folder of the file. */
struct settings {
    char *terminal_id;   /* 10 digits: region6 + terminal4, domain.md 3.6 */
    char *region;        /* 6 digits: whose matters are shown; default: those of terminal_id */
    char *terminal_name; /* shown and printed */
    char *hall_phone;    /* where to ask, printed */
    char *assets_dir, *data_dir;
    char *device_key, *device_cert, *centre_seal_cert, *centre_sign_cert, *centre_ca;
    char *suite; /* keys.suite: SEAL_SUITE_P256 or SEAL_SUITE_SM2 */
    char *centre_seal_next_cert, *device_sm2_key, *device_sm2_cert; /* struct seal_paths */
    char *catalogue_cert; /* publisher of signed catalogue sets; NULL: only the built-in set */
    char *centre_url;
    char *proxy;          /* sync.proxy: "http://host:port"; NULL: none */
    char *mirror_dir;     /* sync.mirror: sealed records are copied there, too; NULL: nowhere */
    bool attaches_form;   /* sync.attach_form: the finished form goes with an application as PDF */
    bool takes_catalogue; /* sync.catalogue: newer signed sets are fetched from the centre */
    char *display, *theme, *language;     /* ui_cfg */
    char *languages[PREFS_MAX_LANGUAGES]; /* that can be chosen, language stands first */
    size_t n_languages;
    int rotation_deg;              /* 0, 90, 180, 270 */
    char *sound;                   /* ui_cfg: sound.output */
    struct prefs prefs;            /* every visit begins with these; prefs.language is 0 */
    char *hall_owner, *hall_hours; /* NULL: not said */
    struct settings_place place[SETTINGS_MAX_PLACES];
    size_t n_places;
    char *staff_signal;      /* program run with "on" or "off" when staff are called; NULL: none */
    char *content_dir;       /* notices of the hall; NULL: "content" in data_dir */
    int width_px, height_px; /* 320..4096 */
    double width_mm;         /* 50..2000 */
    double window_scale;     /* 0 = fit the desktop, else 0.1..2 */
    bool is_fullscreen;
    int idle_ask_ms, idle_wipe_ms;
    bool accepts_social_security_card; /* visit.social_security_card */
    char **scan_hosts;                 /* scan.hosts: whose addresses are taken, lower case */
    size_t n_scan_hosts;
    unsigned scan_kinds; /* scan.kinds: bits 1 << CODE_URL, 1 << CODE_TOKEN */
    /* JSON object of each device class as the file has it, checked by its driver; NULL: absent.
     * The card slot, the document printer and the keypad exist only when they are named here. */
    char *device[DEVICE_N_KINDS];
    bool is_scanner_camera; /* devices.scanner.source is "camera" */
    enum log_level log_level;
};

/**
 * Read and check a settings file; every key has a default except terminal.id.
 * @param ret  owned by the caller, freed with settings_free
 * @return 0, ERR_NOT_FOUND, ERR_DENIED, ERR_SYNTAX (place and reason), ERR_INVALID (key and rule)
 * Blocks: disk.
 */
int settings_load(const char *path, struct settings **ret, struct err *err) YJ_CHECK;
void settings_free(struct settings *s);

struct seal_paths;
/** The files of keys and certificates. Borrows the settings. */
void settings_seal_paths(const struct settings *s, struct seal_paths *ret);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Settings of the document printer: settings file, "devices"."document_printer". Pure. */
#ifndef YJ_DOCUMENT_SETTINGS_H
#define YJ_DOCUMENT_SETTINGS_H

#include <stdbool.h>

#include "base/err.h"

enum { DOCUMENT_PATH_BYTES = 128 };

struct document_settings {
    bool is_queue; /* of the CUPS on this machine; false: a printer or server by address */
    bool is_tls;   /* ipps */
    char host[128];
    int port;
    char path[DOCUMENT_PATH_BYTES]; /* "/ipp/print" */
    char uri[320];                  /* as IPP wants it: printer-uri */
    char user[33];                  /* requesting-user-name; whose jobs are ours */
    char media[64];
    char sides[32];
    char fingerprint[65]; /* SHA-256 of the server's certificate, hex; "" not checked */
    int copies, job_timeout_s;
};

/**
 * Read the settings: "queue" (default "document") or "uri" (ipp, ipps), "copies" 1..9 (1), "sides"
 * ("one-sided"), "media" ("iso_a4_210x297mm"), "job_timeout_s" 2..1800 (180), "user" ("yijian"),
 * "fingerprint" (of an ipps server).
 * @param text  JSON object, or NULL
 * @return 0 or ERR_INVALID naming key and rule
 */
int document_settings_parse(const char *text, struct document_settings *ret,
                            struct err *err) YJ_CHECK;

#endif

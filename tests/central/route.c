/* SPDX-License-Identifier: Apache-2.0 */
/* Table of addresses, and the way from a path to its entry. Any thread. */
#include "route.h"

#include <stdio.h>
#include <string.h>

#include "attachments.h"
#include "changes.h"
#include "enquiries.h"
#include "enrol.h"
#include "envelope.h"
#include "files.h"
#include "heartbeat.h"
#include "records.h"
#include "statement.h"

enum { SMALL_BODY = 65536, MAX_PARTS = 6 };

static const struct route routes[] = {
    {.method = "POST",
     .path = "/v1/applications",
     .name = "applications",
     .handle = records_post,
     .max_body = ENVELOPE_MAX_BODY_BYTES,
     .needs_terminal = true,
     .is_record = true},
    {.method = "POST",
     .path = "/v1/ratings",
     .name = "ratings",
     .handle = records_post,
     .max_body = ENVELOPE_MAX_BODY_BYTES,
     .needs_terminal = true,
     .is_record = true},
    {.method = "POST",
     .path = "/v1/heartbeat",
     .name = "heartbeat",
     .handle = heartbeat_post,
     .max_body = SMALL_BODY,
     .needs_terminal = true,
     .tells_time = true},
    {.method = "POST",
     .path = "/v1/enquiries",
     .name = "enquiries",
     .handle = enquiries_post,
     .max_body = SMALL_BODY,
     .needs_terminal = true,
     .is_silent = true},
    {.method = "HEAD",
     .path = "/v1/attachments/{uuid}/{digest}",
     .name = "attachment",
     .handle = attachments_head,
     .needs_terminal = true},
    {.method = "PATCH",
     .path = "/v1/attachments/{uuid}/{digest}",
     .name = "attachment",
     .handle = attachments_patch,
     .max_body = ATTACHMENTS_MAX_PIECE_BYTES,
     .needs_terminal = true,
     .keeps_partial = true},
    {.method = "GET",
     .path = "/v1/changes",
     .name = "changes",
     .handle = changes_get,
     .needs_terminal = true},
    {.method = "GET",
     .path = "/v1/catalogue",
     .name = "catalogue",
     .handle = files_get_manifest,
     .needs_terminal = true},
    {.method = "GET",
     .path = "/v1/catalogue/files/{digest}",
     .name = "file",
     .handle = files_get_file,
     .needs_terminal = true},
    {.method = "GET",
     .path = "/v1/time",
     .name = "time",
     .handle = statement_get_time,
     .tells_time = true},
    {.method = "POST",
     .path = "/v1/enrolment",
     .name = "enrolment",
     .handle = enrol_post,
     .max_body = SMALL_BODY},
    {.method = "POST",
     .path = "/v1/renewal",
     .name = "renewal",
     .handle = enrol_post_renewal,
     .max_body = SMALL_BODY,
     .needs_terminal = true},
    {.path = NULL},
};

const struct route *route_table(void)
{
    return routes;
}

static bool is_hex64(const char *s)
{
    return strlen(s) == 64 && strspn(s, "0123456789abcdef") == 64;
}

/* Does one part of the path fit one part of the pattern? */
static bool part_fits(const char *pattern, size_t n, const char *part, bool *ret_is_param)
{
    *ret_is_param = pattern[0] == '{';
    if (n == 6 && strncmp(pattern, "{uuid}", n) == 0)
        return envelope_is_uuid(part);
    if (n == 8 && strncmp(pattern, "{digest}", n) == 0)
        return is_hex64(part);
    return strlen(part) == n && strncmp(pattern, part, n) == 0;
}

/* The path cut at its slashes; @return how many parts, 0: none that any route has. */
static size_t split(char *text, const char *part[MAX_PARTS])
{
    size_t n = 0;
    for (char *at = text; *at == '/'; n++) {
        *at++ = '\0';
        if (n == MAX_PARTS)
            return 0;
        part[n] = at;
        at += strcspn(at, "/");
    }
    return n;
}

static bool path_fits(const char *pattern, const char *const part[], size_t n_parts,
                      const char *param[ROUTE_MAX_PARAMS])
{
    size_t n_params = 0, i = 0;
    for (; *pattern == '/'; i++) {
        size_t n = strcspn(++pattern, "/");
        bool is_param;
        if (i == n_parts || !part_fits(pattern, n, part[i], &is_param))
            return false;
        if (is_param && n_params < ROUTE_MAX_PARAMS)
            param[n_params++] = part[i];
        pattern += n;
    }
    return i == n_parts;
}

void route_find(const struct route *table, const char *method, const char *path,
                struct route_match *ret)
{
    const char *part[MAX_PARTS];
    *ret = (struct route_match){0};
    if ((size_t)snprintf(ret->text, sizeof ret->text, "%s", path) >= sizeof ret->text)
        return;
    size_t n = split(ret->text, part);
    for (const struct route *r = table; n && r->path; r++) {
        const char *param[ROUTE_MAX_PARAMS] = {0};
        if (!path_fits(r->path, part, n, param))
            continue;
        if (strcmp(r->method, method) == 0) {
            ret->route = r;
            memcpy(ret->param, param, sizeof param);
            return;
        }
        ret->allow = ret->allow ? "HEAD, PATCH" : r->method; /* the one path with two methods */
    }
}

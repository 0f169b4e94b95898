/* SPDX-License-Identifier: Apache-2.0 */
/* The operations of IPP that a kiosk needs. Job names and users carry no personal data.
 * Thread: the worker's. */
#include "drivers/document/document_ipp.h"

#include <stdio.h>
#include <string.h>

#include "drivers/document/document_status.h"

enum { MAX_LEFTOVERS = 100, STATUS_MS = 5000, SEND_MS = 30000 };

static ipp_t *request_new(const struct document_link *l, ipp_op_t op, int job)
{
    ipp_t *r = ippNewRequest(op);
    ippAddString(r, IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", NULL, l->settings->uri);
    if (job > 0)
        ippAddInteger(r, IPP_TAG_OPERATION, IPP_TAG_INTEGER, "job-id", job);
    ippAddString(r, IPP_TAG_OPERATION, IPP_TAG_NAME, "requesting-user-name", NULL,
                 l->settings->user);
    return r;
}

static void attributes_ask(ipp_t *request, int n, const char *const *names)
{
    ippAddStrings(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes", n, NULL,
                  names);
}

static int refusal(ipp_t *answer, int other, struct err *err)
{
    ipp_status_t status = ippGetStatusCode(answer);
    if (status < IPP_STATUS_ERROR_BAD_REQUEST)
        return 0;
    int code = other;
    if (status == IPP_STATUS_ERROR_NOT_FOUND || status == IPP_STATUS_ERROR_GONE)
        code = other == ERR_DOCUMENT_QUEUE ? other : ERR_NOT_FOUND;
    else if (status == IPP_STATUS_ERROR_BUSY)
        code = ERR_BUSY;
    else if (status == IPP_STATUS_ERROR_NOT_ACCEPTING_JOBS)
        code = ERR_DOCUMENT_STOPPED;
    return ERR(err, code, "the print service refuses: %s", ippErrorString(status));
}

/* One request without a document. */
static int ask(struct document_link *l, ipp_t *request, int other, ipp_t **ret, struct err *err)
{
    ipp_t *answer = NULL;
    l->patience_ms = STATUS_MS;
    int rc = link_exchange(l, request, NULL, 0, &answer, err);
    if (rc == 0)
        rc = refusal(answer, other, err);
    if (rc < 0)
        ippDelete(answer);
    else
        *ret = answer;
    return rc;
}

int ipp_printer_get(struct document_link *l, struct ipp_printer *ret, struct err *err)
{
    static const char *const names[] = {
        "printer-state",
        "printer-state-reasons",
        "printer-is-accepting-jobs",
        "printer-make-and-model",
        "document-format-supported",
        "operations-supported",
        "print-scaling-supported",
        "device-uri",
        "cups-version",
        "pwg-raster-document-type-supported",
        "pwg-raster-document-resolution-supported",
        "pwg-raster-document-sheet-back",
        "urf-supported",
    };
    ipp_t *request = request_new(l, IPP_OP_GET_PRINTER_ATTRIBUTES, 0), *answer = NULL;
    attributes_ask(request, (int)YJ_COUNT(names), names);
    int rc = ask(l, request, ERR_DOCUMENT_QUEUE, &answer, err);
    if (rc < 0)
        return rc;
    if (ippFindAttribute(answer, "printer-state", IPP_TAG_ENUM))
        printer_attributes_read(answer, l->settings, ret);
    else
        rc = ERR(err, ERR_DOCUMENT_QUEUE, "the answer has no printer-state");
    ippDelete(answer);
    return rc;
}

/* One name for all jobs of a terminal. */
static void job_name_of(const struct document_link *l, char *out, size_t cap)
{
    snprintf(out, cap, "%s-document", l->settings->user);
}

/* Walk the jobs of a Get-Jobs answer. Some printers show everybody's jobs in spite of my-jobs,
 * some hide the user: ours are known by user or by name. */
static int leftovers_find(const struct document_link *l, ipp_t *answer, int *ret_id, int cap)
{
    char name[64];
    int n = 0, id = 0;
    bool is_ours = false;
    job_name_of(l, name, sizeof name);
    for (ipp_attribute_t *a = ippFirstAttribute(answer);; a = ippNextAttribute(answer)) {
        bool is_job = a && ippGetGroupTag(a) == IPP_TAG_JOB && ippGetName(a);
        if (!is_job && id > 0 && is_ours && n < cap)
            ret_id[n++] = id;
        if (!a)
            return n;
        if (!is_job) {
            id = 0;
            is_ours = false;
            continue;
        }
        const char *what = ippGetName(a), *text = ippGetString(a, 0, NULL);
        if (strcmp(what, "job-id") == 0 && ippGetValueTag(a) == IPP_TAG_INTEGER)
            id = ippGetInteger(a, 0);
        if (strcmp(what, "job-originating-user-name") == 0 && text)
            is_ours = is_ours || strcmp(text, l->settings->user) == 0;
        if (strcmp(what, "job-name") == 0 && text)
            is_ours = is_ours || strcmp(text, name) == 0;
    }
}

int ipp_leftovers_cancel(struct document_link *l, bool is_cups, int *ret_n, struct err *err)
{
    static const char *const names[] = {"job-id", "job-name", "job-originating-user-name"};
    int id[MAX_LEFTOVERS];
    ipp_t *request = request_new(l, IPP_OP_GET_JOBS, 0), *answer = NULL;
    ippAddBoolean(request, IPP_TAG_OPERATION, "my-jobs", 1);
    ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "which-jobs", NULL,
                 is_cups ? "all" : "not-completed");
    ippAddInteger(request, IPP_TAG_OPERATION, IPP_TAG_INTEGER, "limit", MAX_LEFTOVERS);
    attributes_ask(request, (int)YJ_COUNT(names), names);
    int rc = ask(l, request, ERR_DOCUMENT_QUEUE, &answer, err);
    if (rc < 0)
        return rc;
    int n = leftovers_find(l, answer, id, MAX_LEFTOVERS);
    ippDelete(answer);
    for (int i = 0; i < n && rc == 0; i++) {
        rc = ipp_job_cancel(l, id[i], is_cups, err);
        if (rc == ERR_NOT_FOUND || rc == ERR_DOCUMENT_FAILED)
            rc = 0; /* it has ended meanwhile */
    }
    *ret_n = n;
    return rc;
}

int ipp_job_create(struct document_link *l, const struct ipp_printer *p, int *ret_id,
                   struct err *err)
{
    char name[64];
    ipp_t *request = request_new(l, IPP_OP_CREATE_JOB, 0), *answer = NULL;
    job_name_of(l, name, sizeof name);
    ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "job-name", NULL, name);
    ippAddInteger(request, IPP_TAG_JOB, IPP_TAG_INTEGER, "copies", l->settings->copies);
    ippAddString(request, IPP_TAG_JOB, IPP_TAG_KEYWORD, "media", NULL, l->settings->media);
    ippAddString(request, IPP_TAG_JOB, IPP_TAG_KEYWORD, "sides", NULL, l->settings->sides);
    if (p->can_keep_scale)
        ippAddString(request, IPP_TAG_JOB, IPP_TAG_KEYWORD, "print-scaling", NULL, "none");
    int rc = ask(l, request, ERR_DOCUMENT_FAILED, &answer, err);
    if (rc < 0)
        return rc;
    ipp_attribute_t *id = ippFindAttribute(answer, "job-id", IPP_TAG_INTEGER);
    if (id && ippGetInteger(id, 0) > 0)
        *ret_id = ippGetInteger(id, 0);
    else
        rc = ERR(err, ERR_DOCUMENT_QUEUE, "the answer has no job-id");
    ippDelete(answer);
    return rc;
}

int ipp_job_send(struct document_link *l, int id, enum ipp_format format, const void *data,
                 size_t n, struct err *err)
{
    static const char *const type[] = {
        [FORMAT_NONE] = "application/octet-stream",
        [FORMAT_PDF] = "application/pdf",
        [FORMAT_PWG] = "image/pwg-raster",
        [FORMAT_URF] = "image/urf",
    };
    ipp_t *request = request_new(l, IPP_OP_SEND_DOCUMENT, id), *answer = NULL;
    ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_MIMETYPE, "document-format", NULL,
                 type[format]);
    ippAddBoolean(request, IPP_TAG_OPERATION, "last-document", 1);
    l->patience_ms = SEND_MS;
    int rc = link_exchange(l, request, data, n, &answer, err);
    if (rc == 0)
        rc = refusal(answer, ERR_DOCUMENT_FAILED, err);
    ippDelete(answer);
    return rc;
}

int ipp_job_get(struct document_link *l, int id, struct ipp_job *ret, struct err *err)
{
    static const char *const names[] = {"job-state", "job-state-reasons", "time-at-processing",
                                        "job-impressions-completed", "job-media-sheets-completed"};
    ipp_t *request = request_new(l, IPP_OP_GET_JOB_ATTRIBUTES, id), *answer = NULL;
    attributes_ask(request, (int)YJ_COUNT(names), names);
    int rc = ask(l, request, ERR_DOCUMENT_FAILED, &answer, err);
    if (rc < 0)
        return rc;
    if (!job_attributes_read(answer, ret))
        rc = ERR(err, ERR_DOCUMENT_QUEUE, "the answer has no job-state");
    ippDelete(answer);
    return rc;
}

int ipp_job_cancel(struct document_link *l, int id, bool is_purge, struct err *err)
{
    ipp_t *request = request_new(l, IPP_OP_CANCEL_JOB, id), *answer = NULL;
    if (is_purge)
        ippAddBoolean(request, IPP_TAG_OPERATION, "purge-job", 1);
    int rc = ask(l, request, ERR_DOCUMENT_FAILED, &answer, err);
    if (rc == 0)
        ippDelete(answer);
    return rc;
}

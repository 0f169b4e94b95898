/* SPDX-License-Identifier: Apache-2.0 */
/* The operations of IPP (RFC 8011) that a kiosk needs, over document_link. Thread: the worker's. */
#ifndef YJ_DOCUMENT_IPP_H
#define YJ_DOCUMENT_IPP_H

#include "drivers/document/document_link.h"
#include "drivers/document/document_raster.h"
#include "types/device.h"

enum ipp_format { FORMAT_NONE, FORMAT_PDF, FORMAT_PWG, FORMAT_URF };

/* What a printer or queue says about itself. */
struct ipp_printer {
    char model[64];
    enum device_paper paper;
    bool is_jammed, is_connecting; /* connecting: CUPS has not reached the printer yet */
    int cause;                     /* why it cannot print now, 0 nothing */
    bool is_cups;                  /* a queue of CUPS */
    bool does_report;              /* completed means that paper came out */
    bool can_create_job, can_keep_scale;
    enum ipp_format format;
    struct raster_cfg raster; /* for PWG and URF */
};

/* How far a job is. */
struct ipp_job {
    ipp_jstate_t state;
    bool has_begun;    /* was ever processed, or cannot be known not to have been */
    bool has_errors;   /* completed, but not well */
    int n_impressions; /* completed, -1 not told */
};

/**
 * Get-Printer-Attributes.
 * @return 0, the errors of link_exchange, or ERR_DOCUMENT_QUEUE (refused: no such queue)
 */
int ipp_printer_get(struct document_link *l, struct ipp_printer *ret, struct err *err) YJ_CHECK;

/**
 * Cancel what is left of ours from before: papers with personal data must never come out later.
 * On CUPS finished jobs are forgotten as well, with their documents.
 * @param ret_n  jobs found
 * @return 0 or the errors of link_exchange, ERR_DOCUMENT_QUEUE (refused)
 */
int ipp_leftovers_cancel(struct document_link *l, bool is_cups, int *ret_n,
                         struct err *err) YJ_CHECK;

/** Create-Job. @return 0, the errors of link_exchange, ERR_BUSY, ERR_DOCUMENT_FAILED (refused) */
int ipp_job_create(struct document_link *l, const struct ipp_printer *p, int *ret_id,
                   struct err *err) YJ_CHECK;

/** Send-Document, the only one of the job. @return as ipp_job_create */
int ipp_job_send(struct document_link *l, int id, enum ipp_format format, const void *data,
                 size_t n, struct err *err) YJ_CHECK;

/** Get-Job-Attributes. @return as ipp_job_create; ERR_NOT_FOUND when it is forgotten */
int ipp_job_get(struct document_link *l, int id, struct ipp_job *ret, struct err *err) YJ_CHECK;

/** Cancel-Job; is_purge lets CUPS forget document and history. @return as ipp_job_get */
int ipp_job_cancel(struct document_link *l, int id, bool is_purge, struct err *err) YJ_CHECK;

static inline bool ipp_job_is_final(const struct ipp_job *j)
{
    return j->state >= IPP_JSTATE_CANCELED;
}

#endif

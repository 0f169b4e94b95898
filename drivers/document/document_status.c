/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the attributes of printers and jobs: what they mean for a kiosk. Pure. */
#include "drivers/document/document_status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DPI_WANTED = 300, DPI_LEAST = 150, DPI_MOST = 600 };

/* printer-state-reasons (RFC 8011 5.4.12, PWG 5100.9) without their severity; the first that
 * applies is the one to tell. Some stop a printer whatever severity it gives them: ippeveprinter
 * waits for paper with media-needed-report. */
static const struct {
    const char *word;
    int cause;
    bool is_always;
} reasons[] = {
    {"media-jam", ERR_PRINTER_JAM, true},
    {"cover-open", ERR_PRINTER_COVER, true},
    {"door-open", ERR_PRINTER_COVER, true},
    {"interlock-open", ERR_PRINTER_COVER, true},
    {"media-empty", ERR_PRINTER_PAPER_OUT, false},
    {"media-needed", ERR_PRINTER_PAPER_OUT, true},
    {"input-tray-missing", ERR_PRINTER_PAPER_OUT, false},
    {"toner-empty", ERR_DOCUMENT_TONER, false},
    {"marker-supply-empty", ERR_DOCUMENT_TONER, false},
    {"developer-empty", ERR_DOCUMENT_TONER, false},
    {"marker-waste-full", ERR_DOCUMENT_TONER, false},
    {"opc-life-over", ERR_DOCUMENT_TONER, false},
    {"fuser-over-temp", ERR_PRINTER_HOT, false},
    {"output-area-full", ERR_DOCUMENT_STOPPED, false},
    {"output-tray-missing", ERR_DOCUMENT_STOPPED, false},
    {"spool-area-full", ERR_DOCUMENT_STOPPED, false},
    {"moving-to-paused", ERR_DOCUMENT_STOPPED, false},
    {"paused", ERR_DOCUMENT_STOPPED, false},
    {"shutdown", ERR_DOCUMENT_STOPPED, false},
    {"cups-missing-filter", ERR_PRINTER_FAULT, false},
    {"cups-insecure-filter", ERR_PRINTER_FAULT, false},
    {"timed-out", ERR_DOCUMENT_QUEUE, false},
};

/* ---- attributes ---------------------------------------------------------------------------- */

static int int_of(ipp_t *answer, const char *name, int fallback)
{
    ipp_attribute_t *a = ippFindAttribute(answer, name, IPP_TAG_ZERO);
    ipp_tag_t tag = a ? ippGetValueTag(a) : IPP_TAG_ZERO;
    return tag == IPP_TAG_INTEGER || tag == IPP_TAG_ENUM ? ippGetInteger(a, 0) : fallback;
}

static const char *text_at(ipp_attribute_t *a, int i)
{
    const char *text = a ? ippGetString(a, i, NULL) : NULL; /* NULL when it holds no text */
    return text ? text : "";
}

static const char *text_of(ipp_t *answer, const char *name)
{
    return text_at(ippFindAttribute(answer, name, IPP_TAG_ZERO), 0);
}

static bool has_word(ipp_t *answer, const char *name, const char *word)
{
    ipp_attribute_t *a = ippFindAttribute(answer, name, IPP_TAG_ZERO);
    for (int i = 0; i < ippGetCount(a); i++)
        if (strcmp(text_at(a, i), word) == 0)
            return true;
    return false;
}

static bool has_operation(ipp_t *answer, ipp_op_t op)
{
    ipp_attribute_t *a = ippFindAttribute(answer, "operations-supported", IPP_TAG_ENUM);
    for (int i = 0; i < ippGetCount(a); i++)
        if (ippGetInteger(a, i) == (int)op)
            return true;
    return false;
}

/* ---- state --------------------------------------------------------------------------------- */

/* Is the reason this word, and does it stop the printer? Without a severity it counts as an error;
 * a warning or report (another tray is empty) counts when the printer has stopped anyway. */
static bool is_reason(const char *text, const char *word, bool is_any)
{
    size_t n = strlen(word);
    if (strncmp(text, word, n) != 0)
        return false;
    if (!text[n] || strcmp(text + n, "-error") == 0)
        return true;
    return is_any && (strcmp(text + n, "-warning") == 0 || strcmp(text + n, "-report") == 0);
}

static void reasons_read(ipp_t *answer, struct ipp_printer *p)
{
    int state = int_of(answer, "printer-state", IPP_PSTATE_IDLE);
    bool is_stopped = state == IPP_PSTATE_STOPPED;
    /* CUPS hears from the printer during a job only: what an idle queue tells may be long over,
     * and would never be corrected if it kept us from printing */
    bool is_stale = p->is_cups && state == IPP_PSTATE_IDLE;
    ipp_attribute_t *a = ippFindAttribute(answer, "printer-state-reasons", IPP_TAG_ZERO);
    for (size_t k = 0; k < YJ_COUNT(reasons) && p->cause == 0 && !is_stale; k++)
        for (int i = 0; i < ippGetCount(a); i++)
            if (is_reason(text_at(a, i), reasons[k].word, is_stopped || reasons[k].is_always))
                p->cause = reasons[k].cause;
    for (int i = 0; i < ippGetCount(a) && !is_stale; i++) {
        const char *text = text_at(a, i);
        if (strncmp(text, "media-low", 9) == 0 || strncmp(text, "media-empty", 11) == 0)
            p->paper = PAPER_LOW;
        /* CUPS: its backend is trying to reach the printer */
        p->is_connecting = p->is_connecting || strncmp(text, "connecting-to-device", 20) == 0 ||
                           strncmp(text, "offline", 7) == 0;
    }
    if (is_stale)
        p->paper = PAPER_UNKNOWN;
    p->is_jammed = p->cause == ERR_PRINTER_JAM;
    if (p->cause == ERR_PRINTER_PAPER_OUT)
        p->paper = PAPER_OUT;
    ipp_attribute_t *accepts =
        ippFindAttribute(answer, "printer-is-accepting-jobs", IPP_TAG_BOOLEAN);
    if (p->cause == 0 && (is_stopped || (accepts && !ippGetBoolean(accepts, 0))))
        p->cause = ERR_DOCUMENT_STOPPED;
}

/* Does completed mean that paper came out? A printer's own word is believed. A queue passes that
 * word on when its backend speaks IPP and waits; other backends only hand bytes over. */
static bool does_report(bool is_cups, const char *device_uri)
{
    if (!is_cups)
        return true;
    if (strstr(device_uri, "waitjob=false"))
        return false;
    return strncmp(device_uri, "ipp://", 6) == 0 || strncmp(device_uri, "ipps://", 7) == 0 ||
           (strncmp(device_uri, "dnssd://", 8) == 0 &&
            (strstr(device_uri, "._ipp._tcp") || strstr(device_uri, "._ipps._tcp")));
}

/* ---- formats ------------------------------------------------------------------------------- */

static bool is_better_dpi(int dpi, int best)
{
    if (dpi < DPI_LEAST || dpi > DPI_MOST)
        return false;
    if (best < DPI_WANTED)
        return dpi > best;
    return dpi >= DPI_WANTED && dpi < best;
}

static bool pwg_read(ipp_t *answer, struct raster_cfg *r)
{
    static const char *const type[] = {"sgray_8", "black_1", "srgb_8"};
    static const char *const dpi_name = "pwg-raster-document-resolution-supported";
    ipp_attribute_t *a = ippFindAttribute(answer, dpi_name, IPP_TAG_RESOLUTION);
    for (size_t i = 0; i < YJ_COUNT(type) && !*r->type; i++)
        if (has_word(answer, "pwg-raster-document-type-supported", type[i]))
            snprintf(r->type, sizeof r->type, "%s", type[i]);
    for (int i = 0; i < ippGetCount(a); i++) {
        int across = 0;
        ipp_res_t units = IPP_RES_PER_INCH;
        int along = ippGetResolution(a, i, &across, &units);
        if (units == IPP_RES_PER_INCH && along == across && is_better_dpi(along, r->dpi))
            r->dpi = along;
    }
    snprintf(r->sheet_back, sizeof r->sheet_back, "%s",
             text_of(answer, "pwg-raster-document-sheet-back"));
    if (!*r->sheet_back)
        snprintf(r->sheet_back, sizeof r->sheet_back, "normal");
    return *r->type && r->dpi > 0;
}

/* "RS300-600" among the words of urf-supported; DM3 and DM4 turn back sides. */
static bool urf_read(ipp_t *answer, struct raster_cfg *r)
{
    ipp_attribute_t *a = ippFindAttribute(answer, "urf-supported", IPP_TAG_ZERO);
    r->is_urf = true;
    snprintf(r->sheet_back, sizeof r->sheet_back, "%s",
             has_word(answer, "urf-supported", "DM2")   ? "flipped"
             : has_word(answer, "urf-supported", "DM3") ? "rotated"
             : has_word(answer, "urf-supported", "DM4") ? "manual-tumble"
                                                        : "normal");
    snprintf(r->type, sizeof r->type, "%s",
             has_word(answer, "urf-supported", "W8")       ? "sgray_8"
             : has_word(answer, "urf-supported", "SRGB24") ? "srgb_8"
                                                           : "");
    for (int i = 0; i < ippGetCount(a); i++) {
        const char *at = text_at(a, i);
        if (strncmp(at, "RS", 2) != 0)
            continue;
        at += 2;
        while (*at >= '0' && *at <= '9') {
            char *end;
            long dpi = strtol(at, &end, 10);
            if (dpi <= DPI_MOST && is_better_dpi((int)dpi, r->dpi))
                r->dpi = (int)dpi;
            at = *end == '-' ? end + 1 : end;
        }
    }
    return *r->type && r->dpi > 0;
}

static void format_read(ipp_t *answer, const struct document_settings *s, struct ipp_printer *p)
{
    static const char *const name = "document-format-supported";
    struct raster_cfg pwg = {0}, urf = {0};
    if (has_word(answer, name, "application/pdf")) {
        p->format = FORMAT_PDF;
    } else if (has_word(answer, name, "image/pwg-raster") && pwg_read(answer, &pwg)) {
        p->format = FORMAT_PWG;
        p->raster = pwg;
    } else if (has_word(answer, name, "image/urf") && urf_read(answer, &urf)) {
        p->format = FORMAT_URF;
        p->raster = urf;
    }
    snprintf(p->raster.sides, sizeof p->raster.sides, "%s", s->sides);
}

/* ---- whole answers ------------------------------------------------------------------------- */

static void model_read(ipp_t *answer, struct ipp_printer *p)
{
    const char *text = text_of(answer, "printer-make-and-model");
    size_t n = 0, used;
    uint32_t cp;
    while (text[n] && (used = bytes_utf8_next(text + n, strlen(text + n), &cp)) > 0 &&
           n + used < sizeof p->model && cp >= ' ')
        n += used;
    memcpy(p->model, text, n);
    p->model[n] = '\0';
}

void printer_attributes_read(ipp_t *answer, const struct document_settings *s,
                             struct ipp_printer *ret)
{
    memset(ret, 0, sizeof *ret);
    ret->is_cups = ippFindAttribute(answer, "cups-version", IPP_TAG_ZERO) != NULL;
    ret->does_report = does_report(ret->is_cups, text_of(answer, "device-uri"));
    ret->paper = ret->does_report ? PAPER_FULL : PAPER_UNKNOWN;
    ret->can_create_job =
        has_operation(answer, IPP_OP_CREATE_JOB) && has_operation(answer, IPP_OP_SEND_DOCUMENT);
    ret->can_keep_scale = has_word(answer, "print-scaling-supported", "none");
    reasons_read(answer, ret);
    format_read(answer, s, ret);
    model_read(answer, ret);
    if (ret->format == FORMAT_NONE || !ret->can_create_job)
        ret->cause = ERR_DOCUMENT_FAILED;
}

bool job_attributes_read(ipp_t *answer, struct ipp_job *ret)
{
    int state = int_of(answer, "job-state", 0);
    if (state < IPP_JSTATE_PENDING || state > IPP_JSTATE_COMPLETED)
        return false;
    /* no-value: not yet; no such attribute: nobody knows */
    ipp_attribute_t *begun = ippFindAttribute(answer, "time-at-processing", IPP_TAG_ZERO);
    ret->state = (ipp_jstate_t)state;
    ret->has_begun = !begun || ippGetValueTag(begun) == IPP_TAG_INTEGER;
    ret->has_errors = has_word(answer, "job-state-reasons", "job-completed-with-errors");
    ret->n_impressions = int_of(answer, "job-impressions-completed", -1);
    int n_sheets = int_of(answer, "job-media-sheets-completed", -1);
    if (n_sheets > ret->n_impressions)
        ret->n_impressions = n_sheets;
    return true;
}

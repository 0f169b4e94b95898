/* SPDX-License-Identifier: Apache-2.0 */
/* What a printer may answer: any IPP message, read by libcups, understood by document_status. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/document/document_status.h"

struct source {
    const uint8_t *p;
    size_t n;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static ssize_t on_read(void *arg, ipp_uchar_t *out, size_t n)
{
    struct source *s = arg;
    n = n < s->n ? n : s->n;
    memcpy(out, s->p, n);
    s->p += n;
    s->n -= n;
    return (ssize_t)n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const struct document_settings settings = {.sides = "one-sided"};
    struct source source = {data, n};
    struct ipp_printer printer;
    struct ipp_job job = {0};
    ipp_t *answer = ippNew();
    ipp_state_t state = IPP_STATE_IDLE;
    while (source.n > 0 && state != IPP_STATE_ERROR && state != IPP_STATE_DATA)
        state = ippReadIO(&source, on_read, 1, NULL, answer);
    printer_attributes_read(answer, &settings, &printer);
    if (strlen(printer.model) >= sizeof printer.model || printer.raster.dpi > 600)
        abort();
    if (job_attributes_read(answer, &job) && job.state > IPP_JSTATE_COMPLETED)
        abort();
    ippDelete(answer);
    return 0;
}

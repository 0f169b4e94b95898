/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the attributes of printers and jobs (RFC 8011, PWG 5100.14, CUPS). Pure. */
#ifndef YJ_DOCUMENT_STATUS_H
#define YJ_DOCUMENT_STATUS_H

#include "drivers/document/document_ipp.h"

/* What a Get-Printer-Attributes answer says. Attributes of wrong type count as missing. */
void printer_attributes_read(ipp_t *answer, const struct document_settings *s,
                             struct ipp_printer *ret);

/* What the attributes of one job say. @return false when there is no job state */
bool job_attributes_read(ipp_t *answer, struct ipp_job *ret);

#endif

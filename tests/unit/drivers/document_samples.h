/* SPDX-License-Identifier: Apache-2.0 */
/* Documents with invented data, one of each kind. Test code. */
#ifndef YJ_TESTS_DOCUMENT_SAMPLES_H
#define YJ_TESTS_DOCUMENT_SAMPLES_H

#include "types/document.h"

/* An empty document with title, number and so on set; owned by the caller (document_free). */
struct document *sample_empty(enum document_kind kind, const char *title, const char *subtitle);
/* A filled one; the promise is signed. Owned by the caller. */
struct document *sample_new(enum document_kind kind);
/* Strokes of a signature, owned by the caller. */
struct strokes *sample_strokes(void);

#endif

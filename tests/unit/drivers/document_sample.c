/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the sample documents as PDF files, for looking at:
 *     document_sample FOLDER        application.pdf promise.pdf materials.pdf */
#include <stdio.h>

#include "document_samples.h"
#include "drivers/document/document_pdf.h"

static const char *const name[DOCUMENT_N_KINDS] = {"application", "promise", "materials"};

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    for (int kind = 0; kind < DOCUMENT_N_KINDS; kind++) {
        const int64_t wall_ms = 1795397820000; /* 2026-11-23 */
        char path[512];
        struct err err = {0};
        struct document_bytes pdf = {0};
        struct document *d = sample_new((enum document_kind)kind);
        int rc = document_pdf(d, wall_ms, &pdf, &err);
        document_free(d);
        if (rc < 0) {
            fprintf(stderr, "%s: %s\n", name[kind], err.msg);
            return 1;
        }
        snprintf(path, sizeof path, "%s/%s.pdf", argv[1], name[kind]);
        FILE *f = fopen(path, "wb");
        bool is_written = f && fwrite(pdf.data, 1, pdf.n, f) == pdf.n;
        if (!f || fclose(f) != 0 || !is_written) {
            perror(path);
            return 1;
        }
        document_bytes_free(&pdf);
    }
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of documents, judged from outside: poppler reads the PDF, zbar the code on its picture.
 * Skipped (77) where the judges are not installed. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cunit_main.h"
#include "document_samples.h"
#include "drivers/document/document_pdf.h"
#include "drivers/document/document_raster.h"
#include "ipp_rig.h"

enum { TEXT_BYTES = 1 << 20 };
static const int64_t wall_ms = 1795397820000;
static char folder[64];

/* Draw d, which is freed, into folder/x.pdf. @return pages, or the error */
static int pdf_make(struct document *d, struct err *err)
{
    struct document_bytes pdf = {0};
    char path[128], out[2048];
    int rc = document_pdf(d, wall_ms, &pdf, err);
    document_free(d);
    if (rc < 0)
        return rc;
    snprintf(path, sizeof path, "%s/x.pdf", folder);
    FILE *f = fopen(path, "wb");
    CU_ASSERT_TRUE_FATAL(f && fwrite(pdf.data, 1, pdf.n, f) == pdf.n && fclose(f) == 0);
    document_bytes_free(&pdf);
    CU_ASSERT_EQUAL(command_run(out, sizeof out, "pdfinfo '%s'", path), 0);
    const char *pages = strstr(out, "Pages:");
    return pages ? (int)strtol(pages + 6, NULL, 10) : -1;
}

static void text_of(char *out)
{
    CU_ASSERT_EQUAL(
        command_run(out, TEXT_BYTES, "pdftotext -raw '%s/x.pdf' - | tr -d '\\n\\f'", folder), 0);
}

/* Every word of the file lies between the margins. */
static void expect_inside_margins(void)
{
    char *out = mem_zalloc(TEXT_BYTES, 1);
    size_t n = 0;
    CU_ASSERT_EQUAL(
        command_run(out, TEXT_BYTES, "pdftotext -bbox '%s/x.pdf' - | grep '<word'", folder), 0);
    for (const char *at = out; (at = strstr(at, "xMin=\"")); at++, n++) {
        double x0, y0, x1, y1;
        if (sscanf(at, "xMin=\"%lf\" yMin=\"%lf\" xMax=\"%lf\" yMax=\"%lf\"", &x0, &y0, &x1, &y1) !=
            4)
            break; /* cut off at the end of the buffer */
        bool is_inside = x0 >= PAGE_LEFT_PT - 1 && x1 <= PAGE_RIGHT_PT + 1 &&
                         y0 >= PAGE_TOP_PT - 6 && y1 <= PAGE_BOTTOM_PT + 6;
        CU_ASSERT_TRUE(is_inside);
        if (!is_inside)
            fprintf(stderr, "outside: %.60s\n", at);
    }
    CU_ASSERT_TRUE(n > 10);
    free(out);
}

static void samples_hold_what_they_should(void)
{
    static const int n_pages[DOCUMENT_N_KINDS] = {2, 1, 1};
    char *out = mem_zalloc(TEXT_BYTES, 1);
    for (int kind = 0; kind < DOCUMENT_N_KINDS; kind++) {
        struct document *d = sample_new((enum document_kind)kind);
        size_t n_found = 0, n_texts = 0;
        struct document *copy = sample_new((enum document_kind)kind);
        CU_ASSERT_EQUAL(pdf_make(d, NULL), n_pages[kind]);
        text_of(out);
        for (size_t i = 0; i < copy->n_blocks; i++) {
            const char *part[] = {copy->block[i].left, copy->block[i].right, copy->block[i].third};
            for (size_t k = 0; k < 3; k++) {
                if (!*part[k] || copy->block[i].kind == DOCUMENT_PARAGRAPH)
                    continue;
                n_texts++;
                n_found += strstr(out, part[k]) != NULL;
            }
        }
        CU_ASSERT_TRUE(n_found * 100 >= n_texts * 80); /* the others hold a break beside a blank */
        CU_ASSERT_PTR_NOT_NULL(strstr(out, copy->title));
        CU_ASSERT_PTR_NOT_NULL(strstr(out, "编号：2026 1123 0001 0042"));
        CU_ASSERT_PTR_NOT_NULL(strstr(out, "第 1 页 共 "));
        expect_inside_margins();
        document_free(copy);
    }
    free(out);
}

static void fonts_are_embedded(void)
{
    char out[4096], *save = NULL;
    size_t n = 0;
    CU_ASSERT_EQUAL(pdf_make(sample_new(DOCUMENT_APPLICATION), NULL), 2);
    CU_ASSERT_EQUAL(command_run(out, sizeof out, "pdffonts '%s/x.pdf' | tail -n +3", folder), 0);
    for (char *line = strtok_r(out, "\n", &save); line; line = strtok_r(NULL, "\n", &save), n++)
        CU_ASSERT_PTR_NOT_NULL(strstr(line, " yes yes yes "));
    CU_ASSERT_TRUE(n >= 3);
}

static void metadata_tell_nothing(void)
{
    char out[4096];
    CU_ASSERT_EQUAL(pdf_make(sample_new(DOCUMENT_APPLICATION), NULL), 2);
    CU_ASSERT_EQUAL(command_run(out, sizeof out, "TZ=UTC pdfinfo '%s/x.pdf'", folder), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "申请表"));
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "595.276 x 841.89 pts (A4)"));
    CU_ASSERT_PTR_NULL(strstr(out, "张"));
    CU_ASSERT_PTR_NULL(strstr(out, "0042"));
}

static void is_the_same_twice(void)
{
    struct document_bytes a = {0}, b = {0};
    struct document *d = sample_new(DOCUMENT_PROMISE);
    CU_ASSERT_EQUAL_FATAL(document_pdf(d, wall_ms, &a, NULL), 0);
    CU_ASSERT_EQUAL_FATAL(document_pdf(d, wall_ms, &b, NULL), 0);
    CU_ASSERT_TRUE(a.n == b.n && memcmp(a.data, b.data, a.n) == 0);
    document_bytes_free(&a);
    document_bytes_free(&b);
    CU_ASSERT_TRUE(a.data == NULL && a.n == 0);
    document_free(d);
}

static void the_code_can_be_scanned(void)
{
    char out[1024];
    struct document *d = sample_new(DOCUMENT_MATERIALS);
    char qr[512];
    snprintf(qr, sizeof qr, "%s", d->qr);
    CU_ASSERT_EQUAL(pdf_make(d, NULL), 1);
    CU_ASSERT_EQUAL(command_run(out, sizeof out,
                                "pdftoppm -r 150 -png '%s/x.pdf' '%s/x' && "
                                "zbarimg -q --raw '%s'/x-1.png 2>/dev/null",
                                folder, folder, folder),
                    0);
    CU_ASSERT_EQUAL(strncmp(out, qr, strlen(qr)), 0);
    CU_ASSERT_EQUAL(out[strlen(qr)], '\n');
}

/* Characters of GB 18030-2022, among them level 3 beyond the first plane. */
static void rare_characters_come_out(void)
{
    static const char *const rare = "䶮𠮷𬎆𬬻𫖯堃㼆𪚥𫚉龘";
    char *out = mem_zalloc(TEXT_BYTES, 1);
    struct document *d = sample_empty(DOCUMENT_APPLICATION, "申请表", "用字");
    CU_ASSERT_TRUE(document_add(d, DOCUMENT_PAIR, "姓名", rare, NULL));
    CU_ASSERT_EQUAL(pdf_make(d, NULL), 1);
    text_of(out);
    CU_ASSERT_PTR_NOT_NULL(strstr(out, rare));
    free(out);
}

static void a_missing_character_is_refused(void)
{
    struct err err = {0};
    struct document *d = sample_empty(DOCUMENT_APPLICATION, "申请表", "");
    CU_ASSERT_TRUE(
        document_add(d, DOCUMENT_PAIR, "姓名", "张\xf4\x8f\xbf\xbd\xf4\x8f\xbf\xbc", NULL));
    CU_ASSERT_EQUAL(pdf_make(d, &err), ERR_DOCUMENT_GLYPH);
    CU_ASSERT_EQUAL(strncmp(err.msg, "2 characters ", 13), 0);
    CU_ASSERT_PTR_NULL(strstr(err.msg, "张"));
}

static void bad_documents_are_refused(void)
{
    char *qr = mem_zalloc(2001, 1);
    CU_ASSERT_EQUAL(pdf_make(sample_empty(DOCUMENT_PROMISE, "", ""), NULL), ERR_INVALID);
    struct document *d = sample_empty(DOCUMENT_PROMISE, "承诺书", "");
    CU_ASSERT_TRUE(document_add(d, DOCUMENT_NOTE, "\xff", NULL, NULL));
    CU_ASSERT_EQUAL(pdf_make(d, NULL), ERR_INVALID);
    d = sample_empty(DOCUMENT_PROMISE, "承诺书", "");
    memset(qr, 'A', 2000);
    d->qr = document_text(d, qr);
    CU_ASSERT_EQUAL(pdf_make(d, NULL), ERR_INVALID);
    d = sample_empty(DOCUMENT_PROMISE, "承诺书", "");
    char *lines = mem_zalloc(20001, 1);
    memset(lines, '\n', 20000);
    CU_ASSERT_TRUE(document_add(d, DOCUMENT_PARAGRAPH, lines, NULL, NULL));
    CU_ASSERT_EQUAL(pdf_make(d, NULL), ERR_TOO_BIG);
    free(lines);
    free(qr);
}

/* A value longer than a page, and words without a place to break. */
static void long_values_are_broken(void)
{
    char *value = mem_zalloc(12001, 1), *word = mem_zalloc(801, 1);
    for (size_t i = 0; i < 4000; i++)
        memcpy(value + 3 * i, i % 10 == 9 ? "，" : "长", 3);
    memset(word, 'W', 800);
    struct document *d = sample_empty(DOCUMENT_APPLICATION, "申请表", "长文");
    CU_ASSERT_TRUE(document_add(d, DOCUMENT_HEADING, "一、很长", NULL, NULL));
    CU_ASSERT_TRUE(document_add(d, DOCUMENT_PAIR, "说明", value, NULL));
    CU_ASSERT_TRUE(document_add(d, DOCUMENT_PAIR, word, word, NULL));
    CU_ASSERT_TRUE(document_add(d, DOCUMENT_ROW_HEAD, "甲", "乙", "丙"));
    CU_ASSERT_TRUE(document_add(d, DOCUMENT_ROW, word, "二", word));
    CU_ASSERT_TRUE(document_add(d, DOCUMENT_PARAGRAPH, word, NULL, NULL));
    d->footer = document_text(d, word);
    d->number = document_text(d, word);
    int n = pdf_make(d, NULL);
    CU_ASSERT_TRUE(n >= 4 && n <= 9);
    expect_inside_margins();
    char *out = mem_zalloc(TEXT_BYTES, 1);
    size_t n_long = 0;
    text_of(out);
    for (const char *at = out; (at = strstr(at, "长")); at += 3)
        n_long++;
    CU_ASSERT_TRUE(n_long >= 3600); /* none is lost; the running heads add theirs */
    free(out);
    free(value);
    free(word);
}

static void all_blocks_fit(void)
{
    char *out = mem_zalloc(TEXT_BYTES, 1);
    struct document *d = sample_empty(DOCUMENT_APPLICATION, "申请表", "行数到顶");
    for (size_t i = 0; i < DOCUMENT_MAX_BLOCKS; i++) {
        char text[32];
        snprintf(text, sizeof text, "第%zu行", i + 1);
        bool is_added = i == 0 ? document_add(d, DOCUMENT_ROW_HEAD, "表头甲", "表头乙", "表头丙")
                               : document_add(d, DOCUMENT_ROW, text, "值", "说明");
        CU_ASSERT_TRUE(is_added);
    }
    CU_ASSERT_FALSE(document_add(d, DOCUMENT_NOTE, "x", NULL, NULL));
    int n = pdf_make(d, NULL);
    CU_ASSERT_TRUE(n >= 12 && n <= 24);
    text_of(out);
    int n_heads = 0;
    for (const char *at = out; (at = strstr(at, "表头甲")); at++)
        n_heads++;
    CU_ASSERT_EQUAL(n_heads, n); /* on every page */
    for (size_t i = 1; i < DOCUMENT_MAX_BLOCKS; i++) {
        char text[32];
        snprintf(text, sizeof text, "第%zu行", i + 1);
        CU_ASSERT_PTR_NOT_NULL(strstr(out, text));
    }
    expect_inside_margins();
    free(out);
}

/* Whatever stands above it: what is signed and the signature share a page. */
static void a_signature_never_stands_alone(void)
{
    for (int n = 20; n < 34; n++) {
        char out[8192];
        struct document *d = sample_empty(DOCUMENT_PROMISE, "承诺书", "签名");
        for (int i = 0; i < n; i++)
            CU_ASSERT_TRUE(document_add(d, DOCUMENT_ITEM, "承诺一条", NULL, NULL));
        CU_ASSERT_TRUE(document_add(d, DOCUMENT_SIGNATURE, "签名处", "2026年", NULL));
        int pages = pdf_make(d, NULL);
        CU_ASSERT_EQUAL(command_run(out, sizeof out, "pdftotext -raw -f %d -l %d '%s/x.pdf' -",
                                    pages, pages, folder),
                        0);
        CU_ASSERT_PTR_NOT_NULL(strstr(out, "签名处"));
        CU_ASSERT_PTR_NOT_NULL(strstr(out, "承诺一条"));
    }
}

static void raster_has_the_size_of_the_paper(void)
{
    static const struct {
        struct raster_cfg cfg;
        size_t most_bytes;
    } cases_[] = {
        {{.type = "sgray_8", .dpi = 300, .sides = "two-sided-long-edge", .sheet_back = "rotated"},
         3000000},
        {{.type = "black_1", .dpi = 600, .sides = "one-sided", .sheet_back = "normal"}, 3000000},
        {{.type = "srgb_8", .dpi = 300, .sides = "one-sided", .is_urf = true}, 6000000},
    };
    struct document *d = sample_new(DOCUMENT_APPLICATION);
    struct layout *l = NULL;
    CU_ASSERT_EQUAL_FATAL(layout_new(d, &l, NULL), 0);
    for (size_t i = 0; i < YJ_COUNT(cases_); i++) {
        struct document_bytes raster = {0};
        CU_ASSERT_EQUAL(document_raster_of(l, &cases_[i].cfg, &raster, NULL), 0);
        CU_ASSERT_TRUE(raster.n > 10000 && raster.n < cases_[i].most_bytes);
        document_bytes_free(&raster);
    }
    const struct raster_cfg bad = {.type = "pink_3", .dpi = 300}, thin = {.type = "black_1"};
    struct document_bytes none = {0};
    CU_ASSERT_EQUAL(document_raster_of(l, &bad, &none, NULL), ERR_DOCUMENT_FAILED);
    CU_ASSERT_EQUAL(document_raster_of(l, &thin, &none, NULL), ERR_DOCUMENT_FAILED);
    CU_ASSERT_PTR_NULL(none.data);
    layout_free(l);
    document_free(d);
}

static CU_TestInfo cases[] = {
    {"samples hold what they should", samples_hold_what_they_should},
    {"fonts are embedded", fonts_are_embedded},
    {"metadata tell nothing", metadata_tell_nothing},
    {"is the same twice", is_the_same_twice},
    {"the code can be scanned", the_code_can_be_scanned},
    {"rare characters come out", rare_characters_come_out},
    {"a missing character is refused", a_missing_character_is_refused},
    {"bad documents are refused", bad_documents_are_refused},
    {"long values are broken", long_values_are_broken},
    {"all blocks fit", all_blocks_fit},
    {"a signature never stands alone", a_signature_never_stands_alone},
    {"raster has the size of the paper", raster_has_the_size_of_the_paper},
    CU_TEST_INFO_NULL,
};

int main(void)
{
    char out[256];
    struct ipp_rig r = {0};
    if (command_run(out, sizeof out, "command -v pdftotext && command -v zbarimg") != 0)
        return 77;
    ipp_rig_folder(&r);
    snprintf(folder, sizeof folder, "%s", r.folder);
    int rc = cunit_run("drivers.document.pdf", cases);
    ipp_rig_stop(&r);
    return rc;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The code on a slip is read by another program, zbarimg; skipped (77) where it is missing. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "cunit_main.h"
#include "ui/draw/slip.h"
#include "unit/ui/slip_sample.h"

static void write_pbm(const struct bitmap *bm, const char *path)
{
    FILE *f = fopen(path, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    fprintf(f, "P4\n%u %u\n", bm->width_dots, bm->rows);
    fwrite(bm->bits, bm->stride, bm->rows, f);
    CU_ASSERT_EQUAL(fclose(f), 0);
}

static void reads_back_at(uint32_t width)
{
    struct font_set *fonts = NULL;
    struct slip *slip = mem_zalloc(1, sizeof *slip);
    struct bitmap *bm = NULL;
    char dir[] = "/tmp/yj-slip-XXXXXX", path[64], command[128], line[512] = "";
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/slip.pbm", dir);
    CU_ASSERT_EQUAL_FATAL(font_set_new(YJ_SOURCE_DIR "/assets", &fonts, NULL), 0);
    sample_slip(slip);
    CU_ASSERT_EQUAL_FATAL(slip_render(fonts, slip, width, 8, &bm, NULL), 0);
    write_pbm(bm, path);
    snprintf(command, sizeof command, "zbarimg -q --raw --nodbus %s 2>/dev/null", path);
    FILE *f = popen(command, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT_PTR_NOT_NULL(fgets(line, sizeof line, f));
    pclose(f);
    line[strcspn(line, "\n")] = '\0';
    CU_ASSERT_STRING_EQUAL(line, SAMPLE_PAYLOAD);
    unlink(path);
    rmdir(dir);
    free(bm);
    free(slip);
    font_set_free(fonts);
}

static void reads_back_on_80_mm(void)
{
    reads_back_at(576);
}

static void reads_back_on_58_mm(void)
{
    reads_back_at(384);
}

static CU_TestInfo cases[] = {
    {"reads back on 80 mm paper", reads_back_on_80_mm},
    {"reads back on 58 mm paper", reads_back_on_58_mm},
    CU_TEST_INFO_NULL,
};

int main(void)
{
    if (system("command -v zbarimg >/dev/null") != 0) {
        puts("zbarimg is missing: skipped");
        return 77;
    }
    return cunit_run("ui.slip.qr", cases);
}

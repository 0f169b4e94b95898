/* SPDX-License-Identifier: Apache-2.0 */
/* base/err: the table is sound; messages are filled once and prefixed. base/mem: reading files. */
#include "cunit_main.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"

static const int numbers[] = {
#define X(name, number, cls, text) number,
#include "base/err.def"
#undef X
};

static void numbers_are_unique_and_classed(void)
{
    for (size_t i = 0; i < YJ_COUNT(numbers); i++) {
        for (size_t j = 0; j < i; j++)
            CU_ASSERT_NOT_EQUAL(numbers[i], numbers[j]);
        CU_ASSERT_NOT_EQUAL(err_class_of(-numbers[i]), ERR_CLASS_NONE);
        CU_ASSERT_STRING_NOT_EQUAL(err_name(-numbers[i]), "ERR_?");
    }
    CU_ASSERT_EQUAL(err_class_of(0), ERR_CLASS_NONE);
    CU_ASSERT_EQUAL(err_class_of(-99999), ERR_CLASS_BUG);
}

static void message_is_kept_and_prefixed(void)
{
    struct err err = {0};
    CU_ASSERT_EQUAL(ERR(&err, ERR_TIMEOUT, "after %d ms", 500), ERR_TIMEOUT);
    err_prefix(&err, "reader");
    CU_ASSERT_STRING_EQUAL(err.msg, "reader: after 500 ms");
    CU_ASSERT_EQUAL(err.code, ERR_TIMEOUT);
    for (int i = 0; i < 100; i++) /* never overflows */
        err_prefix(&err, "a rather long prefix for the message");
    CU_ASSERT_TRUE(strlen(err.msg) < sizeof err.msg);
    CU_ASSERT_EQUAL(ERR(NULL, ERR_IO, "nobody listens"), ERR_IO);
}

static void files_are_read_whole_or_refused(void)
{
    char path[] = "/tmp/yj-test-XXXXXX";
    char *data = NULL;
    size_t n = 0;
    struct err err = {0};
    int fd = mkstemp(path);
    CU_ASSERT_FATAL(fd >= 0);
    CU_ASSERT_EQUAL(write(fd, "abc\0def", 7), 7);
    close(fd);
    CU_ASSERT_EQUAL(mem_read_file(path, 7, &data, &n, &err), 0);
    CU_ASSERT_EQUAL(n, 7);
    CU_ASSERT_EQUAL(data[7], 0);
    free(data);
    CU_ASSERT_EQUAL(mem_read_file(path, 6, &data, &n, &err), ERR_TOO_BIG);
    unlink(path);
    CU_ASSERT_EQUAL(mem_read_file(path, 6, &data, &n, &err), ERR_NOT_FOUND);
    CU_ASSERT_EQUAL(mem_read_file("/tmp", 6, &data, &n, &err), ERR_IO);
}

static CU_TestInfo cases[] = {
    {"error table", numbers_are_unique_and_classed},
    {"messages", message_is_kept_and_prefixed},
    {"files", files_are_read_whole_or_refused},
    CU_TEST_INFO_NULL,
};
CUNIT_MAIN("base.err", cases)

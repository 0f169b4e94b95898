/* SPDX-License-Identifier: Apache-2.0 */
/* One main for every CUnit program: list the cases, run them, fail loudly.
 *     static CU_TestInfo cases[] = {{"wipes every byte", wipes_every_byte}, CU_TEST_INFO_NULL};
 *     CUNIT_MAIN("base.bytes", cases) */
#ifndef YJ_TESTS_CUNIT_MAIN_H
#define YJ_TESTS_CUNIT_MAIN_H

#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdlib.h>

static inline int cunit_run(const char *suite_name, CU_TestInfo *cases)
{
    char name[128];
    snprintf(name, sizeof name, "%s", suite_name);
    CU_SuiteInfo suites[] = {{name, NULL, NULL, NULL, NULL, cases}, CU_SUITE_INFO_NULL};
    if (CU_initialize_registry() != CUE_SUCCESS || CU_register_suites(suites) != CUE_SUCCESS) {
        fprintf(stderr, "CUnit: %s\n", CU_get_error_msg());
        return EXIT_FAILURE;
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    unsigned failed = CU_get_number_of_failures() + CU_get_number_of_tests_failed();
    unsigned ran = CU_get_number_of_tests_run();
    CU_cleanup_registry();
    return failed || !ran ? EXIT_FAILURE : EXIT_SUCCESS;
}

#define CUNIT_MAIN(suite_name, cases)                                                              \
    int main(void)                                                                                 \
    {                                                                                              \
        return cunit_run(suite_name, cases);                                                       \
    }

#endif

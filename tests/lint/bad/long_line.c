/* SPDX-License-Identifier: Apache-2.0 */
/* pretend: app/sync/x.c expect: line-length */
int a_line_that_goes_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on;

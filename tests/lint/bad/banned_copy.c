/* SPDX-License-Identifier: Apache-2.0 */
/* pretend: app/base/x.c expect: banned-function */
void f(char *a, const char *b) { strcpy(a, b); }

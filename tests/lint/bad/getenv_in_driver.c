/* SPDX-License-Identifier: Apache-2.0 */
/* pretend: drivers/printer/printer.c expect: getenv */
const char *f(void) { return getenv("FAKE"); }

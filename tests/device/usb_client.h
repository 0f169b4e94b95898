/* SPDX-License-Identifier: Apache-2.0 */
/* Plain libusb client of the echo device: the same checks in process and as a program of its own.
 * Thread: the caller's. */
#ifndef YJ_TEST_USB_CLIENT_H
#define YJ_TEST_USB_CLIENT_H

/** Everything once. @return number of failed checks, each printed. Blocks: about a second. */
int client_check_all(void);
/** Claim and transfer until killed. @return only on failure */
int client_burn(void);
/** Three threads, a libusb context and an echo device each, through n re-plugs. @return failures */
int client_contexts(int n);
/** @return microseconds for one of n bulk transfers, or -1 */
double client_bench(int n);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* pretend: drivers/reader/reader.c expect: product-id */
int f(int v) { return v == 0x0400; }

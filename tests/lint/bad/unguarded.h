/* SPDX-License-Identifier: Apache-2.0 */
/* pretend: ui/x.h expect: header-guard */
int f(void);

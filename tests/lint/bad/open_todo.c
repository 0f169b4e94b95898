/* SPDX-License-Identifier: Apache-2.0 */
/* pretend: app/sync/x.c expect: todo */
int TODO;

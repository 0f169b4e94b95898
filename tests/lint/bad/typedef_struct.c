/* SPDX-License-Identifier: Apache-2.0 */
/* pretend: ui/widget/x.c expect: typedef */
typedef struct { int a; } thing;

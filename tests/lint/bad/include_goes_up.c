/* SPDX-License-Identifier: Apache-2.0 */
/* pretend: ui/draw/font.c expect: include-direction */
#include "../app/base/err.h"

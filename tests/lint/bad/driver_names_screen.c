/* SPDX-License-Identifier: Apache-2.0 */
/* pretend: drivers/reader/reader.c expect: include-direction */
#include "ui/ui.h"

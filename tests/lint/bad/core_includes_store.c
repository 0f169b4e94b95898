/* SPDX-License-Identifier: Apache-2.0 */
/* pretend: app/core/visit.c expect: include-direction */
#include "store/store.h"

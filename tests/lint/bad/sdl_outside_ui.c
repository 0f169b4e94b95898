/* SPDX-License-Identifier: Apache-2.0 */
/* pretend: app/kiosk.c expect: library-home */
#include <SDL2/SDL.h>

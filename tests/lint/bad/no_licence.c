/* pretend: app/base/x.c expect: spdx */

int a;

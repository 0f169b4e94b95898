/* SPDX-License-Identifier: Apache-2.0 */
/* A code left in view: does the decoder program grow, and what does the way to it cost?
 *
 *     bench_qr_worker PROGRAM [N]
 *
 * Shows a code N times (20000) to PROGRAM (kiosk-decode) the way the camera driver does, and prints
 * its resident memory as it goes. Fails when a picture is not read, the program has died, or it has
 * grown by more than 1 MB since the first tenth. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "camera_scene.h"
#include "drivers/scanner/qr_worker.h"

enum { SIDE = 160, N_DEFAULT = 20000, GROWTH_KB_MAX = 1024, STUCK_MS = 60000 };

static long child_resident_kb(void)
{
    char path[64];
    long pid = 0, pages = -1;
    snprintf(path, sizeof path, "/proc/self/task/%ld/children", (long)getpid());
    FILE *f = fopen(path, "r");
    if (!f || fscanf(f, "%ld", &pid) != 1)
        pid = 0;
    if (f)
        fclose(f);
    snprintf(path, sizeof path, "/proc/%ld/statm", pid);
    f = fopen(path, "r");
    if (!f || fscanf(f, "%*d %ld", &pages) != 1)
        pages = -1;
    if (f)
        fclose(f);
    return pages * sysconf(_SC_PAGESIZE) / 1024;
}

/* @return whether the code was read */
static int picture_ask(struct qr_worker *w, const uint8_t *px)
{
    static struct qr_wire_answer a;
    struct qr_worker_picture p = {.format = QR_WIRE_GREY,
                                  .width = SIDE,
                                  .height = SIDE,
                                  .stride = SIDE,
                                  .data = px,
                                  .n = SIDE * SIDE};
    for (int64_t end = clock_mono_ms() + STUCK_MS; clock_mono_ms() < end;) {
        if (qr_worker_is_ready(w))
            (void)qr_worker_submit(w, &p, clock_mono_ms(), NULL);
        struct pollfd wait = {.fd = qr_worker_fd(w), .events = POLLIN};
        (void)poll(&wait, 1, 100);
        if (qr_worker_step(w, clock_mono_ms(), &a) > 0)
            return a.kind == QR_WIRE_CODE;
    }
    return 0;
}

int main(int argc, char **argv)
{
    static uint8_t px[SIDE * SIDE];
    struct camera_scene s;
    struct qr_worker *w = NULL;
    int n = argc > 2 ? (int)strtol(argv[2], NULL, 10) : N_DEFAULT, n_unread = 0;
    if (argc < 2 || n < 10)
        return fprintf(stderr, "bench_qr_worker PROGRAM [N]\n"), 2;
    struct qr_worker_cfg cfg = {.program = argv[1], .deadline_ms = 10000};
    camera_scene_init(&s, "FLAT", 4);
    if (camera_scene_draw(&s, px, SIDE, SIDE) < 0 || qr_worker_new(&cfg, &w, NULL) < 0)
        return 1;
    int64_t begin = clock_mono_ms();
    long first = 0, last = 0;
    qr_worker_start(w, begin);
    for (int i = 1; i <= n; i++) {
        n_unread += !picture_ask(w, px);
        if (i % (n / 10) != 0)
            continue;
        last = child_resident_kb();
        first = first ? first : last;
        printf("%7d codes %7ld kB\n", i, last);
    }
    printf("%.2f ms a picture, grown by %ld kB, %d not read, %u deaths\n",
           (double)(clock_mono_ms() - begin) / n, last - first, n_unread, qr_worker_n_deaths(w));
    int is_bad = n_unread > 0 || qr_worker_n_deaths(w) > 0 || last - first > GROWTH_KB_MAX;
    qr_worker_free(w);
    return is_bad;
}

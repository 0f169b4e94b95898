/* SPDX-License-Identifier: Apache-2.0 */
/* What the decoder program can do once a picture has taken it over, and what is left of pictures
 * and codes: nothing. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "camera_worker_rig.h"
#include "cunit_main.h"

static void nothing_is_open_to_it(void)
{
    static struct qr_wire_answer a;
    int foreign = open("/dev/null", O_RDONLY); /* as a careless library leaves it: not CLOEXEC */
    int high = fcntl(foreign, F_DUPFD, 900);
    struct qr_worker *w = worker_of(YJ_SANDBOX_PROBE, 10000);
    uint8_t *px = picture_of("X", 0);
    CU_ASSERT_EQUAL(ask(w, px, W, H, &a), QR_WIRE_CODE);
    bool is_nothing = a.n == 1 && a.bytes[0] == '-';
    CU_ASSERT_TRUE(is_nothing);
    if (!is_nothing)
        fprintf(stderr, "it could: %.*s\n", (int)a.n, (const char *)a.bytes);
    free(px);
    qr_worker_free(w);
    close(foreign);
    close(high);
}

/* The real program: three times /dev/null and its socket. Only root may look. */
static void the_real_program_holds_four_files(void)
{
    struct qr_worker *w = worker_of(YJ_DECODER_PROGRAM, 10000);
    CU_ASSERT_TRUE_FATAL(until_ready(w, PATIENCE_MS));
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/fd", child_pid());
    DIR *dir = opendir(path);
    CU_ASSERT_TRUE(dir || geteuid() != 0);
    int n = 0;
    for (struct dirent *e = dir ? readdir(dir) : NULL; e; e = readdir(dir))
        if (e->d_name[0] != '.') {
            n++;
            CU_ASSERT_TRUE(strtol(e->d_name, NULL, 10) <= QR_WIRE_SOCKET_FD);
        }
    if (dir) {
        CU_ASSERT_EQUAL(n, 4);
        closedir(dir);
    }
    qr_worker_free(w);
}

/* The kiosk has many files; ours may get any number. */
static void any_file_number_will_do(void)
{
    closefrom(STDERR_FILENO + 1); /* what the shell left us */
    for (int number = 6; number <= 14; number++) {
        int held[32], n = 0;
        while (n < 32 && (held[n] = open("/dev/null", O_RDONLY | O_CLOEXEC)) < number)
            n++;
        if (n < 32 && held[n] >= 0)
            close(held[n]);
        struct qr_worker *w = worker_of(YJ_DECODER_PROGRAM, 10000);
        CU_ASSERT_TRUE(until_ready(w, PATIENCE_MS));
        CU_ASSERT_EQUAL(qr_worker_n_deaths(w), 0);
        qr_worker_free(w);
        while (n > 0)
            close(held[--n]);
    }
}

/* The shared memory as it lies in this process. @return NULL: there is none */
static const uint8_t *shared_memory(void)
{
    char line[400];
    const uint8_t *at = NULL;
    FILE *f = fopen("/proc/self/maps", "r");
    while (f && fgets(line, sizeof line, f))
        if (strstr(line, "memfd:kiosk-decode")) {
            unsigned long start = strtoul(line, NULL, 16);
            memcpy(&at, &start, sizeof at);
        }
    if (f)
        fclose(f);
    return at;
}

static size_t bytes_left(const uint8_t *memory)
{
    size_t n = 0;
    for (size_t i = 0; i < QR_WIRE_MEMORY_BYTES; i++)
        n += memory[i] != 0;
    return n;
}

static void pictures_are_wiped(void)
{
    static struct qr_wire_answer a;
    struct qr_worker *w = worker_of(YJ_DECODER_PROGRAM, 10000);
    uint8_t *px = picture_of("WIPED", 0);
    CU_ASSERT_TRUE_FATAL(until_ready(w, PATIENCE_MS));
    const uint8_t *memory = shared_memory();
    CU_ASSERT_PTR_NOT_NULL_FATAL(memory);
    submit(w, px, W, H);
    CU_ASSERT_TRUE(bytes_left(memory) > (size_t)W * H / 2);
    qr_worker_stop(w); /* while the question is open */
    CU_ASSERT_EQUAL(bytes_left(memory), 0);
    qr_worker_start(w, clock_mono_ms());
    CU_ASSERT_EQUAL(ask(w, px, W, H, &a), QR_WIRE_CODE);
    CU_ASSERT_EQUAL(bytes_left(memory), 0); /* as soon as it was answered */
    qr_worker_free(w);
    w = worker_of(YJ_FAKE_2, 10000); /* dies on its picture */
    CU_ASSERT_EQUAL(ask(w, px, W, H, &a), 0);
    memory = shared_memory();
    CU_ASSERT_PTR_NOT_NULL_FATAL(memory);
    CU_ASSERT_EQUAL(bytes_left(memory), 0);
    qr_worker_free(w);
    free(px);
}

static CU_TestInfo cases[] = {
    {"nothing is open to it", nothing_is_open_to_it},
    {"the real program holds four files", the_real_program_holds_four_files},
    {"any file number will do", any_file_number_will_do},
    {"pictures are wiped", pictures_are_wiped},
    CU_TEST_INFO_NULL,
};
CUNIT_MAIN("drivers.camera_sandbox", cases)

/* SPDX-License-Identifier: Apache-2.0 */
/* Photo decoder programs for the tests: one program, its name says what it does. A stand-in for
 * what vendors sell, good and bad. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { BLOCK = 1024, BMP = 38862, HEAD = 54, ROW = 308 };

extern char **environ;

static void put32(unsigned char *p, unsigned v)
{
    for (int i = 0; i < 4; i++)
        p[i] = (unsigned char)(v >> 8 * i);
}

static size_t block_read(unsigned char *block)
{
    size_t n = 0;
    ssize_t k;
    while ((k = read(STDIN_FILENO, block + n, BLOCK + 1 - n)) > 0)
        n += (size_t)k;
    return n;
}

/* Every pixel says where it is, and the first byte of the photo that was asked for. */
static void bmp_make(const unsigned char *block, unsigned char *bmp)
{
    memset(bmp, 0, BMP);
    memcpy(bmp, "BM", 2);
    put32(bmp + 2, BMP);
    put32(bmp + 10, HEAD);
    put32(bmp + 14, 40);
    put32(bmp + 18, 102);
    put32(bmp + 22, 126);
    bmp[26] = 1;
    bmp[28] = 24;
    for (unsigned y = 0; y < 126; y++) {
        for (unsigned x = 0; x < 102; x++) {
            unsigned char *p = bmp + HEAD + (125 - y) * ROW + x * 3;
            p[0] = block[0];
            p[1] = (unsigned char)y;
            p[2] = (unsigned char)x;
        }
    }
}

static void bytes_write(const unsigned char *p, size_t n)
{
    while (n > 0) {
        ssize_t k = write(STDOUT_FILENO, p, n);
        if (k <= 0)
            exit(3);
        p += k;
        n -= (size_t)k;
    }
}

static int limit_is(int resource, rlim_t most)
{
    struct rlimit r;
    return getrlimit(resource, &r) == 0 && r.rlim_cur <= most && r.rlim_max <= most;
}

/* What the driver promises its decoder. Run after the photo has come: then the limits hold. */
static int surroundings_are_right(void)
{
    for (int fd = 3; fd < 256; fd++)
        if (fcntl(fd, F_GETFD) >= 0)
            return 0;
    return environ[0] == NULL && getsid(0) == getpid() && limit_is(RLIMIT_CORE, 0) &&
           limit_is(RLIMIT_AS, 256u << 20) && limit_is(RLIMIT_CPU, 31);
}

int main(int argc, char **argv)
{
    static unsigned char block[BLOCK + 1], bmp[BMP + 1];
    const char *slash = strrchr(argv[0], '/');
    const char *kind = slash ? slash + 1 : argv[0];
    if (strcmp(kind, "deaf") == 0) { /* never reads */
        pause();
        return 0;
    }
    size_t n = block_read(block);
    if (argc != 1 || n != BLOCK)
        return 2;
    bmp_make(block, bmp);
    if (strcmp(kind, "good") == 0)
        bytes_write(bmp, BMP);
    else if (strcmp(kind, "careful") == 0)
        bytes_write(bmp, surroundings_are_right() ? BMP : 1);
    else if (strcmp(kind, "hangs") == 0)
        pause();
    else if (strcmp(kind, "hangs-at-end") == 0) {
        bytes_write(bmp, BMP);
        pause();
    } else if (strcmp(kind, "rubbish") == 0) {
        memset(bmp, 0x5A, BMP);
        bytes_write(bmp, BMP);
    } else if (strcmp(kind, "too-much") == 0)
        bytes_write(bmp, BMP + 1);
    else if (strcmp(kind, "too-little") == 0)
        bytes_write(bmp, BMP - 1);
    else if (strcmp(kind, "crashes") == 0)
        abort();
    else if (strcmp(kind, "fails") == 0)
        return 5;
    else if (strcmp(kind, "hungry") == 0) { /* more memory than it may have */
        bytes_write(bmp, malloc((size_t)1 << 30) == NULL ? BMP : 1);
    } else if (strcmp(kind, "leaves-a-child") == 0) {
        if (fork() == 0)
            pause();
        bytes_write(bmp, BMP);
    } else
        return 4;
    return 0;
}

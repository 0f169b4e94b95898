/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for the decoder program after it was taken over: looks at what it was given, enters the
 * sandbox of the real one, tries to get out of it, and answers each request with the names of all
 * that it could do and should not ("-": nothing). Test code. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "drivers/scanner/decoder/sandbox.h"
#include "drivers/scanner/qr_wire.h"

extern char **environ;

static char report[QR_WIRE_CODE_MAX] = "-";

static void tell(const char *name)
{
    size_t n = strlen(report), m = strlen(name);
    if (n + m + 2 > sizeof report)
        return;
    report[n] = ' ';
    memcpy(report + n + 1, name, m + 1);
}

static void look_at_what_is_there(void)
{
    for (int fd = QR_WIRE_MEMORY_FD + 1; fd < 4096; fd++)
        if (fcntl(fd, F_GETFD) != -1)
            tell("foreign-file");
    if (environ && environ[0])
        tell("environment");
    if (mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, QR_WIRE_MEMORY_FD, 0) != MAP_FAILED)
        tell("writable-memory");
    if (ftruncate(QR_WIRE_MEMORY_FD, 0) == 0)
        tell("resizable-memory");
    uint8_t byte = 1;
    if (pwrite(QR_WIRE_MEMORY_FD, &byte, 1, 0) == 1)
        tell("written-memory");
}

/* Everything that is not on the list is refused with EPERM, whatever its arguments. */
static void want_refused(const char *name, long rc)
{
    if (rc != -1 || errno != EPERM)
        tell(name);
}

static void try_to_get_out(pid_t self, pid_t parent, void *page)
{
    static char *const no_words[] = {NULL};
    want_refused("open", syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDONLY, 0));
    want_refused("inet", syscall(SYS_socket, AF_INET, SOCK_STREAM, 0));
    want_refused("unix", syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0));
    want_refused("connect", syscall(SYS_connect, QR_WIRE_SOCKET_FD, NULL, 0));
    want_refused("execve", syscall(SYS_execve, "/bin/true", no_words, no_words));
    want_refused("clone", syscall(SYS_clone, 0, 0, 0, 0, 0));
    want_refused("unlink", syscall(SYS_unlinkat, AT_FDCWD, "/nonexistent", 0));
    want_refused("kill", syscall(SYS_kill, parent, 0));
    want_refused("tgkill", syscall(SYS_tgkill, parent, parent, 0));
    want_refused("ptrace", syscall(SYS_ptrace, 0, 0, 0, 0));
    want_refused("read-parent", syscall(SYS_process_vm_readv, parent, NULL, 0, NULL, 0, 0));
    want_refused("take-files", syscall(SYS_recvmsg, QR_WIRE_SOCKET_FD, NULL, 0));
    want_refused("memfd", syscall(SYS_memfd_create, "x", 0));
    want_refused("prctl", syscall(SYS_prctl, 4, 1, 0, 0, 0)); /* PR_SET_DUMPABLE */
    want_refused("exec-page", syscall(SYS_mprotect, page, 4096, PROT_READ | PROT_EXEC));
    want_refused("exec-map", syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_EXEC,
                                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (syscall(SYS_tgkill, self, self, 0) != 0)
        tell("cannot-abort");
}

int main(void)
{
    static struct qr_wire_answer a;
    struct qr_wire_request r;
    pid_t self = getpid(), parent = getppid();
    void *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    look_at_what_is_there();
    if (page == MAP_FAILED || sandbox_enter(NULL) < 0)
        return 1;
    try_to_get_out(self, parent, page);
    qr_wire_answer_init(&a, 0, QR_WIRE_HELLO);
    for (;;) {
        if (send(QR_WIRE_SOCKET_FD, &a, qr_wire_answer_bytes(&a), MSG_NOSIGNAL) < 0 ||
            recv(QR_WIRE_SOCKET_FD, &r, sizeof r, 0) != (ssize_t)sizeof r)
            _exit(0);
        qr_wire_answer_init(&a, r.id, QR_WIRE_CODE);
        a.n = (uint32_t)strlen(report);
        memcpy(a.bytes, report, a.n);
    }
}

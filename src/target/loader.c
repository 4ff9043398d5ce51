/* How a command's libraries are seen before their first constructor runs.
 *
 * The kernel maps the program and its interpreter (the dynamic loader) in exec. The loader then maps each
 * library with mmap, relocates, runs the libraries' constructors, and jumps to the program's entry point,
 * AT_ENTRY in the auxiliary vector. So: stop at exec; go from system call to system call, looking at each
 * mmap and mprotect that made something executable; stop at a breakpoint on the entry point; let go. No
 * knowledge of any particular loader is needed, and what constructors dlopen is seen too. A static program
 * (AT_BASE is 0) is let go right at exec, like one of another word size and one whose entry point can't be
 * given a breakpoint (unreadable, or somebody else's is there). That includes a loader that is run by its own
 * name, `ld.so PROGRAM`.
 *
 * The breakpoint is an instruction in the program's private copy of the page, not a debug register: those
 * never fire in some virtual machines. It must not outlive us or reach anybody else:
 * - should we be killed, PTRACE_O_EXITKILL takes the command along;
 * - a constructor may fork, and the child return through the loader to the entry point (fork servers do),
 *   untraced: the breakpoint is out while the command is in a system call that forks. Other threads' children
 *   don't matter, since they never get to the entry point;
 * - a new exec, from a constructor, starts everything over.
 *
 * Only the first thread is followed. When it ends, because a constructor ends it or because another thread
 * execs in its place, PTRACE_EVENT_EXIT tells, and we let go.
 *
 * The kernel forces the trap's signal: a command that ignores or blocks SIGTRAP from before its entry point
 * finds it back at its default.
 *
 * A stop signal must really stop the command, and SIGCONT continue it: PTRACE_SEIZE and PTRACE_LISTEN. */
#include "target/loader.h"

#include <linux/audit.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "target/auxv.h"
#include "target/breakpoint.h"

#if defined(__x86_64__)
static const uint32_t OWN_SYSTEM_CALLS = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
static const uint32_t OWN_SYSTEM_CALLS = AUDIT_ARCH_AARCH64;
#endif

enum { SYSCALL_STOP = SIGTRAP | 0x80 }; /* PTRACE_O_TRACESYSGOOD */

struct loader {
    pid_t pid;
    child_mapped_fn *mapped;
    void *context;
    sigset_t callers_signals; /* blocked by the caller for itself: one of them ends the following */
    bool executed;
    bool giving_way; /* to such a signal: let go at the next stop */
    bool maps_code;  /* the system call that was entered last would make something executable */
    bool has_let_go;
    bool was_refused; /* by the callback */
    struct breakpoint entry;
};

static bool is_one_of(uint64_t number, const long *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (number == (uint64_t)numbers[i])
            return true;
    return false;
}

/* Each has the protection as its third argument. */
static bool maps_executable(uint64_t number, const uint64_t arguments[])
{
    static const long calls[] = {SYS_mmap, SYS_mprotect, SYS_pkey_mprotect};
    return is_one_of(number, calls, sizeof(calls) / sizeof(calls[0])) && (arguments[2] & PROT_EXEC);
}

static bool forks(uint64_t number)
{
    static const long calls[] = {
#ifdef SYS_fork /* younger machines have clone only */
        SYS_fork,
        SYS_vfork,
#endif
        SYS_clone,
        SYS_clone3,
    };
    return is_one_of(number, calls, sizeof(calls) / sizeof(calls[0]));
}

/* A command that is no longer there to be spoken to has been killed: waiting for it tells. */
static int unless_killed(int error)
{
    return error == -ESRCH ? 0 : error;
}

static int speak(struct loader *loader, enum __ptrace_request request, int signal)
{
    return ptrace(request, loader->pid, NULL, (void *)(intptr_t)signal) ? -errno : 0;
}

static int tell_mapped(struct loader *loader, bool last)
{
    int error = loader->mapped(loader->context, loader->pid, last);
    if (error >= 0)
        return 0;
    loader->was_refused = error != -ESRCH;
    return unless_killed(error);
}

/* The breakpoint goes first, so that a probe that comes to its place isn't undone with it. */
static int let_go(struct loader *loader, int signal)
{
    int error = breakpoint_remove(loader->pid, &loader->entry);
    if (!error && loader->executed)
        error = tell_mapped(loader, true);
    if (!error)
        error = speak(loader, PTRACE_DETACH, signal);
    loader->has_let_go = !error;
    return unless_killed(error);
}

static int go_on(struct loader *loader, int signal)
{
    if (loader->giving_way)
        return let_go(loader, signal);
    return unless_killed(speak(loader, loader->executed ? PTRACE_SYSCALL : PTRACE_CONT, signal));
}

/* Probes come first and the breakpoint second, so that a probe on the entry point itself is seen. */
static int at_exec(struct loader *loader)
{
    struct auxv auxv;
    loader->executed = true;
    loader->maps_code = false;
    loader->entry = (struct breakpoint){0};
    int error = tell_mapped(loader, false);
    if (error)
        return error;
    if (!auxv_read(loader->pid, &auxv) || !auxv.interpreter || !auxv.entry ||
        breakpoint_place(loader->pid, auxv.entry, &loader->entry))
        return let_go(loader, 0);
    return go_on(loader, 0);
}

static int at_system_call(struct loader *loader)
{
    struct __ptrace_syscall_info call;
    int error = 0;
    if (ptrace(PTRACE_GET_SYSCALL_INFO, loader->pid, (void *)sizeof(call), &call) < 0)
        return unless_killed(-errno);
    if (call.op == PTRACE_SYSCALL_INFO_ENTRY && call.arch == OWN_SYSTEM_CALLS) {
        loader->maps_code = maps_executable(call.entry.nr, call.entry.args);
        if (forks(call.entry.nr))
            error = breakpoint_remove(loader->pid, &loader->entry);
    } else if (call.op == PTRACE_SYSCALL_INFO_EXIT) {
        error = breakpoint_insert(loader->pid, &loader->entry);
        if (!error && loader->maps_code && !call.exit.is_error)
            error = tell_mapped(loader, false);
        loader->maps_code = false;
    }
    error = unless_killed(error);
    return error ? error : go_on(loader, 0);
}

/* SIGTRAP is how the end of a stop, or our own interruption, shows; any other signal is the one that the
 * command is stopped by, and it stays so until a SIGCONT comes. */
static int at_group_stop(struct loader *loader, int signal)
{
    if (signal == SIGTRAP || loader->giving_way)
        return go_on(loader, 0);
    return unless_killed(speak(loader, PTRACE_LISTEN, 0));
}

static int at_stop(struct loader *loader, int status)
{
    int signal = WSTOPSIG(status);
    switch (status >> 16) {
    case PTRACE_EVENT_EXEC:
        return at_exec(loader);
    case PTRACE_EVENT_EXIT:
        return let_go(loader, 0);
    case PTRACE_EVENT_STOP:
        return at_group_stop(loader, signal);
    }
    if (signal == SYSCALL_STOP)
        return at_system_call(loader);
    if (signal == SIGTRAP && breakpoint_was_hit(loader->pid, &loader->entry))
        return let_go(loader, 0);
    return go_on(loader, signal);
}

/* Whoever blocks a signal and reads it later wants to know of it now, but not to lose it: it becomes pending
 * again, as it came. */
static void give_way(struct loader *loader, siginfo_t *signal)
{
    syscall(SYS_rt_sigqueueinfo, getpid(), signal->si_signo, signal);
    ptrace(PTRACE_INTERRUPT, loader->pid, NULL, NULL);
    loader->giving_way = true;
}

/* A stop of the command is a SIGCHLD, which is blocked: it can't slip through between looking and waiting. */
static int wait_for_stop(struct loader *loader, int *ret_status)
{
    for (;;) {
        pid_t pid = waitpid(loader->pid, ret_status, __WALL | WNOHANG);
        if (pid)
            return pid < 0 ? -errno : 0;
        sigset_t awaited;
        sigemptyset(&awaited);
        if (loader->executed && !loader->giving_way)
            awaited = loader->callers_signals;
        sigaddset(&awaited, SIGCHLD);
        siginfo_t signal;
        if (sigwaitinfo(&awaited, &signal) > 0 && signal.si_signo != SIGCHLD)
            give_way(loader, &signal);
    }
}

int loader_seize(pid_t pid)
{
    const uintptr_t options =
        PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT | PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL;
    return ptrace(PTRACE_SEIZE, pid, NULL, (void *)options) ? -errno : 0;
}

static int follow(struct loader *loader, struct loader_result *result)
{
    int error = 0;
    while (!error && !loader->has_let_go && !result->ended) {
        error = wait_for_stop(loader, &result->wait_status);
        result->ended = !error && !WIFSTOPPED(result->wait_status);
        if (!error && !result->ended)
            error = at_stop(loader, result->wait_status);
    }
    return error;
}

/* A killed command may stop once more, in its exit. */
static void end(pid_t pid, struct loader_result *result)
{
    kill(pid, SIGKILL);
    while (!result->ended && waitpid(pid, &result->wait_status, __WALL) == pid) {
        result->ended = !WIFSTOPPED(result->wait_status);
        if (!result->ended)
            ptrace(PTRACE_CONT, pid, NULL, NULL);
    }
}

int loader_follow(pid_t pid, const sigset_t *command_mask, child_mapped_fn *mapped, void *context,
                  struct loader_result *ret_result)
{
    struct loader loader = {.pid = pid, .mapped = mapped, .context = context};
    sigset_t child_signal, callers_mask;
    sigemptyset(&child_signal);
    sigaddset(&child_signal, SIGCHLD);
    pthread_sigmask(SIG_BLOCK, &child_signal, &callers_mask);
    sigemptyset(&loader.callers_signals);
    for (int signal = 1; signal <= SIGRTMAX; signal++)
        if (sigismember(&callers_mask, signal) == 1 && !sigismember(command_mask, signal))
            sigaddset(&loader.callers_signals, signal);

    *ret_result = (struct loader_result){0};
    int error = follow(&loader, ret_result);
    ret_result->was_refused = loader.was_refused;
    if (error)
        end(pid, ret_result);
    pthread_sigmask(SIG_SETMASK, &callers_mask, NULL);
    return error;
}

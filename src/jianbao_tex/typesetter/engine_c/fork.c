/*
 * Makes a server of a xetex that waits at \read: one fork for each job.
 *
 * It is loaded into xetex alone (LD_PRELOAD).  XeTeX reads its terminal with getc(stdin), so
 * stdin is replaced by a stream of ours.  Its first read never returns in the server: it takes
 * jobs from a socket.  In a fork it returns a line end, and TeX goes on after its \read with
 * all that it has loaded.  There is no way back: a fork has no socket of the server.
 *
 * Variables, set by jianbao_tex.typesetter.server:
 *   JB_FORK_SOCKET     the descriptor of the socket (SOCK_SEQPACKET)
 *   JB_FORK_JOBS       the folder with the folders of the jobs
 *   JB_FORK_WORK       where a job sees its own folder
 *   JB_FORK_RUNG       "pid" or "mount": see jianbao_tex.children.fence.Rung
 *   JB_FORK_SECONDS    processor time of each process of a job
 *   JB_FORK_PROCESSES  how many processes a job may have; 0 where the system cannot count them
 *
 * The server writes "R" once it waits.  A job is a message with its name and two descriptors: a
 * status socket (SOCK_SEQPACKET) and the file for what TeX prints.  Messages on the status socket:
 *   from the server  "E <exit status>"   it has ended
 *                    "F <errno> <step>"  it could not be started
 *   to the server    "K"                 kill it
 * The end of the status socket kills the job; the end of the server's socket ends the server.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_JOBS = 512, MOST_FILES = 256, NAME_BYTES = 64, PATH_BYTES = 512, LAST_CAPABILITY = 63 };

struct job {
    pid_t pid;
    int status;
    int is_ending;
};

static int server = -1;
static int server_process = -1; /* a pidfd, by which a fork sees whether the server still lives */
static const char *jobs_folder, *work_folder;
static int has_pid_namespace;
static rlim_t most_processes, most_seconds;
static sigset_t mask_before;
static struct job jobs[MOST_JOBS];
static int job_count;
static ino_t first_files[MOST_FILES];
static int first_count;

static ssize_t read_terminal(void *cookie, char *buffer, size_t size);

static const char *take_variable(const char *name)
{
    const char *value = getenv(name);
    char *copy = value ? strdup(value) : NULL;
    unsetenv(name);
    return copy;
}

/* A lower limit of the machine stays. */
static int limit(__rlimit_resource_t resource, rlim_t soft, rlim_t hard)
{
    struct rlimit bounds;
    if (getrlimit(resource, &bounds))
        return -1;
    if (hard < bounds.rlim_max)
        bounds.rlim_max = hard;
    bounds.rlim_cur = soft < bounds.rlim_max ? soft : bounds.rlim_max;
    return setrlimit(resource, &bounds);
}

/* Calls a function for each regular file of the work folder; returns its sum. */
static int count_files(int (*is_counted)(const struct stat *))
{
    int count = 0;
    DIR *list = opendir(".");
    struct stat facts;
    for (struct dirent *entry; list && (entry = readdir(list));)
        if (!fstatat(dirfd(list), entry->d_name, &facts, AT_SYMLINK_NOFOLLOW) &&
            S_ISREG(facts.st_mode))
            count += is_counted(&facts);
    if (list)
        closedir(list);
    return count;
}

static int remember(const struct stat *facts)
{
    if (first_count < MOST_FILES)
        first_files[first_count++] = facts->st_ino;
    return 1;
}

__attribute__((constructor)) static void replace_stdin(void)
{
    char program[PATH_BYTES];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length < 0 || !getenv("JB_FORK_SOCKET"))
        return;
    program[length] = 0;
    /* prlimit, which starts xetex, and its shell have the same variables. */
    const char *name = strrchr(program, '/');
    if (!name || !strstr(name, "xetex"))
        return;
    const char *socket = take_variable("JB_FORK_SOCKET"), *rung = take_variable("JB_FORK_RUNG");
    const char *processes = take_variable("JB_FORK_PROCESSES");
    const char *seconds = take_variable("JB_FORK_SECONDS");
    jobs_folder = take_variable("JB_FORK_JOBS");
    work_folder = take_variable("JB_FORK_WORK");
    unsetenv("LD_PRELOAD");
    cookie_io_functions_t functions = {.read = read_terminal};
    FILE *stream = fopencookie(NULL, "r", functions);
    if (!stream || !socket || !rung || !processes || !seconds || !jobs_folder || !work_folder)
        _exit(95);
    server = atoi(socket);
    fcntl(server, F_SETFD, FD_CLOEXEC);
    has_pid_namespace = !strcmp(rung, "pid");
    most_processes = strtoul(processes, NULL, 10);
    most_seconds = strtoul(seconds, NULL, 10);
    /* For the opening; the server raises it again. */
    limit(RLIMIT_CPU, most_seconds, RLIM_INFINITY);
    count_files(remember);
    stdin = stream;
}

/* --- In a fork, before TeX goes on ----------------------------------------------------------- */

static void refuse(int status, const char *step)
{
    char text[128];
    int length = snprintf(text, sizeof text, "F %d %s", errno, step);
    (void)!send(status, text, (size_t)length, MSG_NOSIGNAL);
    _exit(97);
}

static void copy(int from, int to, off_t size, int status)
{
    char buffer[16384];
    for (off_t done = 0; done < size;) {
        size_t want = size - done < (off_t)sizeof buffer ? (size_t)(size - done) : sizeof buffer;
        ssize_t got = pread(from, buffer, want, done);
        if (got <= 0 || write(to, buffer, (size_t)got) != got)
            refuse(status, "copy");
        done += got;
    }
}

/* A file that is read gets a place of its own; one that is written becomes a file in the folder
 * of the job, with all that was written so far, so that a log is whole. */
static void reopen(int fd, int folder, int status)
{
    char link[32], path[PATH_BYTES];
    struct stat facts;
    int flags = fcntl(fd, F_GETFL), descriptor_flags = fcntl(fd, F_GETFD);
    if (flags < 0 || fstat(fd, &facts) || !S_ISREG(facts.st_mode))
        return;
    off_t place = lseek(fd, 0, SEEK_CUR);
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    int old = open(link, O_RDONLY | O_CLOEXEC), new = old;
    if (old < 0)
        refuse(status, "open a file");
    if ((flags & O_ACCMODE) != O_RDONLY) {
        ssize_t length = readlink(link, path, sizeof path - 1);
        path[length < 0 ? 0 : length] = 0;
        const char *name = strrchr(path, '/');
        if (!name)
            refuse(status, "name a file");
        new = openat(folder, name + 1, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (new < 0)
            refuse(status, "make a file");
        copy(old, new, place, status);
        close(old);
    }
    if (lseek(new, place, SEEK_SET) != place ||
        dup3(new, fd, descriptor_flags & FD_CLOEXEC ? O_CLOEXEC : 0) < 0)
        refuse(status, "replace a file");
    close(new);
}

static void reopen_files(int folder, int status)
{
    int numbers[MOST_FILES], count = 0;
    DIR *list = opendir("/proc/self/fd");
    if (!list)
        refuse(status, "list files");
    for (struct dirent *entry; (entry = readdir(list)) && count < MOST_FILES;) {
        int fd = atoi(entry->d_name);
        if (fd > STDERR_FILENO && fd != dirfd(list) && fd != folder && fd != status)
            numbers[count++] = fd;
    }
    closedir(list);
    if (count == MOST_FILES)
        refuse(status, "count files");
    for (int i = 0; i < count; i++)
        reopen(numbers[i], folder, status);
}

static void put(const char *path, const char *text, int status)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    ssize_t length = (ssize_t)strlen(text);
    if (fd < 0 || write(fd, text, (size_t)length) != length)
        refuse(status, path);
    close(fd);
}

static void cover(const char *path, unsigned long flags, const char *size, int status)
{
    if (mount("none", path, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC | flags, size))
        refuse(status, path);
}

/* The kernel has made new namespaces; now the job's folder is bound over the work folder, and
 * what belongs to other jobs is covered. */
static void enclose(const char *folder, uid_t user, gid_t group, int status)
{
    char map[64];
    put("/proc/self/setgroups", "deny", status);
    snprintf(map, sizeof map, "%u %u 1", user, user);
    put("/proc/self/uid_map", map, status);
    snprintf(map, sizeof map, "%u %u 1", group, group);
    put("/proc/self/gid_map", map, status);
    if (mount(folder, work_folder, NULL, MS_BIND, NULL))
        refuse(status, "bind the folder");
    cover(jobs_folder, MS_RDONLY, "size=4k", status);
    cover("/tmp", 0, "size=64m", status);
    cover("/proc", MS_RDONLY, "size=4k", status);
    /* The folder that was current lies under the new one. */
    if (chdir("/") || chdir(work_folder))
        refuse(status, "enter the folder");
    /* In a namespace of its own the processes of other jobs do not count. */
    if (most_processes && limit(RLIMIT_NPROC, most_processes, most_processes))
        refuse(status, "limit processes");
    /* Only here: the server itself works a little for each job, and must not run out of time. */
    if (limit(RLIMIT_CPU, most_seconds, most_seconds + 1))
        refuse(status, "limit time");
    for (int number = 0; number <= LAST_CAPABILITY; number++)
        prctl(PR_CAPBSET_DROP, number, 0, 0, 0);
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct none[2] = {{0, 0, 0}, {0, 0, 0}};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || syscall(SYS_capset, &header, none))
        refuse(status, "drop rights");
}

static void end_by_signal(int number)
{
    _exit(128 + number);
}

/* In a pid namespace TeX is the first process, and the kernel ignores signals there that would end
 * others.  Without these handlers a full disk (SIGPIPE from the PDF writer) and the limits would
 * not be noticed. */
static void handle_signals(void)
{
    static const int numbers[] = {SIGPIPE, SIGXCPU, SIGXFSZ, SIGTERM, SIGABRT};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        signal(numbers[i], end_by_signal);
}

static void become_job(const char *name, int status, int terminal, uid_t user, gid_t group)
{
    char folder_path[PATH_BYTES];
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    /* The server may have died before that; its number means nothing in another namespace. */
    struct pollfd death = {server_process, POLLIN, 0};
    if (poll(&death, 1, 0) != 0)
        _exit(96);
    close(server_process);
    setpgid(0, 0);
    /* The server forbids to be traced; a process that forbids it may not set up its namespaces. */
    prctl(PR_SET_DUMPABLE, 1);
    sigprocmask(SIG_SETMASK, &mask_before, NULL);
    for (int i = 0; i < job_count; i++)
        close(jobs[i].status);
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(terminal, STDOUT_FILENO) < 0 ||
        dup2(terminal, STDERR_FILENO) < 0)
        refuse(status, "open the terminal");
    close(null);
    close(terminal);
    snprintf(folder_path, sizeof folder_path, "%s/%s", jobs_folder, name);
    int folder = open(folder_path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0)
        refuse(status, "open the folder");
    reopen_files(folder, status);
    close(folder);
    enclose(folder_path, user, group, status);
    handle_signals();
    close(status);
}

/* --- In the server ---------------------------------------------------------------------------- */

static void say_ended(int status, int end)
{
    char text[32];
    int exit_status = WIFSIGNALED(end) ? 128 + WTERMSIG(end) : WEXITSTATUS(end);
    int length = snprintf(text, sizeof text, "E %d", exit_status);
    (void)!send(status, text, (size_t)length, MSG_NOSIGNAL);
    /* If unread bytes are in a socket when it is closed, its other end gets an error first. */
    while (recv(status, text, sizeof text, MSG_DONTWAIT) > 0) {
    }
    close(status);
}

static void collect(void)
{
    int end;
    for (pid_t pid; (pid = waitpid(-1, &end, WNOHANG)) > 0;)
        for (int i = 0; i < job_count; i++)
            if (jobs[i].pid == pid) {
                /* In the pid rung the kernel has ended all its processes by now. */
                kill(-pid, SIGKILL);
                say_ended(jobs[i].status, end);
                jobs[i] = jobs[--job_count];
                break;
            }
}

static void end_job(struct job *job)
{
    kill(-job->pid, SIGKILL);
    kill(job->pid, SIGKILL);
    job->is_ending = 1;
}

/* The name and the two descriptors of a job; 0 for the end of the socket, -1 for nonsense. */
static int receive(char name[NAME_BYTES], int fds[2])
{
    char space[CMSG_SPACE(2 * sizeof(int))];
    struct iovec part = {name, NAME_BYTES - 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = space,
                             .msg_controllen = sizeof space};
    ssize_t size;
    do
        size = recvmsg(server, &message, MSG_CMSG_CLOEXEC);
    while (size < 0 && errno == EINTR);
    if (size <= 0)
        return 0;
    name[size] = 0;
    struct cmsghdr *control = CMSG_FIRSTHDR(&message);
    if (!control || control->cmsg_type != SCM_RIGHTS ||
        control->cmsg_len > CMSG_LEN(2 * sizeof(int)))
        return -1;
    /* Those of a message with too few are closed by the caller. */
    memcpy(fds, CMSG_DATA(control), control->cmsg_len - CMSG_LEN(0));
    return fds[1] < 0 || strchr(name, '/') || name[0] == '.' || !name[0] ? -1 : 1;
}

/* Returns 1 in the fork. */
static int start_job(const char *name, int status, int terminal, int signals)
{
    uid_t user = getuid();
    gid_t group = getgid();
    struct clone_args how = {.flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWIPC,
                             .exit_signal = SIGCHLD};
    if (has_pid_namespace)
        how.flags |= CLONE_NEWPID;
    if (job_count == MOST_JOBS)
        errno = EAGAIN;
    long pid = job_count == MOST_JOBS ? -1 : syscall(SYS_clone3, &how, sizeof how);
    if (pid == 0) {
        close(signals);
        close(server);
        server = -1;
        become_job(name, status, terminal, user, group);
        return 1;
    }
    close(terminal);
    if (pid < 0) {
        char text[64];
        int length = snprintf(text, sizeof text, "F %d namespaces", errno);
        (void)!send(status, text, (size_t)length, MSG_NOSIGNAL);
        close(status);
        return 0;
    }
    setpgid((pid_t)pid, (pid_t)pid);
    jobs[job_count++] = (struct job){(pid_t)pid, status, 0};
    return 0;
}

static int is_left(const struct stat *facts)
{
    for (int i = 0; i < first_count; i++)
        if (first_files[i] == facts->st_ino)
            return 0;
    struct stat open_file;
    for (int fd = STDERR_FILENO + 1; fd < MOST_FILES; fd++)
        if (!fstat(fd, &open_file) && open_file.st_ino == facts->st_ino)
            return 0;
    return 1;
}

/* Whether the opening did what a fork cannot go on with: it has begun a page, so that a PDF writer
 * waits at the end of a pipe, or it has written and closed a file, which a job would not find. */
static int is_shared_already(void)
{
    struct stat facts;
    for (int fd = STDERR_FILENO + 1; fd < MOST_FILES; fd++)
        if (fd != server && !fstat(fd, &facts) && (S_ISFIFO(facts.st_mode) || S_ISSOCK(facts.st_mode)))
            return 1;
    return count_files(is_left) > 0;
}

/* Serves until the socket ends; returns in the forks only. */
static void serve(void)
{
    if (is_shared_already())
        _exit(94);
    limit(RLIMIT_CPU, RLIM_INFINITY, RLIM_INFINITY);
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, &mask_before);
    int signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    server_process = (int)syscall(SYS_pidfd_open, getpid(), 0);
    prctl(PR_SET_DUMPABLE, 0);
    if (signals < 0 || server_process < 0 || send(server, "R", 1, MSG_NOSIGNAL) != 1)
        _exit(96);
    for (;;) {
        struct pollfd waits[MOST_JOBS + 2] = {{server, POLLIN, 0}, {signals, POLLIN, 0}};
        int count = job_count;
        for (int i = 0; i < count; i++)
            waits[i + 2] = (struct pollfd){jobs[i].is_ending ? -1 : jobs[i].status, POLLIN, 0};
        if (poll(waits, (nfds_t)count + 2, -1) < 0 && errno != EINTR)
            _exit(96);
        /* Whatever comes from its owner, and the end of the socket, ends a job. */
        for (int i = 0; i < count; i++)
            if (waits[i + 2].revents)
                end_job(&jobs[i]);
        if (waits[1].revents) {
            struct signalfd_siginfo ignored;
            while (read(signals, &ignored, sizeof ignored) > 0) {
            }
            collect();
        }
        if (!waits[0].revents)
            continue;
        char name[NAME_BYTES];
        int fds[2] = {-1, -1}, kind = receive(name, fds);
        if (kind == 0)
            _exit(0);
        if (kind > 0 && start_job(name, fds[0], fds[1], signals))
            return;
        if (kind < 0) {
            close(fds[0]);
            close(fds[1]);
        }
    }
}

static ssize_t read_terminal(void *cookie, char *buffer, size_t size)
{
    (void)cookie;
    /* A job that reads once more comes to the end of its input. */
    if (server < 0 || !size)
        return 0;
    serve();
    *buffer = '\n';
    return 1;
}

// SPDX-License-Identifier: GPL-2.0-only
/* What iscsi-scstd can still ask of the kernel as it serves. Each try is a process of its own. */
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "sandbox.h"

/* Exit statuses: this and an errno is an answer; a sanitizer's are others. */
#define TRIED 100

/* Past the sanitizer's own exit, which takes more system calls than are left. */
static void leave(int status)
{
	syscall(SYS_exit_group, status);
}

/* Return: the errno of @what in the sandbox; 0: it succeeded. */
static int try(int (*what)(void))
{
	struct scst_error err = {};
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (!child) {
		if (!sandbox_enter(&err))
			leave(TRIED + (what() < 0 ? errno : 0));
		leave(1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_true(WEXITSTATUS(status) >= TRIED);
	return WEXITSTATUS(status) - TRIED;
}

static int read_a_file(void)
{
	struct stat st;
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	char text[16];

	return fd < 0 || fstat(fd, &st) || read(fd, text, sizeof(text)) < 0 ? -1 : close(fd);
}

static int wait_for_sockets(void)
{
	int udp = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	int tcp = socket(AF_INET6, SOCK_STREAM, 0);
	int log = socket(AF_UNIX, SOCK_DGRAM, 0);
	int routes = socket(AF_NETLINK, SOCK_RAW, 0);
	char byte;

	if (udp < 0 || log < 0 || routes < 0 || (tcp < 0 && errno != EAFNOSUPPORT))
		return -1;
	return recv(udp, &byte, 1, 0) < 0 && errno == EAGAIN ? 0 : -1;
}

static void *map(int prot)
{
	return mmap(NULL, 4096, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static int take_memory(void)
{
	void *memory = map(PROT_READ | PROT_WRITE);

	return memory == MAP_FAILED ? -1 : munmap(memory, 4096);
}

static int ask_for_time_and_chance(void)
{
	struct timespec now;
	char bytes[16];

	if (clock_gettime(CLOCK_MONOTONIC, &now))
		return -1;
	return getrandom(bytes, sizeof(bytes), 0) < 0 ? -1 : 0;
}

static void serving_goes_on(void **state)
{
	assert_int_equal(try(read_a_file), 0);
	assert_int_equal(try(wait_for_sockets), 0);
	assert_int_equal(try(take_memory), 0);
	assert_int_equal(try(ask_for_time_and_chance), 0);
}

static int run_a_program(void)
{
	return execl("/bin/true", "true", NULL);
}

static int start_a_process(void)
{
	pid_t child = fork();

	if (!child)
		leave(0);
	return child;
}

static int send_a_signal(void)
{
	return kill(getpid(), 0);
}

static int trace(void)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static void no_other_process(void **state)
{
	assert_int_equal(try(run_a_program), EPERM);
	assert_int_equal(try(start_a_process), EPERM);
	assert_int_equal(try(send_a_signal), EPERM);
	assert_int_equal(try(trace), EPERM);
}

static int write_a_file(void)
{
	return open("/dev/null", O_WRONLY);
}

static int change_a_file(void)
{
	return open("/dev/null", O_RDWR);
}

static int make_a_file(void)
{
	return open("/tmp", O_RDONLY | O_CREAT, 0600);
}

static int remove_a_file(void)
{
	return unlink("/nonexistent");
}

static int make_a_folder(void)
{
	return mkdir("/", 0700);
}

static void no_file_is_changed(void **state)
{
	assert_int_equal(try(write_a_file), EPERM);
	assert_int_equal(try(change_a_file), EPERM);
	assert_int_equal(try(make_a_file), EPERM);
	assert_int_equal(try(remove_a_file), EPERM);
	assert_int_equal(try(make_a_folder), EPERM);
}

static int map_code(void)
{
	return map(PROT_READ | PROT_EXEC) == MAP_FAILED ? -1 : 0;
}

static int make_code_of_data(void)
{
	return mprotect(map(PROT_READ | PROT_WRITE), 4096, PROT_READ | PROT_EXEC);
}

static void no_code_comes_in(void **state)
{
	assert_int_equal(try(map_code), EPERM);
	assert_int_equal(try(make_code_of_data), EPERM);
}

static int listen_to_the_wire(void)
{
	return socket(AF_PACKET, SOCK_RAW, 0);
}

static int control_a_terminal(void)
{
	return ioctl(0, TIOCSTI, "x");
}

static int become_another_user(void)
{
	return setuid(getuid());
}

static void no_other_device_family_or_user(void **state)
{
	assert_int_equal(try(listen_to_the_wire), EPERM);
	assert_int_equal(try(control_a_terminal), EPERM);
	assert_int_equal(try(become_another_user), EPERM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(serving_goes_on),
		cmocka_unit_test(no_other_process),
		cmocka_unit_test(no_file_is_changed),
		cmocka_unit_test(no_code_comes_in),
		cmocka_unit_test(no_other_device_family_or_user),
	};

	return cmocka_run_group_tests_name("sandbox", tests, NULL, NULL);
}

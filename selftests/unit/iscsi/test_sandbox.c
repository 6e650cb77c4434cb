// SPDX-License-Identifier: GPL-2.0-only
/* What iscsi-scstd can still ask of the kernel as it serves. Each try is a process of its own. */
#include "unit.h"

#include <fcntl.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <scst/iscsi.h>
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

#include "datagram.h"
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
	int tcp = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int routes = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	char byte;

	if (udp < 0 || routes < 0 || (tcp < 0 && errno != EAFNOSUPPORT))
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

/* Ours come through, to a file that knows none of them. */
static int ask_the_driver(void)
{
	static const unsigned long requests[] = {
		SCST_ISCSI_IOC_DRIVER, SCST_ISCSI_IOC_TARGET, SCST_ISCSI_IOC_ATTR,
		SCST_ISCSI_IOC_ACCESS, SCST_ISCSI_IOC_CONN,
	};
	int fd = open("/dev/null", O_RDONLY);

	for (size_t i = 0; i < ARRAY_SIZE(requests); i++)
		if (!ioctl(fd, requests[i], NULL) || errno != ENOTTY)
			return -1;
	return 0;
}

static struct datagram syslog_socket = DATAGRAM_NONE;

static int tell_syslog(void)
{
	return datagram_send(&syslog_socket, "hello") ? -1 : 0;
}

static int bind_datagram(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	strcpy(addr.sun_path + 1, path);
	assert_int_equal(bind(fd, (void *)&addr, offsetof(struct sockaddr_un, sun_path) + 1 +
						 strlen(path)), 0);
	return fd;
}

/* With the socket made before; also when the other end is another one by now. */
static void others_are_still_told(void **state)
{
	char text[16] = "", path[64];
	int fd;

	snprintf(path, sizeof(path), "@test_sandbox-%d", getpid());
	fd = bind_datagram(path + 1);
	assert_int_equal(datagram_open(&syslog_socket, path), 0);
	assert_int_equal(try(tell_syslog), 0);
	assert_int_equal(recv(fd, text, sizeof(text), MSG_DONTWAIT), 5);
	close(fd);
	assert_int_equal(try(tell_syslog), ECONNREFUSED);
	fd = bind_datagram(path + 1);
	assert_int_equal(try(tell_syslog), 0);
	assert_int_equal(recv(fd, text, sizeof(text), MSG_DONTWAIT), 5);
	assert_memory_equal(text, "hello", 5);
	close(fd);
	datagram_close(&syslog_socket);
	assert_int_equal(datagram_open(&syslog_socket, "relative"), -EINVAL);
}

static void serving_goes_on(void **state)
{
	assert_int_equal(try(ask_the_driver), 0);
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

static int empty_a_file(void)
{
	return open("/dev/null", O_RDONLY | O_TRUNC);
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
	assert_int_equal(try(empty_a_file), EPERM);
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

static int call_another_program(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0);
}

static int send_to_another_program(void)
{
	return socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

static int listen_to_the_kernel(void)
{
	return socket(AF_NETLINK, SOCK_RAW, NETLINK_KOBJECT_UEVENT);
}

static int have_a_module_loaded(void)
{
	return socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP);
}

static int send_raw_packets(void)
{
	return socket(AF_INET, SOCK_RAW, IPPROTO_UDP);
}

static int send_pings(void)
{
	return socket(AF_INET6, SOCK_DGRAM, IPPROTO_ICMPV6);
}

static int ask_another_driver(void)
{
	return ioctl(0, _IO('I', 0x13), NULL);	/* of ISDN, once */
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
	assert_int_equal(try(call_another_program), EPERM);
	assert_int_equal(try(send_to_another_program), EPERM);
	assert_int_equal(try(listen_to_the_kernel), EPERM);
	assert_int_equal(try(have_a_module_loaded), EPERM);
	assert_int_equal(try(send_raw_packets), EPERM);
	assert_int_equal(try(send_pings), EPERM);
	assert_int_equal(try(ask_another_driver), EPERM);
	assert_int_equal(try(control_a_terminal), EPERM);
	assert_int_equal(try(become_another_user), EPERM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(serving_goes_on),
		cmocka_unit_test(others_are_still_told),
		cmocka_unit_test(no_other_process),
		cmocka_unit_test(no_file_is_changed),
		cmocka_unit_test(no_code_comes_in),
		cmocka_unit_test(no_other_device_family_or_user),
	};

	return cmocka_run_group_tests_name("sandbox", tests, NULL, NULL);
}

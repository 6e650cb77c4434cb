// SPDX-License-Identifier: GPL-2.0-only
/* One call of SCST's own scstadmin: a process that has the fake for its kernel (FakeSysfs.pm). */
#include "runner.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "fake_inside.h"
#include "util.h"

#define WORDS_MAX	48
#define FAKE_FD		3

static const char *beside(const struct fake *fake, const char *what)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s.%s", fake->root, what);
	return path;
}

static void redirect(const struct fake *fake, const char *what, int flags, int to)
{
	int fd = open(beside(fake, what), flags, 0600);

	MUST(fd >= 0);
	MUST(dup2(fd, to) == to);
	close(fd);
}

/* Hashes in the same order each time: a test must not depend on the day. */
static void be_perl(const struct fake *fake, int socket, const char *dir, char **words)
{
	char *argv[WORDS_MAX + 8] = { "perl", "-I" SHIM };
	size_t nr = 2;

	redirect(fake, "in", O_RDONLY, 0);
	redirect(fake, "out", O_WRONLY | O_CREAT | O_TRUNC, 1);
	redirect(fake, "err", O_WRONLY | O_CREAT | O_TRUNC, 2);
	MUST(dup2(socket, FAKE_FD) == FAKE_FD);
	if (socket == FAKE_FD)
		fcntl(FAKE_FD, F_SETFD, 0);
	setenv("FAKE_ROOT", fake->root, 1);
	setenv("FAKE_FD", "3", 1);
	setenv("PERL_HASH_SEED", "0", 1);
	setenv("PERL_PERTURB_KEYS", "0", 1);
	MUST(asprintf(&argv[nr++], "-I%s", dir) > 0);
	MUST(asprintf(&argv[nr++], "-I%s/scst-1.0.0/lib", dir) > 0);
	argv[nr++] = "-MFakeSysfs";
	MUST(asprintf(&argv[nr++], "%s/scstadmin", dir) > 0);
	while (*words)
		argv[nr++] = *words++;
	execvp(argv[0], argv);
	perror("perl");
	_exit(127);
}

/* "PATH\nTEXT" -> an errno, until the program ends. */
static void be_kernel(struct fake *fake, int socket)
{
	char packet[65536], answer[16];
	ssize_t len;

	while ((len = recv(socket, packet, sizeof(packet) - 1, 0)) > 0) {
		char *text;

		packet[len] = '\0';
		text = strchr(packet, '\n');
		MUST(text);
		*text++ = '\0';
		len = snprintf(answer, sizeof(answer), "%d",
			       -fake->live.write(&fake->live, packet, text));
		MUST(send(socket, answer, len, MSG_NOSIGNAL) == len);
	}
}

static void put_input(const struct fake *fake, const char *input)
{
	FILE *file = fopen(beside(fake, "in"), "w");

	MUST(file);
	fprintf(file, "%s\n", input);
	fclose(file);
}

static void take(const struct fake *fake, const char *what, char **text)
{
	MUST(!scst_read_file(beside(fake, what), text));
	unlink(beside(fake, what));
}

struct run run_perl(struct fake *fake, const char *dir, const char *words, const char *input)
{
	_cleanup_free_ char *copy = strdup(words);
	char *argv[WORDS_MAX] = {};
	struct run run = {};
	int pair[2], status;
	pid_t pid;

	split_words(copy, argv, WORDS_MAX);
	put_input(fake, input);
	MUST(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair));
	pid = fork();
	MUST(pid >= 0);
	if (!pid)
		be_perl(fake, pair[1], dir, argv);
	close(pair[1]);
	be_kernel(fake, pair[0]);
	close(pair[0]);
	MUST(waitpid(pid, &status, 0) == pid);
	run.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	take(fake, "out", &run.out);
	take(fake, "err", &run.err);
	unlink(beside(fake, "in"));
	return run;
}

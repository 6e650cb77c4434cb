// SPDX-License-Identifier: GPL-2.0-only
/*
 * null NAME MIB: the smallest program that is a disk. What is written vanishes, reads bring zeros
 * or what was last in that memory. It shows what everything but a back end costs.
 */
#include <scst-user.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static struct scst_user *user;

static void end(int sig)
{
	(void)sig;
	scst_user_stop(user);
}

static int io(void *arg, struct scst_user_cmd *cmd)
{
	(void)arg;
	(void)cmd;
	return 0;
}

int main(int argc, char **argv)
{
	const struct scst_user_ops ops = { .io = io };
	struct scst_user_params params = { .max_bytes = 64 << 10, .depth = 64 };
	int err;

	if (argc != 3)
		return fprintf(stderr, "usage: null NAME MIB\n"), 2;
	params.name = argv[1];
	params.nblocks = strtoul(argv[2], NULL, 0) << 11;
	user = scst_user_open(&params, &ops, NULL, 0);
	if (!user)
		return perror(argv[1]), 1;
	signal(SIGTERM, end);
	err = scst_user_run(user) ?: scst_user_delete(user);
	scst_user_close(user);
	return err ? 1 : 0;
}

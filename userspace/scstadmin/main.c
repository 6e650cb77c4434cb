// SPDX-License-Identifier: GPL-2.0-only
/* scstadmin on the running kernel. */
#include <signal.h>

#include "admin.h"
#include "aside_file.h"
#include "lock.h"

/* Between two steps, or in one: running it again goes on where it ended. */
static void end_at_once(int signal _unused_)
{
	static const char text[] = "\n\nAborting immediately.\n";

	(void)!write(STDOUT_FILENO, text, sizeof(text) - 1);
	_exit(1);
}

int main(int argc, char **argv)
{
	struct admin admin = {
		.live = scst_live_default(),
		.lock_path = SCST_LOCK_PATH,
		.aside_path = SCST_ASIDE_PATH,
		.config = ADMIN_CONFIG,
		.in = stdin,
		.out = stdout,
		.err = stderr,
		.patience = 300,
	};

	if (geteuid()) {
		fprintf(stderr, "This program must run as root.\n");
		return 255;
	}
	signal(SIGINT, end_at_once);
	signal(SIGTERM, end_at_once);
	return admin_run(&admin, argc, argv);
}

// SPDX-License-Identifier: GPL-2.0-only
/* scstadmin on the running kernel. */
#include "admin.h"
#include "lock.h"

int main(int argc, char **argv)
{
	struct admin admin = {
		.live = scst_live_default(),
		.lock_path = SCST_LOCK_PATH,
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
	return admin_run(&admin, argc, argv);
}

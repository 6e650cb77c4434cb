// SPDX-License-Identifier: GPL-2.0-only
/* iscsi-scst-adm on the running kernel. */
#include "adm.h"
#include "aside_file.h"
#include "lock.h"
#include "recover.h"

#define LOCK_SECONDS	60

static int run(struct adm *adm, int argc, char **argv)
{
	_cleanup_close_ int lock = -EBADF;
	int ret = adm_options(adm, argc, argv);

	if (ret)
		return ret < 0 ? ret : 0;
	if (adm->op != ADM_SHOW) {
		lock = scst_lock(SCST_LOCK_PATH, LOCK_SECONDS, &adm->err);
		if (lock < 0)
			return lock;
		scst_recover(&adm->live, SCST_ASIDE_PATH, stderr);
	}
	return adm_run(adm);
}

int main(int argc, char **argv)
{
	struct adm adm = { .live = scst_live_default(), .out = stdout };
	int ret = run(&adm, argc, argv);

	if (ret)
		fprintf(stderr, "iscsi-scst-adm: %s\n", adm.err.text[0] ? adm.err.text :
			strerror(-ret));
	return scst_exit_status(ret);
}

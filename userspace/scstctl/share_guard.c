// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who may open the generic nodes of raw disks that are shared: nobody, where the kernel lets a BPF
 * program say so (bpf/tracers/raw_guard.bpf.c). Numbers of nodes are given to other disks when
 * theirs has gone: so the map is made what it has to be whenever one comes or goes.
 */
#include <bpf/bpf.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "share.h"
#include "tracer.h"

#define GUARD	"raw_guard"
#define NODES	"raw_guard_nodes"
#define LOCK	"/run/lock/scst-raw-guard"

/* ---- which nodes ---------------------------------------------------------------------------- */

static int raw_nodes(const struct scst_shares *shares, struct scst_disk_nodes *nodes)
{
	int ret = 0;

	for (size_t i = 0; i < shares->nr && !ret; i++) {
		_cleanup_(scst_names_clear) struct scst_names found = {};

		ret = scst_scsi_find(SCST_SCSI_ROOT, shares->list[i].id, &found);
		for (size_t j = 0; j < found.nr && !ret; j++)
			ret = scst_disk_nodes(found.list[j], nodes);
	}
	return ret;
}

/* As the kernel has them in an inode. */
static uint32_t number_of(const struct scst_disk_node *node)
{
	return major(node->dev) << 20 | minor(node->dev);
}

static bool is_wanted(const struct scst_disk_nodes *nodes, uint32_t number)
{
	for (size_t i = 0; i < nodes->nr; i++)
		if (!nodes->list[i].block && number_of(&nodes->list[i]) == number)
			return true;
	return false;
}

/* ---- the map -------------------------------------------------------------------------------- */

static void drop_others(int map, const struct scst_disk_nodes *nodes)
{
	uint32_t key, next;
	int more = bpf_map_get_next_key(map, NULL, &next);

	while (!more) {
		key = next;
		more = bpf_map_get_next_key(map, &key, &next);
		if (!is_wanted(nodes, key))
			bpf_map_delete_elem(map, &key);
	}
}

static int add_nodes(int map, const struct scst_disk_nodes *nodes)
{
	const uint32_t one = 1;

	for (size_t i = 0; i < nodes->nr; i++) {
		uint32_t number = number_of(&nodes->list[i]);

		if (!nodes->list[i].block && bpf_map_update_elem(map, &number, &one, BPF_ANY))
			return -errno;
	}
	return 0;
}

/*
 * Workers of udev look at the same time: who has seen less would take away what another one has
 * put there. Not the lock of the configuration: who has that waits for them (share_settle()).
 */
static int lock(void)
{
	_cleanup_close_ int fd = -EBADF;

	mkdir("/run/lock", 0755);	/* early at boot; or it is there */
	fd = open(LOCK, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	while (flock(fd, LOCK_EX))
		if (errno != EINTR)
			return -errno;
	return TAKE_FD(fd);
}

/* By who has the lock. */
static int update(struct cli *cli, const struct scst_shares *shares)
{
	_cleanup_close_ int map = scst_pins_open(&cli->paths, SCST_PIN_TRACER, GUARD, NODES);
	struct scst_disk_nodes nodes = {};
	int ret;

	if (map < 0)
		return map == -ENOENT ? 0 : map;
	ret = raw_nodes(shares, &nodes) ?: add_nodes(map, &nodes);
	if (!ret)
		drop_others(map, &nodes);
	scst_disk_nodes_clear(&nodes);
	return ret;
}

/* The file is written before who writes it comes here: so it is read under the lock. */
int share_guard_again(struct cli *cli)
{
	_cleanup_(scst_shares_clear) struct scst_shares shares = {};
	_cleanup_close_ int fd = lock();
	int ret = fd < 0 ? scst_fail(&cli->err, fd, LOCK ": %s", strerror(-fd)) :
			   scst_shares_read(SCST_SHARE_PATH, &shares, &cli->err);

	if (ret)
		return ret;
	ret = update(cli, &shares);
	return ret ? scst_fail(&cli->err, ret, "raw_guard: %s", strerror(-ret)) : 0;
}

/* ---- the program ---------------------------------------------------------------------------- */

static bool has_bpf_lsm(void)
{
	_cleanup_free_ char *text = NULL;
	char *rest, *name;

	if (scst_read_file("/sys/kernel/security/lsm", &text))
		return false;
	text[strcspn(text, "\n")] = '\0';
	for (rest = text; (name = strsep(&rest, ",")); )
		if (streq(name, "bpf"))
			return true;
	return false;
}

static int load(struct cli *cli)
{
	_cleanup_(scst_spec_freep) struct scst_spec *spec = NULL;
	int ret;

	if (scst_pins_exist(&cli->paths, SCST_PIN_TRACER, GUARD))
		return 0;
	if (!has_bpf_lsm())
		return scst_fail(&cli->err, -EOPNOTSUPP, "this kernel has no BPF LSM in force "
				 "(\"bpf\" in lsm= of its command line)");
	ret = scst_spec_new(GUARD, &spec, &cli->err);
	return ret ?: scst_tracer_load(&cli->paths, spec, &cli->err);
}

static int make_so(struct cli *cli, const struct scst_shares *shares)
{
	_cleanup_close_ int fd = lock();

	if (fd < 0)
		return fd;
	if (shares->nr)
		return load(cli) ?: update(cli, shares);
	if (!scst_pins_exist(&cli->paths, SCST_PIN_TRACER, GUARD))
		return 0;
	return scst_tracer_unload(&cli->paths, GUARD, &cli->err);
}

void share_guard(struct cli *cli, const struct scst_shares *shares)
{
	struct scst_error before = cli->err;
	static bool told;
	int ret;

	cli->err = (struct scst_error){};
	ret = make_so(cli, shares);
	if (ret && !told)
		fprintf(stderr, "root can still open generic nodes of raw disks that are shared, "
			"and pass by the target: %s\n",
			cli->err.text[0] ? cli->err.text : strerror(-ret));
	told |= ret;
	cli->err = before;
}

// SPDX-License-Identifier: GPL-2.0-only
/* The ring of the command log: opened, drained, its losses counted. */
#include "cmdlog.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "cmdlog.skel.h"
#include "object.h"

struct scst_cmdlog {
	struct cmdlog_bpf *skel;
	struct ring_buffer *ring;
	int drops_fd;
	uint64_t drops;			/* told so far */
	scst_cmdlog_fn fn;
	void *arg;
};

void scst_cmdlog_close(struct scst_cmdlog *log)
{
	if (!log)
		return;
	ring_buffer__free(log->ring);
	cmdlog_bpf__destroy(log->skel);
	closep(&log->drops_fd);
	free(log);
}

static struct scst_cmdlog *new_log(scst_cmdlog_fn fn, void *arg)
{
	struct scst_cmdlog *log = calloc(1, sizeof(*log));

	if (log) {
		log->drops_fd = -EBADF;
		log->fn = fn;
		log->arg = arg;
	}
	return log;
}

static int take_record(void *ctx, void *data, size_t size)
{
	struct scst_cmdlog *log = ctx;

	if (size < sizeof(struct cmdlog_event))
		return -EPROTO;
	return log->fn(data, log->arg);
}

static uint64_t read_drops(const struct scst_cmdlog *log)
{
	int cpus = libbpf_num_possible_cpus();
	_cleanup_free_ uint64_t *values = cpus > 0 ? calloc(cpus, sizeof(*values)) : NULL;
	uint64_t sum = 0;
	uint32_t key = 0;

	if (!values || bpf_map_lookup_elem(log->drops_fd, &key, values))
		return log->drops;
	for (int i = 0; i < cpus; i++)
		sum += values[i];
	return sum;
}

/*
 * @ring_fd is the caller's; @drops_fd is ours from here on. What the tracer has lost since it was
 * loaded counts as lost now: nobody may have been there to tell it.
 */
static int open_ring(struct scst_cmdlog *log, int ring_fd, int drops_fd, struct scst_error *err)
{
	log->drops_fd = drops_fd;
	log->ring = ring_buffer__new(ring_fd, take_record, log, NULL);
	if (!log->ring)
		return scst_fail(err, -errno, "cannot map the ring of the command log: %s",
				 strerror(errno));
	return 0;
}

static int set_filter(struct cmdlog_bpf *skel, const struct scst_cmdlog_filter *filter,
		      struct scst_error *err)
{
	char *name = (char *)skel->rodata->filter_initiator;

	if (filter->initiator && scst_format(name, CMDLOG_NAME_LEN, "%s", filter->initiator))
		return scst_fail(err, -ENAMETOOLONG, "initiator: longer than %d characters",
				 CMDLOG_NAME_LEN - 1);
	skel->rodata->filter_lun = filter->lun;
	skel->rodata->filter_opcode = filter->opcode;
	skel->rodata->min_latency_ns = filter->min_latency_ns;
	skel->rodata->only_failed = filter->only_failed;
	return 0;
}

static int load_skeleton(struct cmdlog_bpf *skel, struct scst_error *err)
{
	int ret = cmdlog_bpf__load(skel) ?: cmdlog_bpf__attach(skel);

	if (ret == -EPERM || ret == -EACCES)
		return scst_fail(err, ret, "tracing needs root");
	if (ret)
		return scst_fail(err, -EOPNOTSUPP,
				 "the kernel refuses the command log: %s (--verbose tells more)",
				 strerror(-ret));
	return 0;
}

int scst_cmdlog_open_private(const struct scst_paths *paths,
			     const struct scst_cmdlog_filter *filter, scst_cmdlog_fn fn, void *arg,
			     struct scst_cmdlog **log, struct scst_error *err)
{
	_cleanup_(scst_cmdlog_closep) struct scst_cmdlog *new = new_log(fn, arg);
	int ret;

	if (!new)
		return scst_fail(err, -ENOMEM, "out of memory");
	ret = scst_bpf_available(paths, err);
	if (ret)
		return ret;
	new->skel = cmdlog_bpf__open();
	if (!new->skel)
		return scst_fail(err, -errno, "cannot open the command log: %s", strerror(errno));
	ret = set_filter(new->skel, filter, err) ?: load_skeleton(new->skel, err) ?:
	      open_ring(new, bpf_map__fd(new->skel->maps.cmdlog_events),
			dup(bpf_map__fd(new->skel->maps.cmdlog_drops)), err);
	if (ret)
		return ret;
	*log = TAKE_PTR(new);
	return 0;
}

int scst_cmdlog_fd(const struct scst_cmdlog *log)
{
	return ring_buffer__epoll_fd(log->ring);
}

int scst_cmdlog_consume(struct scst_cmdlog *log, size_t max)
{
	return ring_buffer__consume_n(log->ring, max);
}

uint64_t scst_cmdlog_take_drops(struct scst_cmdlog *log)
{
	uint64_t now = read_drops(log), lost = now - log->drops;

	log->drops = now;
	return lost;
}

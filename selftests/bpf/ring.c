// SPDX-License-Identifier: GPL-2.0-only
/* ring PIN: print what is in cmdlog's ring buffer by now, a line for each record. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdio.h>
#include <string.h>

#include "tracers/cmdlog.h"

static int print_event(void *ctx, void *data, size_t size)
{
	const struct cmdlog_event *e = data;

	(void)ctx;
	if (size < sizeof(*e))
		return -1;
	printf("initiator=%s target=%s device=%s lun=%u opcode=0x%02x lba=%llu len=%u "
	       "status=0x%02x sense=%x/%02x/%02x latency_ns=%llu tag=%llu aborted=%u\n",
	       e->initiator, e->target, e->device, e->lun, e->opcode, e->lba, e->len, e->status,
	       e->key, e->asc, e->ascq, e->latency_ns, e->tag, e->aborted);
	return 0;
}

int main(int argc, char **argv)
{
	int fd = argc == 2 ? bpf_obj_get(argv[1]) : -1;
	struct ring_buffer *ring = ring_buffer__new(fd, print_event, NULL, NULL);
	int n;

	if (!ring) {
		perror(argc == 2 ? argv[1] : "usage: ring PIN");
		return 1;
	}
	n = ring_buffer__consume(ring);
	ring_buffer__free(ring);
	return n < 0;
}

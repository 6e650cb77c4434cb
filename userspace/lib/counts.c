// SPDX-License-Identifier: GPL-2.0-only
/* Counters of tracers, read out of their pinned maps. */
#include "counts.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "pins.h"

static const struct counter_row {
	const char *tracer;
	const char *map;
	size_t key_size;
	size_t value_size;		/* of u64 throughout */
	bool per_cpu;
} counters[] = {
	[SCST_COUNTER_LATENCY] = { "latency", "latency_counts", sizeof(uint64_t),
				   sizeof(struct latency_histogram), true },
	[SCST_COUNTER_TOP]     = { "top", "top_counts", sizeof(uint64_t),
				   sizeof(struct top_count), true },
	[SCST_COUNTER_ERRORS]  = { "errors", "error_counts", sizeof(struct error_key),
				   sizeof(uint64_t), false },
};

struct scst_counts {
	const struct counter_row *row;
	int counts_fd;
	int names_fd;
	int cpus;
	uint64_t *values;		/* one value of the map, for all CPUs */
};

void scst_counts_close(struct scst_counts *counts)
{
	if (!counts)
		return;
	closep(&counts->counts_fd);
	closep(&counts->names_fd);
	free(counts->values);
	free(counts);
}

/* A map of another layout is one of another version. */
static int check_map(int fd, size_t key_size, size_t value_size)
{
	struct bpf_map_info info = {};
	__u32 len = sizeof(info);

	if (fd < 0)
		return fd;
	if (bpf_map_get_info_by_fd(fd, &info, &len))
		return -errno;
	return info.key_size == key_size && info.value_size == value_size ? 0 : -EPROTO;
}

static int open_maps(const struct scst_paths *paths, struct scst_counts *counts)
{
	const struct counter_row *row = counts->row;

	counts->counts_fd = scst_pins_open(paths, SCST_PIN_TRACER, row->tracer, row->map);
	counts->names_fd = scst_pins_open(paths, SCST_PIN_TRACER, row->tracer, "nexus_names");
	return check_map(counts->counts_fd, row->key_size, row->value_size) ?:
	       check_map(counts->names_fd, sizeof(uint64_t), sizeof(struct nexus_name));
}

int scst_counts_open(const struct scst_paths *paths, enum scst_counter counter,
		     struct scst_counts **counts, struct scst_error *err)
{
	_cleanup_(scst_counts_closep) struct scst_counts *new = calloc(1, sizeof(*new));
	const struct counter_row *row = &counters[counter];
	int ret;

	if (!new)
		return scst_fail(err, -ENOMEM, "out of memory");
	new->row = row;
	new->counts_fd = new->names_fd = -EBADF;
	new->cpus = libbpf_num_possible_cpus();
	ret = open_maps(paths, new);
	if (ret == -ENOENT)
		return scst_fail(err, ret, "tracer %s is not loaded: scstctl tracer load %s",
				 row->tracer, row->tracer);
	if (ret)
		return scst_fail(err, ret, "cannot read tracer %s: %s", row->tracer,
				 ret == -EPROTO ? "it is of another version" : strerror(-ret));
	new->values = calloc(row->per_cpu ? new->cpus : 1, row->value_size);
	if (!new->values)
		return scst_fail(err, -ENOMEM, "out of memory");
	*counts = TAKE_PTR(new);
	return 0;
}

static void read_row(const struct scst_counts *counts, const void *key, struct scst_count_row *row)
{
	size_t nr = counts->row->value_size / sizeof(uint64_t);
	int cpus = counts->row->per_cpu ? counts->cpus : 1;
	uint64_t *sum = &row->errors;		/* where the union of values begins */
	uint64_t id;

	memset(row, 0, sizeof(*row));
	memcpy(&row->key, key, counts->row->key_size);
	id = counts->row->per_cpu ? NEXUS_KEY_ID(row->key) : row->error.nexus;
	for (int cpu = 0; cpu < cpus; cpu++)
		for (size_t i = 0; i < nr; i++)
			sum[i] += counts->values[cpu * nr + i];
	if (bpf_map_lookup_elem(counts->names_fd, &id, &row->name))
		row->name = (struct nexus_name){ .initiator = "?" };
}

int scst_counts_read(struct scst_counts *counts, size_t max, struct scst_count_row **rows,
		     size_t *nr, size_t *left_out)
{
	_cleanup_free_ struct scst_count_row *found = NULL;
	uint8_t key[sizeof(struct error_key)];
	void *from = NULL;
	size_t n = 0, room = 0;

	*left_out = 0;
	while (!bpf_map_get_next_key(counts->counts_fd, from, key)) {
		from = key;
		if (n == max) {
			(*left_out)++;
			continue;
		}
		if (bpf_map_lookup_elem(counts->counts_fd, key, counts->values))
			continue;		/* gone meanwhile */
		if (n == room) {
			struct scst_count_row *bigger;

			room = room ? 2 * room : 16;
			bigger = reallocarray(found, room, sizeof(*found));
			if (!bigger)
				return -ENOMEM;
			found = bigger;
		}
		read_row(counts, key, &found[n++]);
	}
	*rows = TAKE_PTR(found);
	*nr = n;
	return 0;
}

const char *scst_dir_name(unsigned int dir)
{
	static const char *const names[] = { "none", "read", "write", "bidi" };

	return names[dir & 3];
}

uint64_t scst_latency_bucket_ns(unsigned int bucket)
{
	return bucket < LATENCY_BUCKETS - 1 ? 1024ULL << bucket : UINT64_MAX;
}

uint64_t scst_latency_commands(const struct latency_histogram *count)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < LATENCY_BUCKETS; i++)
		sum += count->bucket[i];
	return sum;
}

uint64_t scst_latency_percentile_ns(const struct latency_histogram *count, unsigned int percent)
{
	uint64_t all = scst_latency_commands(count), below = 0;

	for (unsigned int i = 0; i < LATENCY_BUCKETS && all; i++) {
		below += count->bucket[i];
		if (below * 100 >= all * percent)
			return scst_latency_bucket_ns(i);
	}
	return 0;
}

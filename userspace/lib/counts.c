// SPDX-License-Identifier: GPL-2.0-only
/* Counters of tracers, read out of their pinned maps. */
#include "counts.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "missed.h"
#include "pins.h"
#include "printable.h"

static const struct counter_row {
	const char *tracer;
	const char *counts;		/* of errors, by name		*/
	const char *totals;		/* NULL: counts have names	*/
	size_t value_size;		/* of u64 throughout		*/
} counters[] = {
	[SCST_COUNTER_LATENCY] = { "latency", "latency_counts", "latency_totals",
				   sizeof(struct latency_histogram) },
	[SCST_COUNTER_TOP]     = { "top", "top_counts", "top_totals", sizeof(struct top_count) },
	[SCST_COUNTER_ERRORS]  = { "errors", "error_counts", NULL, sizeof(uint64_t) },
};

#define BATCH		256	/* elements that are read at a time, to begin with	*/
#define READ_TRIES	8	/* while nexuses come to their end			*/

struct scst_counts {
	const struct counter_row *row;
	int counts_fd;
	int totals_fd, names_fd, folds_fd; /* -EBADF: counts have names */
	int cpus;
	struct scst_missed missed;
};

void scst_counts_close(struct scst_counts *counts)
{
	if (!counts)
		return;
	closep(&counts->counts_fd);
	closep(&counts->totals_fd);
	closep(&counts->names_fd);
	closep(&counts->folds_fd);
	scst_missed_close(&counts->missed);
	free(counts);
}

/* A map of another layout is one of another version. Return: its descriptor or -errno. */
static int open_map(const struct scst_paths *paths, const char *tracer, const char *map,
		    size_t key_size, size_t value_size)
{
	_cleanup_close_ int fd = scst_pins_open(paths, SCST_PIN_TRACER, tracer, map);
	struct bpf_map_info info = {};
	__u32 len = sizeof(info);

	if (fd < 0)
		return fd;
	if (bpf_map_get_info_by_fd(fd, &info, &len))
		return -errno;
	if (info.key_size != key_size || info.value_size != value_size)
		return -EPROTO;
	return TAKE_FD(fd);
}

static int open_maps(const struct scst_paths *paths, struct scst_counts *counts)
{
	const struct counter_row *row = counts->row;
	const char *tracer = row->tracer;

	counts->counts_fd = open_map(paths, tracer, row->counts,
				     row->totals ? sizeof(uint64_t) : sizeof(struct error_key),
				     row->value_size);
	if (counts->counts_fd < 0 || !row->totals)
		return counts->counts_fd < 0 ? counts->counts_fd : 0;
	counts->totals_fd = open_map(paths, tracer, row->totals, sizeof(struct nexus_total),
				     row->value_size);
	counts->names_fd = open_map(paths, tracer, "nexus_names", sizeof(uint64_t),
				    sizeof(struct nexus_name));
	counts->folds_fd = open_map(paths, tracer, "nexus_folds", sizeof(uint32_t),
				    sizeof(struct nexus_folds));
	return counts->totals_fd < 0 ? counts->totals_fd :
	       counts->names_fd < 0  ? counts->names_fd :
	       counts->folds_fd < 0  ? counts->folds_fd : 0;
}

int scst_counts_open(const struct scst_paths *paths, enum scst_counter counter,
		     struct scst_counts **counts, struct scst_error *err)
{
	_cleanup_(scst_counts_closep) struct scst_counts *new = calloc(1, sizeof(*new));
	const struct counter_row *row = &counters[counter];
	int ret;

	if (!new)
		return scst_fail(err, -ENOMEM, "out of memory");
	*new = (struct scst_counts){
		.row = row,
		.counts_fd = -EBADF,
		.totals_fd = -EBADF,
		.names_fd = -EBADF,
		.folds_fd = -EBADF,
		.cpus = libbpf_num_possible_cpus(),
	};
	ret = open_maps(paths, new);
	if (ret == -ENOENT)
		return scst_fail(err, ret, "tracer %s is not loaded: scstctl tracer load %s",
				 row->tracer, row->tracer);
	if (ret)
		return scst_fail(err, ret, "cannot read tracer %s: %s", row->tracer,
				 ret == -EPROTO ? "it is of another version" : strerror(-ret));
	scst_missed_open(paths, row->tracer, &new->missed);
	*counts = TAKE_PTR(new);
	return 0;
}

/* Rows as they are gathered. */
struct gathered {
	struct scst_count_row *rows;
	size_t nr, room;
};

static void clear_gathered(struct gathered *all)
{
	free(all->rows);
	*all = (struct gathered){};
}

static struct scst_count_row *add_row(struct gathered *all)
{
	if (all->nr == all->room) {
		size_t room = all->room ? 2 * all->room : 16;
		struct scst_count_row *bigger = reallocarray(all->rows, room, sizeof(*bigger));

		if (!bigger)
			return NULL;
		all->rows = bigger;
		all->room = room;
	}
	memset(&all->rows[all->nr], 0, sizeof(*all->rows));
	return &all->rows[all->nr++];
}

/* One element of a map becomes a row. Return: 0 or -errno. */
typedef int (*element_fn)(const struct scst_counts *counts, const void *key,
			  const uint64_t *values, struct gathered *all);

/* From a map: with an end, and fit to be printed. */
static void set_name(struct scst_count_row *row, const struct nexus_name *name)
{
	row->name = *name;
	row->name.initiator[sizeof(name->initiator) - 1] = '\0';
	row->name.target[sizeof(name->target) - 1] = '\0';
	row->name.device[sizeof(name->device) - 1] = '\0';
	scst_make_printable(row->name.initiator, "");
	scst_make_printable(row->name.target, "");
	scst_make_printable(row->name.device, "");
}

static void add_values(const struct scst_counts *counts, const uint64_t *values, int cpus,
		       struct scst_count_row *row)
{
	size_t nr = counts->row->value_size / sizeof(uint64_t);
	uint64_t *sum = &row->errors;		/* where the union of values begins */

	for (int cpu = 0; cpu < cpus; cpu++)
		for (size_t i = 0; i < nr; i++)
			sum[i] += values[cpu * nr + i];
}

/* A nexus whose name is gone has come to its end meanwhile: it is in the totals. */
static int add_nexus(const struct scst_counts *counts, const void *key, const uint64_t *values,
		     struct gathered *all)
{
	struct scst_count_row *row;
	struct nexus_name name;
	uint64_t nexus, id;

	memcpy(&nexus, key, sizeof(nexus));
	id = NEXUS_KEY_ID(nexus);
	if (bpf_map_lookup_elem(counts->names_fd, &id, &name))
		return 0;
	row = add_row(all);
	if (!row)
		return -ENOMEM;
	set_name(row, &name);
	row->dir = NEXUS_KEY_DIR(nexus);
	add_values(counts, values, counts->cpus, row);
	return 0;
}

static int add_total(const struct scst_counts *counts, const void *key, const uint64_t *values,
		     struct gathered *all)
{
	const struct nexus_total *total = key;
	struct scst_count_row *row = add_row(all);

	if (!row)
		return -ENOMEM;
	set_name(row, &total->name);
	row->dir = total->dir;
	add_values(counts, values, 1, row);
	return 0;
}

static int add_error(const struct scst_counts *counts, const void *key, const uint64_t *values,
		     struct gathered *all)
{
	const struct error_key *error = key;
	struct scst_count_row *row = add_row(all);

	if (!row)
		return -ENOMEM;
	set_name(row, &error->name);
	row->error = *error;
	row->error.name = (struct nexus_name){};
	add_values(counts, values, 1, row);
	return 0;
}

/* Room for the keys and values of so many elements. */
struct batch {
	size_t key_size, value_size;
	uint32_t nr;
	uint8_t *keys, *values;
};

static void clear_batch(struct batch *batch)
{
	free(batch->keys);
	free(batch->values);
}

static int grow_batch(struct batch *batch, uint32_t nr)
{
	uint8_t *keys = reallocarray(batch->keys, nr, batch->key_size);
	uint8_t *values = keys ? reallocarray(batch->values, nr, batch->value_size) : NULL;

	batch->keys = keys ?: batch->keys;
	batch->values = values ?: batch->values;
	batch->nr = values ? nr : batch->nr;
	return values ? 0 : -ENOMEM;
}

/*
 * Every element once, though others come and go meanwhile: the kernel hands out whole buckets of a
 * hash, and asks for more room (-ENOSPC) if one has more than there is.
 */
static int each_element(const struct scst_counts *counts, int fd, size_t key_size, int cpus,
			element_fn fn, struct gathered *all)
{
	_cleanup_(clear_batch) struct batch batch = {
		.key_size = key_size,
		.value_size = cpus * counts->row->value_size,
	};
	int ret = grow_batch(&batch, BATCH);
	uint64_t at = 0;		/* where it goes on: the number of a bucket */
	bool begun = false;

	while (!ret) {
		uint32_t nr = batch.nr;
		int err = bpf_map_lookup_batch(fd, begun ? &at : NULL, &at, batch.keys,
					       batch.values, &nr, NULL) ? errno : 0;

		if (err == ENOSPC) {
			ret = grow_batch(&batch, 2 * batch.nr);
			continue;
		}
		if (err && err != ENOENT)
			return -err;
		for (uint32_t i = 0; i < nr && !ret; i++)
			ret = fn(counts, batch.keys + i * batch.key_size,
				 (uint64_t *)(batch.values + i * batch.value_size), all);
		if (err)
			break;
		begun = true;
	}
	return ret;
}

static int gather(const struct scst_counts *counts, struct gathered *all)
{
	if (!counts->row->totals)
		return each_element(counts, counts->counts_fd, sizeof(struct error_key), 1,
				    add_error, all);
	return each_element(counts, counts->counts_fd, sizeof(uint64_t), counts->cpus, add_nexus,
			    all) ?:
	       each_element(counts, counts->totals_fd, sizeof(struct nexus_total), 1, add_total,
			    all);
}

static void read_folds(const struct scst_counts *counts, struct nexus_folds *folds)
{
	uint32_t key = 0;

	if (counts->folds_fd < 0 || bpf_map_lookup_elem(counts->folds_fd, &key, folds))
		*folds = (struct nexus_folds){};
}

/* Not while a nexus is on its way to the totals: it would be in both, or in neither. */
static int gather_undisturbed(const struct scst_counts *counts, struct gathered *all)
{
	struct nexus_folds before, after;
	int ret;

	for (int i = 0;; i++) {
		read_folds(counts, &before);
		ret = gather(counts, all);
		read_folds(counts, &after);
		if (ret || i == READ_TRIES ||
		    (before.begun == before.ended && before.begun == after.begun))
			return ret;
		all->nr = 0;
	}
}

int scst_count_compare(const void *left, const void *right)
{
	const struct scst_count_row *a = left, *b = right;

	return strcmp(a->name.initiator, b->name.initiator) ?:
	       strcmp(a->name.target, b->name.target) ?:
	       strcmp(a->name.device, b->name.device) ?:
	       (a->name.lun > b->name.lun) - (a->name.lun < b->name.lun) ?:
	       (a->dir > b->dir) - (a->dir < b->dir) ?:
	       memcmp(&a->error, &b->error, sizeof(a->error));
}

/* Rows that compare equal become one. */
static void merge(const struct scst_counts *counts, struct gathered *all)
{
	size_t nr = 0;

	if (all->nr)
		qsort(all->rows, all->nr, sizeof(*all->rows), scst_count_compare);
	for (size_t i = 0; i < all->nr; i++) {
		if (nr && !scst_count_compare(&all->rows[nr - 1], &all->rows[i]))
			add_values(counts, &all->rows[i].errors, 1, &all->rows[nr - 1]);
		else
			all->rows[nr++] = all->rows[i];
	}
	all->nr = nr;
}

/* What a row counts begins with the commands, or is made of them. */
static uint64_t activity(const struct scst_counts *counts, const struct scst_count_row *row)
{
	if (counts->row == &counters[SCST_COUNTER_LATENCY])
		return scst_latency_commands(&row->latency);
	return row->errors;
}

static int by_activity(const void *left, const void *right, void *counts)
{
	uint64_t a = activity(counts, left), b = activity(counts, right);

	return (a < b) - (a > b) ?: scst_count_compare(left, right);
}

int scst_counts_read(struct scst_counts *counts, size_t max, struct scst_count_row **rows,
		     size_t *nr, size_t *left_out)
{
	_cleanup_(clear_gathered) struct gathered all = {};
	int ret = gather_undisturbed(counts, &all);

	if (ret)
		return ret;
	merge(counts, &all);
	*left_out = all.nr > max ? all.nr - max : 0;
	if (*left_out) {
		qsort_r(all.rows, all.nr, sizeof(*all.rows), by_activity, counts);
		all.nr = max;
		qsort(all.rows, all.nr, sizeof(*all.rows), scst_count_compare);
	}
	*rows = TAKE_PTR(all.rows);
	*nr = all.nr;
	return 0;
}

uint64_t scst_counts_uncounted(const struct scst_counts *counts)
{
	struct nexus_folds folds;

	read_folds(counts, &folds);
	return folds.uncounted + scst_missed_count(&counts->missed);
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

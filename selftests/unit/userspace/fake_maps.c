// SPDX-License-Identifier: GPL-2.0-only
/* What counts.c asks of pins.c, missed.c and libbpf. */
#include "fake_maps.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "counts.h"
#include "missed.h"
#include "pins.h"

#define MAX_FDS	64

struct fake_map fake_latency = { "latency_counts", sizeof(uint64_t),
				 sizeof(struct latency_histogram), 0 };
struct fake_map fake_totals = { "latency_totals", sizeof(struct nexus_total),
				sizeof(struct latency_histogram), 0 };
struct fake_map fake_errors = { "error_counts", sizeof(struct error_key), sizeof(uint64_t), 0 };
static struct fake_map fake_names = { "nexus_names", sizeof(uint64_t), sizeof(struct nexus_name),
				      0 };
static struct fake_map fake_state = { "nexus_folds", sizeof(uint32_t), sizeof(struct nexus_folds),
				      0 };

size_t fake_logins = 1;
const char *fake_name;
size_t fake_folds;
size_t fake_bucket = 1;

static const struct fake_map *map_of[MAX_FDS];

int scst_pins_open(const struct scst_paths *paths, enum scst_pin_kind kind, const char *name,
		   const char *file)
{
	const struct fake_map *const maps[] = { &fake_latency, &fake_totals, &fake_errors,
						&fake_names, &fake_state };
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	for (size_t i = 0; i < ARRAY_SIZE(maps) && fd >= 0 && fd < MAX_FDS; i++) {
		if (strcmp(maps[i]->file, file))
			continue;
		map_of[fd] = maps[i];
		return fd;
	}
	return -ENOENT;
}

void scst_missed_open(const struct scst_paths *paths, const char *tracer,
		      struct scst_missed *missed)
{
	*missed = (struct scst_missed){};
}

void scst_missed_close(struct scst_missed *missed)
{
}

uint64_t scst_missed_count(const struct scst_missed *missed)
{
	return 4;
}

int bpf_map_get_info_by_fd(int fd, struct bpf_map_info *info, __u32 *len)
{
	info->key_size = map_of[fd]->key_size;
	info->value_size = map_of[fd]->value_size;
	return 0;
}

static void name_of(uint64_t id, struct nexus_name *name)
{
	uint64_t who = (id - 1) / fake_logins + 1;

	*name = (struct nexus_name){ .lun = who };
	if (who == 1 && fake_name)
		snprintf(name->initiator, sizeof(name->initiator), "%s", fake_name);
	else
		snprintf(name->initiator, sizeof(name->initiator), "initiator%llu",
			 (unsigned long long)who);
}

static void key_of(const struct fake_map *map, uint64_t row, void *key)
{
	uint64_t nexus = NEXUS_KEY(row, 1);
	struct nexus_total *total = key;

	memset(key, 0, map->key_size);
	if (map == &fake_latency) {
		memcpy(key, &nexus, sizeof(nexus));
		return;
	}
	name_of(row, &total->name);		/* an error begins with its name, too */
	if (map == &fake_totals)
		total->dir = 1;
}

int bpf_map_lookup_batch(int fd, void *in, void *out, void *keys, void *values, __u32 *count,
			 const struct bpf_map_batch_opts *opts)
{
	const struct fake_map *map = map_of[fd];
	uint32_t at = in ? *(uint32_t *)in : 0, nr = 0;

	if (*count < fake_bucket && at < map->rows) {
		errno = ENOSPC;
		return -ENOSPC;
	}
	for (; at < map->rows && nr < *count; at++, nr++) {
		key_of(map, at + 1, (char *)keys + nr * map->key_size);
		for (size_t i = 0; i < map->value_size / sizeof(uint64_t); i++)
			((uint64_t *)((char *)values + nr * map->value_size))[i] = 1;
	}
	*count = nr;
	*(uint32_t *)out = at;
	errno = at == map->rows ? ENOENT : 0;
	return -errno;
}

int bpf_map_lookup_elem(int fd, const void *key, void *value)
{
	static uint64_t folds;
	uint64_t id;

	if (map_of[fd] == &fake_state) {
		if (fake_folds) {
			fake_folds--;
			folds++;
		}
		*(struct nexus_folds *)value = (struct nexus_folds){ folds, folds, 3 };
		return 0;
	}
	memcpy(&id, key, sizeof(id));
	name_of(id, value);
	return 0;
}

int libbpf_num_possible_cpus(void)
{
	return 1;
}

// SPDX-License-Identifier: GPL-2.0-only
/* What counts.c asks of pins.c and libbpf, and metrics_text.c of the daemon. */
#include "fake_maps.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "counts.h"
#include "pins.h"
#include "server.h"

#define MAX_FDS	64

struct fake_map fake_latency = { "latency_counts", sizeof(uint64_t),
				 sizeof(struct latency_histogram), 0 };
struct fake_map fake_errors = { "error_counts", sizeof(struct error_key), sizeof(uint64_t), 0 };
static struct fake_map fake_names = { "nexus_names", sizeof(uint64_t), sizeof(struct nexus_name),
				      0 };

static const struct fake_map *map_of[MAX_FDS];

int scst_pins_open(const struct scst_paths *paths, enum scst_pin_kind kind, const char *name,
		   const char *file)
{
	const struct fake_map *const maps[] = { &fake_latency, &fake_errors, &fake_names };
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	for (size_t i = 0; i < ARRAY_SIZE(maps) && fd >= 0 && fd < MAX_FDS; i++) {
		if (strcmp(maps[i]->file, file))
			continue;
		map_of[fd] = maps[i];
		return fd;
	}
	return -ENOENT;
}

int scst_pins_list(const struct scst_paths *paths, enum scst_pin_kind kind,
		   struct scst_names *names, struct scst_error *err)
{
	return -ENOENT;
}

int bpf_map_get_info_by_fd(int fd, struct bpf_map_info *info, __u32 *len)
{
	info->key_size = map_of[fd]->key_size;
	info->value_size = map_of[fd]->value_size;
	return 0;
}

/* A key begins with its nexus, or is that and a direction. */
static uint64_t key_of(const struct fake_map *map, uint64_t row)
{
	return map == &fake_latency ? NEXUS_KEY(row, 1) : row;
}

int bpf_map_get_next_key(int fd, const void *key, void *next)
{
	const struct fake_map *map = map_of[fd];
	uint64_t row = 0, value;

	if (key) {
		memcpy(&value, key, sizeof(value));
		row = map == &fake_latency ? NEXUS_KEY_ID(value) : value;
	}
	if (row == map->rows) {
		errno = ENOENT;
		return -ENOENT;
	}
	value = key_of(map, row + 1);
	memset(next, 0, map->key_size);
	memcpy(next, &value, sizeof(value));
	return 0;
}

static void name_of(const void *key, struct nexus_name *name)
{
	uint64_t id;

	memcpy(&id, key, sizeof(id));
	*name = (struct nexus_name){ .lun = id };
	snprintf(name->initiator, sizeof(name->initiator), "initiator%llu", (unsigned long long)id);
}

int bpf_map_lookup_elem(int fd, const void *key, void *value)
{
	uint64_t *counts = value;

	if (map_of[fd] == &fake_names) {
		name_of(key, value);
		return 0;
	}
	for (size_t i = 0; i < map_of[fd]->value_size / sizeof(*counts); i++)
		counts[i] = 1;
	return 0;
}

int libbpf_num_possible_cpus(void)
{
	return 1;
}

void bpfd_server_count(const struct bpfd_server *server, struct bpfd_server_counts *counts)
{
	*counts = (struct bpfd_server_counts){};
}

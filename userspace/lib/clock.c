// SPDX-License-Identifier: GPL-2.0-only
/* TAI and UTC. */
#include "clock.h"

#include <bpf/bpf.h>
#include <time.h>

#include "pins.h"

#define SECTION	".data.clock"
#define PIN	"data_clock"

static int64_t ns_of(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* Whole seconds; what passes between the two readings is far below half of one. */
int64_t scst_clock_tai_offset(void)
{
	int64_t utc = ns_of(CLOCK_REALTIME), tai = ns_of(CLOCK_TAI);

	return (tai - utc + 500000000LL) / 1000000000LL;
}

void scst_clock_set(struct bpf_object *obj)
{
	struct bpf_map *map = bpf_object__find_map_by_name(obj, SECTION);
	int64_t offset = scst_clock_tai_offset();
	size_t size = 0;
	void *image = map ? bpf_map__initial_value(map, &size) : NULL;

	if (image && size == sizeof(offset))
		memcpy(image, &offset, sizeof(offset));
}

void scst_clock_write_pinned(const struct scst_paths *paths)
{
	_cleanup_(scst_names_clear) struct scst_names names = {};
	int64_t offset = scst_clock_tai_offset();
	struct scst_error ignored = {};
	uint32_t key = 0;

	if (scst_pins_list(paths, SCST_PIN_POLICY, &names, &ignored))
		return;
	for (size_t i = 0; i < names.nr; i++) {
		_cleanup_close_ int fd =
			scst_pins_open(paths, SCST_PIN_POLICY, names.list[i], PIN);

		if (fd >= 0)
			bpf_map_update_elem(fd, &key, &offset, BPF_ANY);
	}
}

int scst_clock_parse(const char *text, uint64_t now, uint64_t *seconds)
{
	static const struct {
		char unit;
		uint64_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 } };
	size_t len = strlen(text);
	char number[24];
	uint64_t value;

	if (*text != '+')
		return scst_parse_u64(text, 0, UINT64_MAX, seconds) ? -EINVAL : 0;
	if (len < 3 || scst_format(number, sizeof(number), "%.*s", (int)len - 2, text + 1) ||
	    scst_parse_u64(number, 0, UINT32_MAX, &value))
		return -EINVAL;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (units[i].unit == text[len - 1]) {
			*seconds = now + value * units[i].seconds;
			return 0;
		}
	}
	return -EINVAL;
}

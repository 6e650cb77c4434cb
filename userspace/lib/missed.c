// SPDX-License-Identifier: GPL-2.0-only
/* What the kernel says of a tracer's programs. */
#include "missed.h"

#include <bpf/bpf.h>

#include "pins.h"

/* A program has the name of its link. */
void scst_missed_open(const struct scst_paths *paths, const char *tracer,
		      struct scst_missed *missed)
{
	_cleanup_(scst_names_clear) struct scst_names files = {};
	struct scst_error ignored = {};
	char file[NAME_MAX];

	*missed = (struct scst_missed){};
	if (scst_pins_files(paths, SCST_PIN_TRACER, tracer, &files, &ignored))
		return;
	for (size_t i = 0; i < files.nr && missed->nr < ARRAY_SIZE(missed->fds); i++) {
		const char *prog = startswith(files.list[i], "link_");
		int fd = -ENOENT;

		if (prog && !scst_format(file, sizeof(file), SCST_PIN_PROG "%s", prog))
			fd = scst_pins_open(paths, SCST_PIN_TRACER, tracer, file);
		if (fd >= 0)
			missed->fds[missed->nr++] = fd;
	}
}

void scst_missed_close(struct scst_missed *missed)
{
	while (missed->nr)
		close(missed->fds[--missed->nr]);
}

uint64_t scst_missed_count(const struct scst_missed *missed)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < missed->nr; i++) {
		struct bpf_prog_info info = {};
		__u32 len = sizeof(info);

		if (!bpf_prog_get_info_by_fd(missed->fds[i], &info, &len))
			sum += info.recursion_misses;
	}
	return sum;
}

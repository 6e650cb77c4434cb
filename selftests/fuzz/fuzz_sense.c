// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sense data of devices and programs, as malformed as it may be. What is found in it is found again
 * after we have said it ourselves, in both formats, and when it is forwarded.
 */
#include "fuzz_input.h"

static void must_say_the_same(const struct scst_sense *a, const struct scst_sense *b)
{
	struct scst_sense_codes x = scst_sense_codes(a), y = scst_sense_codes(b);

	must(x.key == y.key && x.asc == y.asc && x.ascq == y.ascq && a->id == b->id);
	must(a->deferred == b->deferred);
}

static void encode(const struct scst_sense *sense, bool desc)
{
	u8 buf[SCST_SENSE_ENCODED_MAX];
	unsigned int len = scst_sense_encode(sense, desc, buf, sizeof(buf));
	struct scst_sense again;

	must(len <= sizeof(buf));
	must(scst_sense_parse(buf, len, &again));
	must_say_the_same(sense, &again);
	must(again.has_info == (sense->has_info && (desc || sense->info <= 0xffffffff)));
	must(!again.has_info || again.info == sense->info);
}

/* Both lengths lie inside what is there. */
static void forward(const struct scst_sense *sense, const u8 *bytes, size_t len, bool desc)
{
	const struct scst_sense_forward forward = {
		.source = SCST_FORWARD_FROM_SOURCE, .status = 0x02, .bytes = bytes,
		.len = len < 255 ? len : 255,
	};
	u8 buf[SCST_SENSE_LEN];
	struct scst_sense again;

	len = scst_sense_encode_forward(sense, &forward, desc, buf, sizeof(buf));
	must(len <= sizeof(buf) && buf[7] == len - 8);
	must(scst_sense_parse(buf, len, &again));
	must_say_the_same(sense, &again);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { data, size };
	struct scst_sense sense;
	u8 *bytes = take_rest(&in);

	if (scst_sense_parse(bytes, in.left, &sense)) {
		must(sense.id < SCST_SENSE_MAX || sense.id == SCST_SENSE_OTHER);
		encode(&sense, false);
		encode(&sense, true);
		forward(&sense, bytes, in.left, false);
		forward(&sense, bytes, in.left, true);
	}
	free(bytes);
	return 0;
}

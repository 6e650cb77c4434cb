// SPDX-License-Identifier: GPL-2.0
/*
 * The file in which SCST keeps persistent reservations, /var/lib/scst/pr/<device>, so that they
 * survive the change to this target. Integers are in the byte order of the host that wrote it,
 * which the signature tells, unless it says otherwise:
 *
 *	 0  8  signature BBEEEEAAEEBBDD77h, written last
 *	 8  8  version 1
 *	16  1  APTPL	17  1  is there a reservation?	18  1  type	19  1  scope
 *	20     registrants: 1 holder?, TransportID, 8 key (big endian), 2 relative target port
 *
 * In the TransportID of an iSCSI port, too, the ISID is in the byte order of that host.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "pr.h"

#define SIGNATURE	0xbbeeeeaaeebbdd77ull

enum {
	AT_VERSION	= 8,
	AT_APTPL	= 16,
	AT_IS_SET	= 17,
	AT_TYPE		= 18,
	AT_SCOPE	= 19,
	HEADER		= 20,

	REG_KEY_PORT	= 8 + 2,
	REG_MIN		= 1 + 24 + REG_KEY_PORT,
};

static bool is_little_endian(const u8 *file)
{
	return get_unaligned_le64(file) == SIGNATURE;
}

bool scst_pr_is_scst_file(const u8 *file, size_t len)
{
	return len >= 8 && (is_little_endian(file) || get_unaligned_be64(file) == SIGNATURE);
}

unsigned int scst_pr_scst_room(size_t len)
{
	return min_t(size_t, len / REG_MIN, SCST_PR_REGS_MAX);
}

/* Return: bytes taken from the @len at @bytes, or 0. */
static size_t read_registrant(const u8 *bytes, size_t len, bool little, struct scst_pr *pr)
{
	struct scst_pr_reg *reg = &pr->reg[pr->nr];
	struct scst_pr_nexus nexus;
	unsigned int tid_len;

	if (pr->nr == pr->room || len < REG_MIN)
		return 0;
	tid_len = scst_tid_parse_scst(bytes + 1, min_t(size_t, len - 1, 0xffff), little,
				      &reg->tid);
	if (!tid_len || len < 1 + tid_len + REG_KEY_PORT)
		return 0;
	reg->holder = bytes[0] && pr->type != SCST_PR_NONE && !scst_pr_all_registrants(pr->type);
	bytes += 1 + tid_len;
	reg->key = get_unaligned_be64(bytes);
	reg->port = little ? bytes[8] | bytes[9] << 8 : get_unaligned_be16(bytes + 8);
	nexus = (struct scst_pr_nexus){ .tid = &reg->tid, .port = reg->port };
	if (!reg->key || scst_pr_find(pr, &nexus) >= 0)
		return 0;
	pr->nr++;
	return 1 + tid_len + REG_KEY_PORT;
}

static bool read_header(const u8 *file, bool little, struct scst_pr *pr)
{
	u64 version = little ? get_unaligned_le64(file + AT_VERSION) :
			       get_unaligned_be64(file + AT_VERSION);

	pr->generation = 0;
	pr->aptpl = file[AT_APTPL];
	pr->lost = false;
	pr->nr = 0;
	pr->type = file[AT_IS_SET] ? file[AT_TYPE] : SCST_PR_NONE;
	return version == 1 && !file[AT_SCOPE] &&
	       (!file[AT_IS_SET] || scst_pr_type_valid(file[AT_TYPE]));
}

bool scst_pr_read_scst_file(const u8 *file, size_t len, struct scst_pr *pr)
{
	bool little;
	size_t at, n;

	if (!scst_pr_is_scst_file(file, len) || len < HEADER)
		return false;
	little = is_little_endian(file);
	if (!read_header(file, little, pr))
		return false;
	for (at = HEADER; at < len; at += n) {
		n = read_registrant(file + at, len - at, little, pr);
		if (!n)
			return false;
	}
	return scst_pr_possible(pr);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * What a CD-ROM or DVD-ROM drive answers besides a disk: READ TOC, GET CONFIGURATION, GET EVENT
 * STATUS NOTIFICATION (MMC-6). The medium is one data track, in one session.
 */
#include <linux/kernel.h>
#include <linux/unaligned.h>

#include "respond.h"

enum {
	/* READ TOC/PMA/ATIP */
	TOC_MSF			= 0x02,
	TOC_FORMAT_TOC		= 0,
	TOC_FORMAT_SESSIONS	= 1,
	ADR_CONTROL_DATA	= 0x14,		/* position data, data track */
	TRACK_LEAD_OUT		= 0xaa,
	FRAMES_PER_SECOND	= 75,
	LEAD_IN_FRAMES		= 150,

	/* GET CONFIGURATION */
	RT_ALL			= 0,
	RT_CURRENT		= 1,
	RT_ONE			= 2,
	RT_MASK			= 3,
	FEATURE_CURRENT		= 0x01,
	FEATURE_PERSISTENT	= 0x02,
	PROFILE_CD_ROM		= 0x0008,
	PROFILE_DVD_ROM		= 0x0010,
	MAX_CD_BLOCKS		= 450000,	/* what is larger is a DVD */

	/* GET EVENT STATUS NOTIFICATION */
	GESN_POLLED		= 0x01,
	GESN_NO_EVENT		= 0x80,
	CLASS_MEDIA		= 4,
	MEDIA_PRESENT		= 0x02,
};

static void reply_address(struct scst_reply *reply, u32 lba, bool msf)
{
	u32 frames = lba + LEAD_IN_FRAMES;

	if (!msf) {
		reply_be32(reply, lba);
		return;
	}
	reply_u8(reply, 0);
	reply_u8(reply, frames / FRAMES_PER_SECOND / 60);
	reply_u8(reply, frames / FRAMES_PER_SECOND % 60);
	reply_u8(reply, frames % FRAMES_PER_SECOND);
}

static void reply_track(struct scst_reply *reply, u8 track, u32 lba, bool msf)
{
	reply_u8(reply, 0);
	reply_u8(reply, ADR_CONTROL_DATA);
	reply_u8(reply, track);
	reply_u8(reply, 0);
	reply_address(reply, lba, msf);
}

bool scst_respond_read_toc(const struct scst_view *view, const u8 *cdb,
			   struct scst_reply *reply, struct scst_sense *sense)
{
	bool msf = cdb[1] & TOC_MSF;
	u8 format = cdb[2], first = cdb[6];

	if (format > TOC_FORMAT_SESSIONS)
		return refuse_cdb(sense, 2, 3);
	if (format == TOC_FORMAT_TOC && first > 1 && first != TRACK_LEAD_OUT)
		return refuse_cdb(sense, 6, -1);
	reply_be16(reply, 0);
	reply_u8(reply, 1);				/* first and last, track or session */
	reply_u8(reply, 1);
	if (format == TOC_FORMAT_SESSIONS || first <= 1)
		reply_track(reply, 1, 0, msf);
	if (format == TOC_FORMAT_TOC)
		reply_track(reply, TRACK_LEAD_OUT, view->lu->nblocks, msf);
	reply_set_be16(reply, 0, reply->len - 2);
	return true;
}

static u16 current_profile(const struct scst_view *view)
{
	if (!view->has_medium)
		return 0;
	return view->lu->nblocks > MAX_CD_BLOCKS ? PROFILE_DVD_ROM : PROFILE_CD_ROM;
}

/* The features we have, ascending; @of: the profile that makes it current, or 0: each medium. */
static const struct feature {
	u16 code;
	u8 version_flags;		/* version, persistent */
	u16 of;
	u8 len;
	u8 data[8];
} features[] = {
	{ 0x0000, FEATURE_PERSISTENT, 0, 8, { 0x00, 0x10, 0, 0, 0x00, 0x08, 0, 0 } },
	{ 0x0001, 2 << 2 | FEATURE_PERSISTENT, 0, 8, { 0, 0, 0, 1, 1, 0, 0, 0 } },
	{ 0x0002, 1 << 2 | FEATURE_PERSISTENT, 0, 4, { 0 } },		/* polled events only */
	{ 0x0003, FEATURE_PERSISTENT, 0, 4, { 0x29 } },			/* tray, eject, lock */
	{ 0x0010, 0, 0, 8, { 0, 0, 0x08, 0x00, 0, 1, 0, 0 } },		/* random readable */
	{ 0x001e, 2 << 2, PROFILE_CD_ROM, 4, { 0 } },			/* CD read */
	{ 0x001f, 0, PROFILE_DVD_ROM, 4, { 0 } },			/* DVD read */
};

static bool feature_is_current(const struct feature *feature, u16 profile)
{
	if (feature->version_flags & FEATURE_PERSISTENT)
		return true;
	return feature->of ? feature->of == profile : profile;
}

/* Which of two profiles is current stands in the list of profiles, too. */
static void reply_feature(const struct feature *feature, u16 profile, struct scst_reply *reply)
{
	u8 current_flag = feature_is_current(feature, profile) ? FEATURE_CURRENT : 0;
	u32 at = reply->len;
	unsigned int i;

	reply_be16(reply, feature->code);
	reply_u8(reply, feature->version_flags | current_flag);
	reply_u8(reply, feature->len);
	reply_bytes(reply, feature->data, feature->len);
	for (i = 0; !feature->code && i < feature->len; i += 4)
		if (profile && get_unaligned_be16(feature->data + i) == profile)
			reply_set_u8(reply, at + 4 + i + 2, 1);
}

bool scst_respond_get_configuration(const struct scst_view *view, const u8 *cdb,
				    struct scst_reply *reply, struct scst_sense *sense)
{
	u16 start = get_unaligned_be16(cdb + 2), profile = current_profile(view);
	u8 which = cdb[1] & RT_MASK;
	const struct feature *f;

	if (which > RT_ONE)
		return refuse_cdb(sense, 1, 1);
	reply_be32(reply, 0);
	reply_be16(reply, 0);
	reply_be16(reply, profile);
	for (f = features; f < features + ARRAY_SIZE(features); f++) {
		if (f->code < start || (which == RT_ONE && f->code != start))
			continue;
		if (which == RT_CURRENT && !feature_is_current(f, profile))
			continue;
		reply_feature(f, profile, reply);
	}
	reply_set_be32(reply, 0, reply->len - 4);
	return true;
}

/* Media class only: it tells whether there is a medium; that it changed is a unit attention. */
bool scst_respond_event_status(const struct scst_view *view, const u8 *cdb,
			       struct scst_reply *reply, struct scst_sense *sense)
{
	bool media = cdb[4] & BIT(CLASS_MEDIA);

	if (!(cdb[1] & GESN_POLLED))
		return refuse_cdb(sense, 1, 0);
	reply_be16(reply, media ? 6 : 2);
	reply_u8(reply, media ? CLASS_MEDIA : GESN_NO_EVENT);
	reply_u8(reply, BIT(CLASS_MEDIA));
	if (!media)
		return true;
	reply_u8(reply, 0);				/* no event */
	reply_u8(reply, view->has_medium ? MEDIA_PRESENT : 0);
	reply_be16(reply, 0);
	return true;
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Patterns of names, as ini_groups have them, a step at a time: '*' is any run, '?' any character.
 * No recursion: the last '*' takes more. It stops at GLOB_STEPS at the latest, which a pattern and
 * a text of 255 characters do not reach: no more than a quarter of 256 * 256 for the worst '*'.
 *
 * Where it stands is in memory and not in registers, so that one step is like any other to the
 * verifier, which would follow every path otherwise, for minutes.
 */
#ifndef _SCST_GLOB_H
#define _SCST_GLOB_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

#define GLOB_STEPS	(2 * 16384)

struct glob_at {
	__u32 pattern, text;		/* the characters that are next		*/
	__u32 star, retry;		/* the last '*', and where its run ends	*/
};

/* From character @from of the pattern on. @size: of pattern and text, with their NULs. */
static inline void glob_begin(struct glob_at *at, __u32 from, __u32 size)
{
	at->pattern = from;
	at->text = 0;
	at->star = size;		/* none */
	at->retry = 0;
}

/* Return: 1 or 0, it matches or not; -1, go on. */
static inline int glob_step(const char *pattern, const char *text, __u32 size,
			    volatile struct glob_at *at)
{
	__u32 p = at->pattern, t = at->text, star = at->star;
	char c, want;

	if (p >= size || t >= size)
		return 0;		/* one of them has no end */
	c = text[t];
	want = pattern[p];
	if (want == '*') {
		at->star = p;
		at->pattern = p + 1;
		at->retry = t;
	} else if (!c) {
		return !want;
	} else if (want == '?' || want == c) {
		at->pattern = p + 1;
		at->text = t + 1;
	} else if (star < size) {
		at->pattern = star + 1;
		at->retry = at->retry + 1;
		at->text = at->retry;
	} else {
		return 0;
	}
	return -1;
}

#endif

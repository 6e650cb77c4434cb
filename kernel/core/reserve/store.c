// SPDX-License-Identifier: GPL-2.0
/*
 * Persistent reservations that survive power loss (APTPL): a file for each device, in two slots
 * (slots_format.h). What a slot holds is the text of pr_state (scsi/pr.h), or nothing at all once
 * the reservations need not survive any more.
 *
 * SCST's own file at the same place is taken over, and kept beside ours as <file>.scst~; or the
 * copy that SCST makes before it writes, if it was interrupted then. What is neither, or damaged,
 * is left alone: the reservations are lost then, commands are told so, and PERSISTENT
 * RESERVE OUT with REPLACE LOST RESERVATION begins anew, with the old file kept as <file>.lost~.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "store/slots_format.h"
#include "store/store.h"
#include "reserve.h"

#define PR_DIR		SCST_STATE_DIR "/pr"
#define PR_MAGIC	0x52505343u	/* "CSPR" */

static_assert(SCST_PR_TEXT_MAX == SCST_SLOT_DATA_MAX);

char *scst_pr_default_path(const struct scst_device *dev)
{
	return kasprintf(GFP_KERNEL, PR_DIR "/%s", dev->state_name ?: dev->name);
}

char *scst_pr_text(const struct scst_pr *pr, size_t *len)
{
	char *text;

	*len = scst_pr_print(pr, NULL, 0);
	text = kvmalloc(*len, GFP_KERNEL);
	if (text)
		scst_pr_print(pr, text, *len);
	return text;
}

/* An administrator may have taken away what could not be read. */
static int keep_lost(const char *path)
{
	int err = scst_file_keep(path, ".lost~");

	return err == -ENOENT ? 0 : err;
}

int scst_pr_save(const char *path, const struct scst_pr *pr, bool was_lost)
{
	size_t len = 0;
	char *text = NULL;
	int err = 0;

	if (pr->aptpl) {
		text = scst_pr_text(pr, &len);
		if (!text)
			return -ENOMEM;
	}
	if (was_lost)
		err = keep_lost(path) ?: scst_slots_create(path, PR_MAGIC, text, len);
	else
		err = scst_slots_save(path, PR_MAGIC, text, len);
	kvfree(text);
	return err;
}

static struct scst_pr_version *lost(void)
{
	struct scst_pr_version *version = scst_pr_version_alloc(0);

	if (version)
		version->pr.lost = true;
	return version;
}

/* NULL: it is no state. */
static struct scst_pr_version *from_text(const char *text, size_t len)
{
	int room = scst_pr_scan_room(text, len);
	struct scst_pr_version *version;

	version = room < 0 ? NULL : scst_pr_version_alloc(room);
	if (version && len) {
		if (scst_pr_scan(text, len, &version->pr)) {
			kvfree(version);
			return NULL;
		}
		version->pr.aptpl = true;
	}
	return version;
}

static struct scst_pr_version *read_scst(const u8 *file, size_t len)
{
	struct scst_pr_version *version = scst_pr_version_alloc(scst_pr_scst_room(len));

	if (!version)
		return ERR_PTR(-ENOMEM);
	if (scst_pr_read_scst_file(file, len, &version->pr))
		return version;
	kvfree(version);
	return ERR_PTR(-EBADMSG);
}

static char *copy_of(const char *path)
{
	return kasprintf(GFP_KERNEL, "%s.1", path);
}

/* Return: or ERR_PTR: -ENOENT, there is none of SCST; -EBADMSG, it makes no sense; -errno. */
static struct scst_pr_version *from_scst(const char *path)
{
	struct scst_pr_version *version = ERR_PTR(-ENOENT);
	void *data;
	size_t len;
	int err;

	err = scst_file_read(path, SCST_FOREIGN_MAX, &data, &len);
	if (err == -EINVAL || err == -EFBIG || err == -ENAMETOOLONG)
		return version;		/* SCST has no such file */
	if (err)
		return ERR_PTR(err);
	if (scst_pr_is_scst_file(data, len))
		version = read_scst(data, len);
	kvfree(data);
	return version;
}

/*
 * The same of the copy at @path. A device may be called like that: then SCST has made a copy of its
 * file as well, when it wrote that for the second time. Of a copy it makes none.
 */
static struct scst_pr_version *copy_from_scst(const char *path)
{
	struct scst_pr_version *version = from_scst(path), *its_own;
	char *its_copy;

	if (PTR_ERR(version) == -ENOENT)
		return version;
	its_copy = copy_of(path);
	its_own = its_copy ? from_scst(its_copy) : ERR_PTR(-ENOMEM);
	kfree(its_copy);
	if (PTR_ERR(its_own) == -ENOENT)
		return version;
	if (!IS_ERR(version))
		kvfree(version);
	if (IS_ERR(its_own))
		return PTR_ERR(its_own) == -EBADMSG ? ERR_PTR(-ENOENT) : its_own;
	kvfree(its_own);
	return ERR_PTR(-ENOENT);
}

static int replace_scst(const struct scst_device *dev, const char *path, const char *copy,
			bool copy_counts, const struct scst_pr *pr)
{
	size_t len = 0;
	char *text = scst_pr_text(pr, &len);
	const char *from = copy_counts ? copy : path;
	int err = text ? scst_file_keep_scst(path, copy, copy_counts) : -ENOMEM;

	err = err ?: scst_slots_create(path, PR_MAGIC, text, pr->aptpl ? len : 0);
	kvfree(text);
	if (err)
		pr_err("scst: %s: cannot take over the reservations of SCST from %s: %pe\n",
		       dev->name, scst_printable(path).text, ERR_PTR(err));
	else
		pr_info("scst: %s: took over the reservations of SCST from %s\n", dev->name,
			scst_printable(from).text);
	return err;
}

/*
 * SCST copies the file to <file>.1 before it writes it anew, without the signature at first, and
 * removes it if that fails. One with its signature was written to the end: if it makes no sense to
 * us, what was before it is not in force again, as somebody may have been shut out since
 * [file_of_scst_without_sense_is_a_lost_reservation].
 * Return: as from_scst(), -EBADMSG if ours cannot be written.
 */
static struct scst_pr_version *take_over(const struct scst_device *dev, const char *path,
					 const char *backup)
{
	struct scst_pr_version *version = from_scst(path), *copy = copy_from_scst(backup);
	bool counts = PTR_ERR(version) == -ENOENT;
	bool is_there = !IS_ERR(copy);

	if (counts)
		swap(version, copy);
	if (!IS_ERR(copy))
		kvfree(copy);
	if (IS_ERR(version) ||
	    !replace_scst(dev, path, is_there ? backup : NULL, counts, &version->pr))
		return version;
	kvfree(version);
	return ERR_PTR(-EBADMSG);
}

static struct scst_pr_version *load_scst(const struct scst_device *dev, const char *path)
{
	char *backup = copy_of(path);
	struct scst_pr_version *version;

	version = backup ? take_over(dev, path, backup) : ERR_PTR(-ENOMEM);
	kfree(backup);
	return version;
}

/* Return: or ERR_PTR: -ENOENT, there are none; -ENOMEM, -EINTR, which say nothing of the file. */
static struct scst_pr_version *load(const struct scst_device *dev, const char *path)
{
	struct scst_pr_version *version;
	void *text;
	size_t len;
	int err;

	err = scst_slots_load(path, PR_MAGIC, &text, &len);
	if (!err) {
		version = from_text(text, len);
		kvfree(text);
		return version ?: ERR_PTR(-EBADMSG);
	}
	if (err != -ENOENT && err != -EBADMSG)
		return ERR_PTR(err);
	version = load_scst(dev, path);
	return PTR_ERR(version) == -ENOENT ? ERR_PTR(err) : version;
}

struct scst_pr_version *scst_pr_load(const struct scst_device *dev, const char *path)
{
	struct scst_pr_version *version = load(dev, path);

	if (!IS_ERR(version))
		return version;
	switch (PTR_ERR(version)) {
	case -ENOENT:
		return scst_pr_version_alloc(0);
	case -ENOMEM:
	case -EINTR:
		return NULL;
	}
	pr_err("scst: %s: the persistent reservations in %s are lost: %pe\n", dev->name,
	       scst_printable(path).text, version);
	pr_err("scst: %s: an initiator has to replace them (REPLACE LOST RESERVATION)\n",
	       dev->name);
	return lost();
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pins in bpffs: the only state there is beside the kernel's own. What is loaded stays loaded, who
 * ever exits or crashes, and any process with the right to can see and change it.
 *
 *	<pins>/policies/NAME/		complete: a link and every map, and beside them what begins
 *					with a '~': notes (symbolic links to a text) and what is
 *					of use to nobody else
 *	<pins>/policies/NAME~/		being made; renamed to NAME as the last step
 *
 * Who changes anything holds a lock on <pins> (flock): load and unload of all tools and the daemon
 * exclude each other, and whoever takes the lock clears away what a killed one left as NAME~; or,
 * if it was killed when NAME~ had just been put in the place of NAME, makes it NAME. Readers take
 * no lock: a directory appears complete, by rename.
 */
#ifndef SCST_LIB_PINS_H
#define SCST_LIB_PINS_H

#include <bpf/libbpf.h>

#include "names.h"
#include "paths.h"

/* Makes the directories, takes the lock: *@fd, dropped by closing it. -EBUSY after 10 s. */
int scst_pins_lock(const struct scst_paths *paths, int *fd, struct scst_error *err);

#define SCST_PIN_LINK	"link"		/* of a policy */
#define SCST_PIN_OPS	"~struct_ops"	/* the map that is in force if its maps are */
#define SCST_PIN_CODE	"~code"		/* a note: the hash of the object's file */
#define SCST_PIN_OWNER	"~owner"	/* a note: who unloads it when it is not wanted any more */

/*
 * A descriptor (inotify) that becomes readable when something is loaded, exchanged or unloaded, by
 * whomever; what can be read from it is of no interest. Makes the directories, as a lock does.
 */
int scst_pins_watch(const struct scst_paths *paths, int *fd, struct scst_error *err);

/* Names with complete pins, sorted. None is no error; without the right to look it is -EACCES. */
int scst_pins_list(const struct scst_paths *paths, enum scst_pin_kind kind,
		   struct scst_names *names, struct scst_error *err);
/* What @name has pinned, sorted; without what begins with a '~'. */
int scst_pins_files(const struct scst_paths *paths, enum scst_pin_kind kind, const char *name,
		    struct scst_names *files, struct scst_error *err);

/* Return: a descriptor of the pinned map or link, or -errno. */
int scst_pins_open(const struct scst_paths *paths, enum scst_pin_kind kind, const char *name,
		   const char *file);

/* The text of a note. Return: 0, -ENOENT if there is none, or another -errno. */
int scst_pins_note(const struct scst_paths *paths, enum scst_pin_kind kind, const char *name,
		   const char *note, char *out, size_t size);

/* Puts a note to what is pinned already; nothing if it is there. Return: 0 or -errno. */
int scst_pins_set_note(const struct scst_paths *paths, enum scst_pin_kind kind, const char *name,
		       const char *note, const char *text);

bool scst_pins_exist(const struct scst_paths *paths, enum scst_pin_kind kind, const char *name);

/*
 * With the lock held: stage, pin what there is to pin into @stage, then commit. On any failure,
 * discard. A staged link is in force.
 */
struct scst_pins_stage {
	enum scst_pin_kind kind;
	const char *name;
	char dir[PATH_MAX];		/* "": nothing is staged */
};

int scst_pins_stage(const struct scst_paths *paths, enum scst_pin_kind kind, const char *name,
		    struct scst_pins_stage *stage, struct scst_error *err);
int scst_pins_add(const struct scst_pins_stage *stage, const char *file, int fd,
		  struct scst_error *err);
/* Every map of the object but the struct_ops ones, which live by their link. */
int scst_pins_add_maps(const struct scst_pins_stage *stage, struct bpf_object *obj,
		       struct scst_error *err);
/* A short text that stays with the pins. */
int scst_pins_add_note(const struct scst_pins_stage *stage, const char *note, const char *text,
		       struct scst_error *err);
int scst_pins_commit(const struct scst_paths *paths, struct scst_pins_stage *stage,
		     struct scst_error *err);
/* Takes the place of what @name has pinned now. */
int scst_pins_commit_over(const struct scst_paths *paths, struct scst_pins_stage *stage,
			  struct scst_error *err);
void scst_pins_discard(struct scst_pins_stage *stage);

/* Detaches every link, then forgets the maps. Lock held. */
int scst_pins_remove(const struct scst_paths *paths, enum scst_pin_kind kind, const char *name,
		     struct scst_error *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How often what is tested asks the kernel for something of the tree, and compares names: the
 * linker sends those calls here.
 */
#ifndef COUNTED_H
#define COUNTED_H

struct counted {
	unsigned int opens;		/* of files, and of directories */
	unsigned int lists;		/* getdents64(): two for a directory, one is its end */
	unsigned int reads;
	unsigned int looks;		/* at a name: links, modes, whether it is there */
	unsigned int compares;		/* strcmp() */
};

extern struct counted counted;

#endif

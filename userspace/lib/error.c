// SPDX-License-Identifier: GPL-2.0-only
/* Messages and the exit status that belongs to an errno. */
#include "error.h"

#include <stdarg.h>

int scst_fail(struct scst_error *err, int code, const char *fmt, ...)
{
	va_list ap;

	if (err->text[0])
		return code;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return code;
}

int scst_fail_in(struct scst_error *err, int code, const char *fmt, ...)
{
	struct scst_error inner = *err;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	if (len >= 0 && (size_t)len < sizeof(err->text))
		scst_format(err->text + len, sizeof(err->text) - len, ": %s", inner.text);
	return code;
}

static const struct {
	int error;
	enum scst_exit status;
} exit_statuses[] = {
	{ 0,		SCST_EXIT_OK		},
	{ EINVAL,	SCST_EXIT_USAGE		},
	{ ERANGE,	SCST_EXIT_USAGE		},
	{ EILSEQ,	SCST_EXIT_USAGE		},
	{ ENAMETOOLONG,	SCST_EXIT_USAGE		},
	{ ENOENT,	SCST_EXIT_NOT_FOUND	},
	{ EOPNOTSUPP,	SCST_EXIT_UNAVAILABLE	},
	{ ECONNREFUSED,	SCST_EXIT_UNAVAILABLE	},
	{ EPERM,	SCST_EXIT_DENIED	},
	{ EACCES,	SCST_EXIT_DENIED	},
	{ EEXIST,	SCST_EXIT_CONFLICT	},
	{ EBUSY,	SCST_EXIT_CONFLICT	},
};

enum scst_exit scst_exit_status(int code)
{
	for (size_t i = 0; i < ARRAY_SIZE(exit_statuses); i++)
		if (exit_statuses[i].error == -code)
			return exit_statuses[i].status;
	return SCST_EXIT_FAILED;
}

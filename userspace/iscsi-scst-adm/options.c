// SPDX-License-Identifier: GPL-2.0-only
#include <getopt.h>
#include <scst/scst.h>

#include "adm.h"

static const char usage[] =
	"usage: iscsi-scst-adm --op new|delete|update|show [OPTION]...\n\n"
	"  -o, --op=new --params=Name=NAME          add a target; its tid is printed\n"
	"  -o, --op=delete --tid=N                  delete it, if it has no sessions\n"
	"  -o, --op=update --tid=N --params=KEY=VALUE[,KEY=VALUE]...\n"
	"                                           change its settings\n"
	"  -o, --op=show --tid=N                    show its settings\n"
	"  -o, --op=show --tid=N --sid=SID          what a session has negotiated; of 0, what is\n"
	"                                           configured\n"
	"  -o, --op=delete --tid=N --sid=SID [--cid=CID]\n"
	"                                           close a session\n"
	"  -o, --op=new --user [--tid=N] --params=IncomingUser|OutgoingUser=NAME,Password=SECRET\n"
	"                                           add a user of CHAP; without --tid: discovery\n"
	"  -o, --op=delete --user [--tid=N] --params=IncomingUser|OutgoingUser=NAME\n"
	"  -o, --op=show --user [--tid=N] [--params=IncomingUser|OutgoingUser=NAME]\n"
	"                                           names, or one with its secret\n"
	"  -h, --help, -v, --version\n\n"
	"iscsi-scst-adm(8) tells more; scstadmin(8) does the same by names.";

static const struct option long_options[] = {
	{ "op",		required_argument,	NULL, 'o' },
	{ "tid",	required_argument,	NULL, 't' },
	{ "sid",	required_argument,	NULL, 's' },
	{ "cid",	required_argument,	NULL, 'c' },
	{ "params",	required_argument,	NULL, 'p' },
	{ "user",	no_argument,		NULL, 'u' },
	{ "version",	no_argument,		NULL, 'v' },
	{ "help",	no_argument,		NULL, 'h' },
	{}
};

static int read_op(struct adm *adm, const char *text)
{
	static const char *const ops[] = {
		[ADM_NEW] = "new", [ADM_DELETE] = "delete", [ADM_UPDATE] = "update",
		[ADM_SHOW] = "show",
	};

	for (size_t i = ADM_NEW; i < ARRAY_SIZE(ops); i++)
		if (streq(ops[i], text)) {
			adm->op = i;
			return 0;
		}
	return scst_fail(&adm->err, -EINVAL, "--op %s: new, delete, update or show", text);
}

static int read_number(struct adm *adm, const char *text, uint64_t most, uint64_t *out, bool *given)
{
	*given = true;
	if (!scst_parse_u64(text, 0, most, out))
		return 0;
	return scst_fail(&adm->err, -EINVAL, "\"%s\" is no number", text);
}

static int tell(struct adm *adm, const char *text)
{
	fprintf(adm->out, "%s\n", text);
	return 1;
}

static int read_option(struct adm *adm, int key)
{
	switch (key) {
	case 'o':
		return read_op(adm, optarg);
	case 't':
		return read_number(adm, optarg, UINT32_MAX, &adm->tid, &adm->has_tid);
	case 's':
		return read_number(adm, optarg, UINT64_MAX, &adm->sid, &adm->has_sid);
	case 'c':
		return read_number(adm, optarg, UINT16_MAX, &adm->cid, &adm->has_cid);
	case 'p':
		adm->params = optarg;
		return 0;
	case 'u':
		adm->user = true;
		return 0;
	case 'v':
		return tell(adm, "iscsi-scst-adm version 3.11.0-bpf" SCST_VERSION);
	case 'h':
		return tell(adm, usage);
	}
	return scst_fail(&adm->err, -EINVAL, key == ':' ? "an option needs a value; see --help" :
			 "no such option; see --help");
}

int adm_options(struct adm *adm, int argc, char **argv)
{
	int key, ret = 0;

	optind = 0;		/* from the beginning, whoever has called before */
	opterr = 0;
	while (!ret && (key = getopt_long(argc, argv, ":o:t:s:c:p:uvh", long_options, NULL)) != -1)
		ret = read_option(adm, key);
	/* "--op delete --tid 1 user": without its dashes it would be the target that goes */
	if (!ret && optind < argc)
		return scst_fail(&adm->err, -EINVAL, "\"%s\" is no option; see --help",
				 argv[optind]);
	return ret;
}

/*
 * Storage whose flush takes a while, as block storage behind a network does: preloaded into
 * a server, each flush of a file sleeps BENCH_FLUSH_US microseconds before the real one.
 *
 *   cc -shared -fPIC -o slow_flush.so bench/slow_flush.c
 *   BENCH_FLUSH_US=1000 LD_PRELOAD=$PWD/slow_flush.so pg_ctl start ...
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static void wait_for_storage(void)
{
	const char *microseconds = getenv("BENCH_FLUSH_US");
	const long wanted = microseconds == NULL ? 0 : atol(microseconds);
	const struct timespec wait = {wanted / 1000000, wanted % 1000000 * 1000};
	nanosleep(&wait, NULL);
}

int fdatasync(int file)
{
	int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
	wait_for_storage();
	return real(file);
}

int fsync(int file)
{
	int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
	wait_for_storage();
	return real(file);
}

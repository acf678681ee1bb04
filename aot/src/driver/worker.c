/* The worker that calls compiled code: a process of its own, so that a crash, an endless loop or
   an allocation bomb ends here. Usage: worker LIBRARY (SYMBOL DATA)...

   DATA is mapped shared and holds 64-bit words, then the buffers:
     0 magic   1 buffers   2 scalars   3 wall limit, ms   4 memory limit, bytes
     5 least time to sample, ns (0: call once)   6 most samples   7 offset of the samples
     8 out: phase (1 called, 2 returned)   9 out: status   10 out: result   11 out: samples taken
    12 out: calls per sample   13 threads
    16 (offset, size) of each buffer, then the scalars. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#ifdef __linux__
#include <signal.h>
#include <sys/prctl.h>
#endif
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define MAGIC UINT64_C(0x3177656461726974)

typedef int32_t (*entry_fn)(void *const *buffers, const int64_t *scalars, void *result);

static int fail(const char *what) {
  fprintf(stderr, "worker: %s\n", what);
  return 120;
}

static double now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return 1e9 * (double)t.tv_sec + (double)t.tv_nsec;
}

static void set_limits(uint64_t wall_ms, uint64_t memory) {
  struct rlimit core = {0, 0};
  setrlimit(RLIMIT_CORE, &core);
  if (memory != 0) {
    struct rlimit space = {memory, memory};
    setrlimit(RLIMIT_AS, &space);
  }
  if (wall_ms != 0) {
    struct itimerval timer = {{0, 0}, {(time_t)(wall_ms / 1000), (suseconds_t)(wall_ms % 1000) * 1000}};
    setitimer(ITIMER_REAL, &timer, NULL);
  }
}

/* Times calls in batches of at least 20 us, so that the clock does not count. */
static int32_t sample(entry_fn entry, void *const *buffers, const int64_t *scalars, uint64_t *head,
                      double *samples) {
  const double least = (double)head[5];
  uint64_t calls = 1;
  double begin = now_ns(), start = begin;
  int32_t status = entry(buffers, scalars, &head[10]);
  for (double once; status == 0 && (once = (now_ns() - start) / (double)calls) * (double)calls < 20e3;) {
    calls = once < 1.0 ? calls * 16 : (uint64_t)(25e3 / once) + 1;
    start = now_ns();
    for (uint64_t k = 0; status == 0 && k < calls; ++k) status = entry(buffers, scalars, &head[10]);
  }
  head[12] = calls;
  begin = now_ns();
  for (uint64_t n = 0; status == 0 && n < head[6] && (n < 3 || now_ns() - begin < least); ++n) {
    start = now_ns();
    for (uint64_t k = 0; status == 0 && k < calls; ++k) status = entry(buffers, scalars, &head[10]);
    samples[n] = (now_ns() - start) / (double)calls;
    head[11] = n + 1;
  }
  return status;
}

/* A private copy of the arguments in large pages, which is what a program that is to be fast works
   on; pages of the shared file would be timed otherwise. NULL if there is no memory for it. */
static char *own_memory(const char *data, size_t size) {
  enum { LARGE_PAGE = 2 << 20 };
  const size_t room = size + LARGE_PAGE;
  char *const block = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (block == MAP_FAILED) return NULL;
  char *const own = block + (LARGE_PAGE - (uintptr_t)block % LARGE_PAGE) % LARGE_PAGE;
#if defined(MADV_HUGEPAGE)
  madvise(own, size, MADV_HUGEPAGE);
#endif
  memcpy(own, data, size);
  return own;
}

/* Makes one call; 0, or the exit status of a failure that is not the called code's. */
static int work(void *library, const char *symbol, const char *path) {
  const int fd = open(path, O_RDWR);
  struct stat info;
  if (fd < 0 || fstat(fd, &info) != 0 || info.st_size < 128) return fail("no data file");
  char *const data = mmap(NULL, (size_t)info.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (data == MAP_FAILED) return fail("the data file cannot be mapped");
  close(fd);
  uint64_t *const head = (uint64_t *)(void *)data;
  if (head[0] != MAGIC) return fail("not a data file");
  const uint64_t n_buffers = head[1];
  void **buffers = malloc((n_buffers + 1) * sizeof *buffers);
  if (buffers == NULL) return fail("out of memory");
  for (uint64_t i = 0; i < n_buffers; ++i) buffers[i] = data + head[16 + 2 * i];
  char *const own = head[5] == 0 ? NULL : own_memory(data, (size_t)info.st_size);
  for (uint64_t i = 0; own != NULL && i < n_buffers; ++i) buffers[i] = own + head[16 + 2 * i];
  const int64_t *const scalars = (const int64_t *)(const void *)(head + 16 + 2 * n_buffers);
  entry_fn entry;
  *(void **)&entry = dlsym(library, symbol);
  if (entry == NULL) return fail("the library lacks the function");
  set_limits(head[3], head[4]);
  head[8] = 1;
  double *const samples = (double *)(void *)(data + head[7]);
  int32_t status;
  if (head[5] == 0) {
    const double start = now_ns();
    status = entry(buffers, scalars, &head[10]);
    samples[0] = now_ns() - start;
    head[11] = 1;
  } else {
    status = sample(entry, buffers, scalars, head, samples);
  }
  for (uint64_t i = 0; own != NULL && i < n_buffers; ++i)
    memcpy(data + head[16 + 2 * i], buffers[i], head[17 + 2 * i]);
  head[9] = (uint64_t)(int64_t)status;
  head[8] = 2;
  munmap(data, (size_t)info.st_size);
  free(buffers);
  return 0;
}

int main(int argc, char **argv) {
#ifdef __linux__
  /* Nobody waits for results if the parent is gone. */
  prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
  if (argc < 4 || argc % 2 != 0) return fail("a library and calls expected");
  void *const library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) return fail(dlerror());
  for (int i = 2; i < argc; i += 2) {
    const int failed = work(library, argv[i], argv[i + 1]);
    if (failed != 0) return failed;
  }
  return 0;
}

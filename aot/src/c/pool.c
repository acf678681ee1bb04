/* A pool of threads for parallel loops. A loop is cut into chunks; whoever is free takes the next
   one. Threads that find nothing to do spin for a while, then sleep. */
#if defined(__TINYC__)
#define TIR_SERIAL 1
#endif

typedef int32_t (*tir_body)(const void *context, int64_t begin, int64_t end);

#if !defined(TIR_SERIAL)
enum { TIR_MAX_THREADS = 256, TIR_CHUNKS_PER_THREAD = 4, TIR_SPINS = 4000 };

static struct {
  /* Number of the loop in the upper half, chunks that nobody has taken in the lower one. */
  uint64_t ticket;
  char pad_1[56];
  uint32_t done;
  char pad_2[60];
  tir_body body;
  const void *context;
  int64_t begin, end;
  uint32_t chunks;
  uint32_t busy, threads, sleeping;
  pthread_mutex_t lock;
  pthread_cond_t wake;
  int32_t status[TIR_MAX_THREADS * TIR_CHUNKS_PER_THREAD];
} tir_pool = {0, {0}, 0, {0}, 0, 0, 0, 0, 0, 0, 0, 0, PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, {0}};

static inline void tir_relax(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ __volatile__("yield");
#endif
}

/* Takes a chunk and runs it; gives 0 if there is none. */
static int tir_take_chunk(void) {
  uint64_t ticket = __atomic_load_n(&tir_pool.ticket, __ATOMIC_ACQUIRE);
  do {
    if ((uint32_t)ticket == 0) return 0;
  } while (!__atomic_compare_exchange_n(&tir_pool.ticket, &ticket, ticket - 1, 0, __ATOMIC_ACQ_REL,
                                        __ATOMIC_ACQUIRE));
  const uint64_t n = tir_pool.chunks, chunk = n - (uint32_t)ticket;
  const uint64_t length = (uint64_t)tir_pool.end - (uint64_t)tir_pool.begin;
  const uint64_t size = length / n, rest = length % n;
  const uint64_t first = chunk * size + (chunk < rest ? chunk : rest);
  const int64_t begin = (int64_t)((uint64_t)tir_pool.begin + first);
  const int64_t end = (int64_t)((uint64_t)begin + size + (chunk < rest));
  tir_pool.status[chunk] = tir_pool.body(tir_pool.context, begin, end);
  __atomic_fetch_add(&tir_pool.done, 1, __ATOMIC_RELEASE);
  return 1;
}

static void *tir_worker(void *unused) {
  (void)unused;
  for (;;) {
    int spins = 0;
    while (!tir_take_chunk() && spins < TIR_SPINS) {
      ++spins;
      tir_relax();
    }
    if (spins < TIR_SPINS) continue;
    pthread_mutex_lock(&tir_pool.lock);
    __atomic_fetch_add(&tir_pool.sleeping, 1, __ATOMIC_SEQ_CST);
    while ((uint32_t)__atomic_load_n(&tir_pool.ticket, __ATOMIC_SEQ_CST) == 0)
      pthread_cond_wait(&tir_pool.wake, &tir_pool.lock);
    __atomic_fetch_sub(&tir_pool.sleeping, 1, __ATOMIC_SEQ_CST);
    pthread_mutex_unlock(&tir_pool.lock);
  }
  return 0;
}

static void tir_start_threads(void) {
  const char *const said = getenv("TIRADE_THREADS");
  long wanted = said != 0 ? strtol(said, 0, 10) : 0;
  if (wanted <= 0) wanted = sysconf(_SC_NPROCESSORS_ONLN);
  if (wanted > TIR_MAX_THREADS) wanted = TIR_MAX_THREADS;
  uint32_t threads = 1;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  for (; (long)threads < wanted; ++threads) {
    pthread_t thread;
    if (pthread_create(&thread, &attributes, tir_worker, 0) != 0) break;
  }
  pthread_attr_destroy(&attributes);
  tir_pool.threads = threads;
}
#endif

/* Calls body on parts of begin..end; gives the first status that is not 0, in the order of parts.
   Inside another parallel loop, or while another thread runs one, it is an ordinary loop. */
static int32_t tir_parallel_for(tir_body body, const void *context, int64_t begin, int64_t end) {
  if (begin >= end) return 0;
#if !defined(TIR_SERIAL)
  if (end - begin > 1 && __atomic_exchange_n(&tir_pool.busy, 1, __ATOMIC_ACQUIRE) == 0) {
    if (tir_pool.threads == 0) tir_start_threads();
    if (tir_pool.threads > 1) {
      const uint64_t length = (uint64_t)end - (uint64_t)begin;
      const uint64_t most = (uint64_t)tir_pool.threads * TIR_CHUNKS_PER_THREAD;
      const uint32_t chunks = (uint32_t)(length < most ? length : most);
      tir_pool.body = body;
      tir_pool.context = context;
      tir_pool.begin = begin;
      tir_pool.end = end;
      tir_pool.chunks = chunks;
      __atomic_store_n(&tir_pool.done, 0, __ATOMIC_RELAXED);
      const uint64_t number = (tir_pool.ticket >> 32) + 1;
      __atomic_store_n(&tir_pool.ticket, number << 32 | chunks, __ATOMIC_SEQ_CST);
      if (__atomic_load_n(&tir_pool.sleeping, __ATOMIC_SEQ_CST) != 0) {
        pthread_mutex_lock(&tir_pool.lock);
        pthread_cond_broadcast(&tir_pool.wake);
        pthread_mutex_unlock(&tir_pool.lock);
      }
      while (tir_take_chunk()) {
      }
      for (uint32_t spins = 0; __atomic_load_n(&tir_pool.done, __ATOMIC_ACQUIRE) != chunks; ++spins) {
        if (spins < TIR_SPINS) tir_relax();
        else sched_yield();
      }
      int32_t status = 0;
      for (uint32_t chunk = 0; status == 0 && chunk < chunks; ++chunk) status = tir_pool.status[chunk];
      __atomic_store_n(&tir_pool.busy, 0, __ATOMIC_RELEASE);
      return status;
    }
    __atomic_store_n(&tir_pool.busy, 0, __ATOMIC_RELEASE);
  }
#endif
  return body(context, begin, end);
}

#include "VoxelKernels.h"

#pragma clang diagnostic ignored "-Wpsabi"
#pragma GCC diagnostic ignored "-Wpsabi"

// What the processor can do at best, measured: what the kernels' speed is compared with in `cuneus-bench permutations`.

typedef float lanes __attribute__((vector_size(64), aligned(64)));

#define INLINE static inline __attribute__((always_inline))

INLINE lanes fused(lanes a, lanes b, lanes c) { return __builtin_elementwise_fma(a, b, c); }

// Keeps the compiler from seeing that the loop's result could be had without the loop.
#define OPAQUE(x) __asm__ volatile("" : "+m"(x))

// `chains` independent vectors: enough to hide the latency of an operation, few enough to stay in registers.
INLINE float multiply_add_body(long rounds, int chains)
{
    lanes sums[12];
    lanes factor = (lanes){0} + 0.999f, term = (lanes){0} + 0.001f;
    OPAQUE(factor);
    OPAQUE(term);
    for (int c = 0; c < chains; c++) sums[c] = (lanes){0} + (float)c;
    for (long round = 0; round < rounds; round++)
        for (int c = 0; c < chains; c++) sums[c] = fused(sums[c], factor, term);
    float total = 0;
    for (int c = 0; c < chains; c++) total += sums[c][0];
    return total;
}

INLINE float divide_body(long rounds)
{
    lanes sums[4];
    lanes top = (lanes){0} + 1.5f;
    OPAQUE(top);
    for (int c = 0; c < 4; c++) sums[c] = (lanes){0} + (float)(c + 1);
    for (long round = 0; round < rounds; round++)
        for (int c = 0; c < 4; c += 2) {
            lanes a = __builtin_elementwise_sqrt(sums[c]);
            lanes b = __builtin_elementwise_sqrt(sums[c + 1]);
            lanes both = top / fused(a, b, top);
            sums[c] = fused(a, both, top);
            sums[c + 1] = fused(b, both, top);
        }
    return sums[0][0] + sums[1][0] + sums[2][0] + sums[3][0];
}

enum { CHAINS_V4 = 12, CHAINS_V3 = 5, CHAINS_BASELINE = 2 };

#if defined(__x86_64__)
#define V3 __attribute__((target("avx2,fma,bmi,bmi2"), min_vector_width(256)))
#define V4 __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma,bmi,bmi2"), min_vector_width(512)))

V3 static float multiply_add_v3(long rounds) { return multiply_add_body(rounds, CHAINS_V3); }
V4 static float multiply_add_v4(long rounds) { return multiply_add_body(rounds, CHAINS_V4); }
V3 static float divide_v3(long rounds) { return divide_body(rounds); }
V4 static float divide_v4(long rounds) { return divide_body(rounds); }
#endif

long cuneus_multiply_adds(int isa, long rounds, float *result)
{
#if defined(__x86_64__)
    if (isa == CUNEUS_ISA_V4) { *result = multiply_add_v4(rounds); return rounds * CHAINS_V4 * 16; }
    if (isa == CUNEUS_ISA_V3) { *result = multiply_add_v3(rounds); return rounds * CHAINS_V3 * 16; }
#endif
    *result = multiply_add_body(rounds, CHAINS_BASELINE);
    return rounds * CHAINS_BASELINE * 16;
}

long cuneus_divisions(int isa, long rounds, float *result)
{
#if defined(__x86_64__)
    if (isa == CUNEUS_ISA_V4) { *result = divide_v4(rounds); return rounds * 64; }
    if (isa == CUNEUS_ISA_V3) { *result = divide_v3(rounds); return rounds * 64; }
#endif
    *result = divide_body(rounds);
    return rounds * 64;
}

void cuneus_triad(float *a, const float *b, const float *c, ptrdiff_t count)
{
    for (ptrdiff_t i = 0; i < count; i++) a[i] = b[i] + 3 * c[i];
}

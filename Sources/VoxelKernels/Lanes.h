// Sixteen voxels side by side, and what the kernels share. Not part of the module's interface.
#ifndef CUNEUS_LANES_H
#define CUNEUS_LANES_H

#include "VoxelKernels.h"

// The helpers below pass vectors but are always inlined: there is no call whose convention could differ.
#pragma clang diagnostic ignored "-Wpsabi"
#pragma GCC diagnostic ignored "-Wpsabi"

// Sixteen voxels. On narrower machines the compiler splits it; the arithmetic per lane is the same.
typedef float lanes __attribute__((vector_size(64), aligned(64)));
typedef float loose_lanes __attribute__((vector_size(64), aligned(4)));
typedef int mask_lanes __attribute__((vector_size(64), aligned(64)));

#define INLINE static inline __attribute__((always_inline))

INLINE lanes load(const float *p) { return *(const loose_lanes *)p; }
INLINE void store(float *p, lanes x) { *(loose_lanes *)p = x; }
INLINE lanes splat(float x) { return (lanes){0} + x; }
INLINE lanes fused(lanes a, lanes b, lanes c) { return __builtin_elementwise_fma(a, b, c); }
INLINE lanes root(lanes x) { return __builtin_elementwise_sqrt(x); }
INLINE lanes pick(mask_lanes m, lanes yes, lanes no) {
    return (lanes)((m & (mask_lanes)yes) | (~m & (mask_lanes)no));
}
INLINE lanes at_least(lanes x, lanes low) { return pick(x > low, x, low); }

// Kahan's compensated sum: a hundred imputations add no more error than one.
INLINE void add(lanes *sum, lanes *rest, lanes term)
{
    lanes corrected = term - *rest;
    lanes next = *sum + corrected;
    *rest = (next - *sum) - corrected;
    *sum = next;
}

// An experiment's effect g after a permutation and its weight 1/v, from its imputed d and the permuted mean m.
INLINE void permuted_effect(cuneus_experiment e, bool unit_variance, lanes d, lanes m, lanes *effect, lanes *weight)
{
    if (unit_variance) {
        lanes g = e.correction * m;
        *effect = g;
        *weight = 1.0f / fused(e.quadratic_variance * g, g, splat(e.constant_variance));
        return;
    }
    // Within-sample variance after permutation: 1 + spread·(d² − m²). Then g = J·m/√var and
    // w = 1/(c + K·g²) = var/(c·var + K·J²·m²), with one division for both.
    lanes var = fused(splat(e.spread), fused(d, d, -(m * m)), splat(1));
    var = at_least(var, splat(1e-6f));
    lanes sd = root(var);
    lanes jm = e.correction * m;
    lanes bottom = fused(e.quadratic_variance * jm, jm, e.constant_variance * var);
    lanes inverse = 1.0f / (sd * bottom);
    *effect = jm * (bottom * inverse);
    *weight = var * (sd * inverse);
}

#if defined(__x86_64__)
#define V3 __attribute__((target("avx2,fma,bmi,bmi2"), min_vector_width(256)))
#define V4 __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma,bmi,bmi2"), min_vector_width(512)))
#endif

#endif

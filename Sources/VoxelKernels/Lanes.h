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
// Element by element: 0 + x would have to be added, for the sake of −0.
INLINE lanes splat(float x) { return (lanes){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x}; }
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

INLINE lanes absolute(lanes x) { return (lanes)((mask_lanes)x & 0x7fffffff); }
INLINE lanes signed_like(lanes size, lanes sign)
{
    return (lanes)((mask_lanes)size | ((mask_lanes)sign & (int)0x80000000));
}

// arsinh, to about two roundings of the result, for |x| < 1e18.
//
// y = |x| + √(1 + x²) is e^z; with p the power of two nearest to it, z = log p + 2 artanh((y − p)/(y + p)), whose argument is
// at most 0.172, so that the series may end after its fifth term (error 2e-9). Where p is 1 the argument is |x|/(1 + √(1 + x²)),
// which does not cancel.
INLINE lanes arsinh(lanes x)
{
    lanes a = absolute(x);
    lanes hypotenuse = root(fused(a, a, splat(1)));
    lanes y = a + hypotenuse;
    // The bits of √½ taken off: what is left above the mantissa is the exponent of p.
    mask_lanes exponent = ((mask_lanes)y - 0x3f3504f3) & (int)0xff800000;
    lanes p = (lanes)(exponent + 0x3f800000);
    mask_lanes is_small = exponent == 0;
    lanes q = pick(is_small, a, y - p) / pick(is_small, 1 + hypotenuse, y + p);
    lanes square = q * q;
    lanes series = fused(square, splat(1.0f / 9), splat(1.0f / 7));
    series = fused(square, series, splat(1.0f / 5));
    series = fused(square, series, splat(1.0f / 3));
    lanes power = __builtin_convertvector(exponent >> 23, lanes);
    lanes twice = 2 * q;
    return signed_like(fused(power, splat(0.693147181f), fused(twice * square, series, twice)), x);
}

// An experiment's effect g after a permutation and its weight 1/v, from its imputed d and the permuted mean m.
//
// Of a correlation, d = sinh z is the slope of the subjects' values on a predictor of SD 1, their noise of SD 1 and free of
// it. Shuffling the predictor leaves the sum of squares; what it then explains is m², the rest 1 + d² − m², and
// Fisher's z of the two is arsinh(m/√rest).
INLINE void permuted_effect(cuneus_experiment e, bool unit_variance, lanes d, lanes m, lanes *effect, lanes *weight)
{
    if (e.correlation) {
        lanes rest = at_least(fused(d - m, d + m, splat(1)), splat(1e-6f));
        *effect = arsinh(m / root(rest));
        *weight = splat(1.0f / e.constant_variance);
        return;
    }
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

// Experiments of one sample on their way to their mean: sums over those that are present.
typedef struct {
    lanes count, effects, variances, deviations;
} sample_sums;

INLINE void gather(sample_sums *sums, lanes effect, lanes weight)
{
    mask_lanes here = weight > 0;
    lanes variance = pick(here, 1.0f / pick(here, weight, splat(1)), splat(0));
    sums->count += pick(here, splat(1), splat(0));
    sums->effects += pick(here, effect, splat(0));
    sums->variances += variance;
    sums->deviations += root(variance);
}

// Their plain mean, and its weight: 1/v with v = ((1 − r)·Σv + r·(Σ√v)²)/k².
INLINE void combine(sample_sums sums, float correlation, lanes *effect, lanes *weight)
{
    lanes count = at_least(sums.count, splat(1));
    lanes alone = (1.0f - correlation) * sums.variances;
    lanes squared = fused(correlation * sums.deviations, sums.deviations, alone);
    mask_lanes here = sums.count > 0;
    *effect = sums.effects / count;
    *weight = pick(here, (count * count) / pick(here, squared, splat(1)), splat(0));
}

#if defined(__x86_64__)
#define V3 __attribute__((target("avx2,fma,bmi,bmi2"), min_vector_width(256)))
#define V4 __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma,bmi,bmi2"), min_vector_width(512)))
#endif

#endif

// Eight numbers in double precision side by side. Not part of the module's interface.
#ifndef CUNEUS_WIDE_H
#define CUNEUS_WIDE_H

#include "Lanes.h"

#include <stdint.h>

// On narrower machines the compiler splits it; the arithmetic per lane is the same.
typedef double wide __attribute__((vector_size(64), aligned(64)));
typedef double loose_wide __attribute__((vector_size(64), aligned(8)));
typedef int64_t wide_mask __attribute__((vector_size(64), aligned(64)));
typedef uint64_t wide_words __attribute__((vector_size(64), aligned(64)));
typedef float half_lanes __attribute__((vector_size(32), aligned(32)));
typedef float loose_half __attribute__((vector_size(32), aligned(4)));

INLINE wide wide_splat(double x) { return (wide){x, x, x, x, x, x, x, x}; }
INLINE wide_words words_splat(uint64_t x) { return (wide_words){x, x, x, x, x, x, x, x}; }
INLINE wide wide_fused(wide a, wide b, wide c) { return __builtin_elementwise_fma(a, b, c); }
INLINE wide wide_root(wide x) { return __builtin_elementwise_sqrt(x); }
INLINE wide wide_pick(wide_mask m, wide yes, wide no)
{
    return (wide)((m & (wide_mask)yes) | (~m & (wide_mask)no));
}
INLINE wide wide_absolute(wide x) { return (wide)((wide_mask)x & INT64_MAX); }
INLINE wide wide_at_least(wide x, wide low) { return wide_pick(x > low, x, low); }
INLINE wide wide_at_most(wide x, wide high) { return wide_pick(x < high, x, high); }
INLINE bool is_any(wide_mask m) { return __builtin_reduce_or(m) != 0; }
INLINE wide wide_load(const double *p) { return *(const loose_wide *)p; }
INLINE void wide_store(double *p, wide x) { *(loose_wide *)p = x; }

// e^x for x ≤ 0, relative error below 3e-16; e^-705 for all x below: Taylor's series to the 13th power around the nearest multiple of log 2.
INLINE wide wide_exponential(wide x)
{
    x = wide_pick(x < -705.0, wide_splat(-705), x);
    // Adding 1.5·2⁵² rounds to a whole number, which then stands in the low bits.
    wide shifted = wide_fused(x, wide_splat(1.4426950408889634), wide_splat(6755399441055744));
    wide whole = shifted - 6755399441055744.0;
    wide r = wide_fused(whole, wide_splat(-6.93147180369123816490e-01), x);
    r = wide_fused(whole, wide_splat(-1.90821492927058770002e-10), r);
    wide p = wide_splat(1.0 / 6227020800);
    p = wide_fused(p, r, wide_splat(1.0 / 479001600));
    p = wide_fused(p, r, wide_splat(1.0 / 39916800));
    p = wide_fused(p, r, wide_splat(1.0 / 3628800));
    p = wide_fused(p, r, wide_splat(1.0 / 362880));
    p = wide_fused(p, r, wide_splat(1.0 / 40320));
    p = wide_fused(p, r, wide_splat(1.0 / 5040));
    p = wide_fused(p, r, wide_splat(1.0 / 720));
    p = wide_fused(p, r, wide_splat(1.0 / 120));
    p = wide_fused(p, r, wide_splat(1.0 / 24));
    p = wide_fused(p, r, wide_splat(1.0 / 6));
    p = wide_fused(p, r, wide_splat(0.5));
    p = wide_fused(p, r, wide_splat(1));
    p = wide_fused(p, r, wide_splat(1));
    // The bits of 1.5·2⁵² vanish in the shift.
    return (wide)((wide_mask)p + ((wide_mask)shifted << 52));
}

#endif

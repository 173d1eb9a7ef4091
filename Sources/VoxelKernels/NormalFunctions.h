// Functions of the normal distribution of eight numbers, and the random words that normal numbers are made of. Not part of the module's
// interface.
#ifndef CUNEUS_NORMAL_FUNCTIONS_H
#define CUNEUS_NORMAL_FUNCTIONS_H

#include "Wide.h"

// A product and a sum in one expression must stay two roundings on every processor.
#pragma clang fp contract(off)

// A polynomial of degree 7, the highest power first; each step in two roundings as Swift's `a * x + c`.
INLINE wide eight_terms(wide x, const double *c)
{
    wide sum = wide_splat(c[0]);
    for (int k = 1; k < 8; k++) {
        wide product = sum * x;
        sum = product + c[k];
    }
    return sum;
}

// log x for positive, normal x, error below one unit in the last place: the method of fdlibm's log.
INLINE wide wide_logarithm(wide x)
{
    // The bits of √½ taken off: what is left above the mantissa is the exponent.
    wide_mask exponent = ((wide_mask)x - 0x3fe6a09e667f3bcd) & (wide_mask)words_splat(0xfff0000000000000);
    wide f = (wide)((wide_mask)x - exponent) - 1.0;
    wide s = f / (2.0 + f);
    wide z = s * s;
    wide r = wide_fused(z, wide_splat(1.479819860511658591e-01), wide_splat(1.531383769920937332e-01));
    r = wide_fused(r, z, wide_splat(1.818357216161805012e-01));
    r = wide_fused(r, z, wide_splat(2.222219843214978396e-01));
    r = wide_fused(r, z, wide_splat(2.857142874366239149e-01));
    r = wide_fused(r, z, wide_splat(3.999999999940941908e-01));
    r = wide_fused(r, z, wide_splat(6.666666666666735130e-01));
    r *= z;
    wide half_square = 0.5 * f * f;
    // A small whole number in the low bits of 1.5·2⁵² is that number above it.
    wide k = (wide)((exponent >> 52) + (wide_mask)wide_splat(6755399441055744)) - 6755399441055744.0;
    wide low = wide_fused(k, wide_splat(1.90821492927058770002e-10), s * (half_square + r));
    return wide_fused(k, wide_splat(6.93147180369123816490e-01), f - (half_square - low));
}

// Φ(x), relative error below 1e-15 down to −37: e^(−x²/2) times a polynomial of degree 22 for (|x| + 5)·e^(x²/2)·(1 − Φ(|x|)) in
// t = (|x| − 5)/(|x| + 5), interpolated at Chebyshev's points (truncation 2e-17).
INLINE wide normal_cdf(wide x)
{
    wide a = wide_absolute(x);
    wide inverse = 1.0 / (a + 5.0);
    wide t = (a - 5.0) * inverse;
    wide p = wide_splat(-1.5877468827473365e-10);
    p = wide_fused(p, t, wide_splat(1.753048401408232e-09));
    p = wide_fused(p, t, wide_splat(7.66307180076004e-09));
    p = wide_fused(p, t, wide_splat(-9.31356099432606e-09));
    p = wide_fused(p, t, wide_splat(-6.594221662477223e-08));
    p = wide_fused(p, t, wide_splat(4.2274993740065346e-08));
    p = wide_fused(p, t, wide_splat(4.331410356862585e-07));
    p = wide_fused(p, t, wide_splat(-3.366153681012471e-07));
    p = wide_fused(p, t, wide_splat(-2.76926709599743e-06));
    p = wide_fused(p, t, wide_splat(3.9809021578680414e-06));
    p = wide_fused(p, t, wide_splat(1.6681213742042063e-05));
    p = wide_fused(p, t, wide_splat(-4.97628142705858e-05));
    p = wide_fused(p, t, wide_splat(-5.937572800991586e-05));
    p = wide_fused(p, t, wide_splat(0.0005448990647731298));
    p = wide_fused(p, t, wide_splat(-0.0007978693984660701));
    p = wide_fused(p, t, wide_splat(-0.0029933767705085422));
    p = wide_fused(p, t, wide_splat(0.020795066799883178));
    p = wide_fused(p, t, wide_splat(-0.06911863870631016));
    p = wide_fused(p, t, wide_splat(0.1650203661703847));
    p = wide_fused(p, t, wide_splat(-0.31353315667130455));
    p = wide_fused(p, t, wide_splat(0.4953056159699764));
    p = wide_fused(p, t, wide_splat(-0.6653825028900567));
    p = wide_fused(p, t, wide_splat(0.769193049750063));
    wide tail = (p * inverse) * wide_exponential(-0.5 * a * a);
    return wide_pick(x > 0, 1.0 - tail, tail);
}

// Φ⁻¹ by AS 241, operation by operation as `Normal.quantile` in Swift has it, but for the logarithm, which the processor's library there and
// the one above here may round differently. The middle, |p − ½| ≤ 0.425:
INLINE wide middle_quantile(wide q)
{
    wide r = 0.180625 - q * q;
    wide a = eight_terms(
        r, (const double[]){2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
                            13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608});
    wide b = eight_terms(
        r, (const double[]){5226.495278852545925, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
                            5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1});
    return q * a / b;
}

// Both tails; below 2e-308 as there.
INLINE wide tail_quantile(wide p)
{
    const wide_mask is_lower = p < 0.5;
    wide tail = wide_at_least(wide_pick(is_lower, p, 1.0 - p), wide_splat(2.2250738585072014e-308));
    wide root = wide_root(-wide_logarithm(tail));
    wide r = root - 1.6;
    wide a = eight_terms(
        r, (const double[]){7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258,
                            3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734});
    wide b = eight_terms(
        r, (const double[]){1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459,
                            0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1});
    const wide_mask is_far = root > 5;
    if (is_any(is_far)) {
        r = root - 5.0;
        wide c = eight_terms(
            r, (const double[]){2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093,
                                0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772});
        wide d = eight_terms(
            r, (const double[]){2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
                                0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1});
        a = wide_pick(is_far, c, a);
        b = wide_pick(is_far, d, b);
    }
    return wide_pick(is_lower, -a, a) / b;
}

// Most numbers whose quantiles are made at once.
enum { MOST_QUANTILES = 512 };

// Φ⁻¹ in place, of numbers inside (0, 1); count: a multiple of 8, at most MOST_QUANTILES. The tails, of which few vectors are free and few
// are full, are made together.
INLINE void normal_quantiles(double *p, int count)
{
    int tails[MOST_QUANTILES + 8];
    int found = 0;
    for (int i = 0; i < count; i += 8) {
        const wide x = wide_load(p + i);
        const wide q = x - 0.5;
        const wide_mask is_tail = wide_absolute(q) > 0.425;
        wide_store(p + i, wide_pick(is_tail, x, middle_quantile(q)));
        int64_t marks[8] __attribute__((aligned(64)));
        *(wide_mask *)marks = is_tail;
        for (int lane = 0; lane < 8; lane++) {
            tails[found] = i + lane;
            found += (int)(marks[lane] & 1);
        }
    }
    // The last of them fills the last eight.
    for (int k = 0; found > 0 && k < 7; k++) tails[found + k] = tails[found - 1];
    for (int i = 0; i < found; i += 8) {
        double few[8] __attribute__((aligned(64)));
        for (int lane = 0; lane < 8; lane++) few[lane] = p[tails[i + lane]];
        wide_store(few, tail_quantile(wide_load(few)));
        for (int lane = 0; lane < 8; lane++) p[tails[i + lane]] = few[lane];
    }
}

// Philox4x32-10 (`Philox` in Swift) of eight counters: four words of each.
typedef struct {
    wide_words word[4];
} philox_words;

INLINE philox_words philox(uint64_t key, wide_words c0, wide_words c1, uint32_t third, uint32_t fourth)
{
    const wide_words low = words_splat(0xffffffff);
    wide_words c2 = words_splat(third), c3 = words_splat(fourth);
    uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
    for (int round = 0; round < 10; round++) {
        // Masked (no bits are lost) so that the compiler sees that half a multiplication is enough.
        wide_words p0 = (c0 & low) * words_splat(0xD2511F53);
        wide_words p1 = (c2 & low) * words_splat(0xCD9E8D57);
        c0 = (p1 >> 32) ^ c1 ^ words_splat(k0);
        c1 = p1 & low;
        c2 = (p0 >> 32) ^ c3 ^ words_splat(k1);
        c3 = p0 & low;
        k0 += 0x9E3779B9;
        k1 += 0xBB67AE85;
    }
    return (philox_words){{c0, c1, c2, c3}};
}

// A word as a uniform number strictly inside (0, 1). The word in the low bits of 2⁵² is that number above it.
INLINE wide uniform(wide_words word)
{
    wide number = (wide)(word | words_splat(0x4330000000000000)) - 4503599627370496.0;
    return (number + 0.5) * 0x1p-32;
}

#endif

#include "Wide.h"

// Eight experiments. Double precision: differences of nearly equal probabilities.
enum { WIDE = CUNEUS_INTERVAL_LANES };

// (1 − Φ(z)) exp(z²/2) for 0 ≤ z ≤ 40: 4/(4 + z) times a polynomial in it, interpolated at Chebyshev's points with 60 digits
// (relative error 1e-14).
INLINE wide tail_ratio(wide z)
{
    static const double c[] = {
        0.2034730626815633975,     0.15524857171253612312,    0.091127013486713284704,   0.0392658295998015074,
        0.01081731100400924079,    0.00083307886388390642673, -0.00063110613059874699178, -0.00018807767276635351608,
        0.000037020167007456595767, 0.000022666382965686482804, -3.4161173457702091503e-6, -2.7000139525407559445e-6,
        5.4983753775621601377e-7,  3.1761555366012251388e-7,  -1.080523830774271459e-7,  -3.1992782186654822871e-8,
        1.8546981335523029684e-8,  1.9691029865375828061e-9,  -1.8878287126137692715e-9,
    };
    z = wide_pick(z > 40.0, wide_splat(40.0), z);
    wide t = 4.0 / (z + 4.0);
    wide y = wide_fused(t, wide_splat(2.2), wide_splat(-1.2));
    wide sum = wide_splat(c[18]);
    for (int k = 17; k >= 0; k--) sum = wide_fused(sum, y, wide_splat(c[k]));
    return t * sum;
}

// As `IntervalEffect.score` in Swift, which is the reference.
INLINE void interval_score(
    wide mean, wide lower, wide upper, wide lower_rate, wide upper_rate, wide known, wide *slope, wide *information)
{
    wide_mask below = mean < lower;
    wide_mask above = mean > upper;
    wide a_rate = wide_pick(above, upper_rate, lower_rate);
    wide b_rate = wide_pick(below, lower_rate, upper_rate);
    wide a = (lower - mean) * lower_rate;
    wide b = (upper - mean) * upper_rate;
    wide width = upper - lower;
    // Outside, the near bound keeps its distance and the interval its width.
    wide b_outside = wide_fused(width, upper_rate, a);
    wide a_outside = wide_fused(-width, lower_rate, b);
    a = wide_pick(above, a_outside, a);
    b = wide_pick(below, b_outside, b);
    wide ea = wide_exponential(-0.5 * a * a);
    wide eb = wide_exponential(-0.5 * b * b);
    wide qa = ea * tail_ratio(wide_absolute(a));
    wide qb = eb * tail_ratio(wide_absolute(b));
    wide p = wide_pick(a > 0.0, qa - qb, wide_pick(b < 0.0, qb - qa, 1.0 - qa - qb));
    wide_mask far = ~(wide_mask)(p >= 1e-280);
    p = wide_pick(far, wide_splat(1), p);
    wide fa = 0.398942280401432677939946 * ea * a_rate;
    wide fb = 0.398942280401432677939946 * eb * b_rate;
    wide first = (fa - fb) / p;
    wide bend = wide_fused(a * a_rate, fa, -(b * b_rate * fb));
    wide second = wide_fused(first, first, -bend / p);
    // So far out that only the nearer bound matters.
    wide_mask is_low = a > 0.0;
    wide near = wide_pick(is_low, a, b);
    wide near_rate = wide_pick(is_low, a_rate, b_rate);
    first = wide_pick(far, near * near_rate, first);
    second = wide_pick(far, near_rate * near_rate, second);
    wide_mask is_known = known > 0.0;
    wide weight = lower_rate * lower_rate;
    *slope = wide_pick(is_known, (lower - mean) * weight, first);
    *information = wide_pick(is_known, weight, second);
}

INLINE double total(wide x)
{
    double sum = 0;
    for (int lane = 0; lane < WIDE; lane++) sum += x[lane];
    return sum;
}

INLINE double scores_body(
    const cuneus_intervals *intervals, const double *coefficients, double *slopes, double *informations,
    double *gradient, double *normal, const int columns)
{
    const int count = intervals->blocks * WIDE;
    wide nearest = wide_splat(1e300);
    for (int first = 0; first < count; first += WIDE) {
        wide mean = {0};
        for (int i = 0; i < columns; i++) {
            mean = wide_fused(wide_load(intervals->rows + (long)i * count + first), wide_splat(coefficients[i]), mean);
        }
        wide lower = wide_load(intervals->lower + first);
        wide upper = wide_load(intervals->upper + first);
        wide lower_rate = wide_load(intervals->lower_rate + first);
        wide known = wide_load(intervals->known + first);
        wide inside = wide_load(intervals->inside + first);
        wide slope, information;
        interval_score(
            mean, lower, upper, lower_rate, wide_load(intervals->upper_rate + first), known, &slope, &information);
        wide least = intervals->least_information * lower_rate * lower_rate;
        information = wide_pick(information > least, information, least);
        wide_store(slopes + first, slope * inside);
        wide_store(informations + first, information * inside);
        wide distance = wide_at_most(wide_absolute(mean - lower), wide_absolute(mean - upper));
        wide_mask counts = (wide_mask)(inside > 0.0) & (wide_mask)(known == 0.0);
        nearest = wide_at_most(nearest, wide_pick(counts, distance, wide_splat(1e300)));
    }
    int k = 0;
    for (int i = 0; i < columns; i++) {
        const double *row = intervals->rows + (long)i * count;
        wide sum = {0};
        for (int first = 0; first < count; first += WIDE) {
            sum = wide_fused(wide_load(row + first), wide_load(slopes + first), sum);
        }
        gradient[i] = total(sum);
        for (int j = 0; j <= i; j++) {
            const double *other = intervals->rows + (long)j * count;
            wide product = {0};
            for (int first = 0; first < count; first += WIDE) {
                wide weighted = wide_load(informations + first) * wide_load(row + first);
                product = wide_fused(weighted, wide_load(other + first), product);
            }
            normal[k++] = total(product);
        }
    }
    double least = 1e300;
    for (int lane = 0; lane < WIDE; lane++) least = nearest[lane] < least ? nearest[lane] : least;
    return least;
}

#define ARGUMENTS intervals, coefficients, slopes, informations, gradient, normal
#define PARAMETERS                                                                                          \
    const cuneus_intervals *intervals, const double *coefficients, double *slopes, double *informations, \
        double *gradient, double *normal

INLINE double by_columns(PARAMETERS)
{
    switch (intervals->columns) {
    case 1: return scores_body(ARGUMENTS, 1);
    case 2: return scores_body(ARGUMENTS, 2);
    case 5: return scores_body(ARGUMENTS, 5);
    default: return scores_body(ARGUMENTS, intervals->columns);
    }
}

#if defined(__x86_64__)
V3 static double scores_v3(PARAMETERS) { return by_columns(ARGUMENTS); }
V4 static double scores_v4(PARAMETERS) { return by_columns(ARGUMENTS); }
#endif

double cuneus_interval_scores(
    int isa, const cuneus_intervals *intervals, const double *coefficients, double *slopes, double *informations,
    double *gradient, double *normal)
{
#if defined(__x86_64__)
    if (isa == CUNEUS_ISA_V4) return scores_v4(ARGUMENTS);
    if (isa == CUNEUS_ISA_V3) return scores_v3(ARGUMENTS);
#endif
    return by_columns(ARGUMENTS);
}

#include "Lanes.h"
#include "PosteriorKernels.h"

#include <stdbool.h>
#include <stddef.h>

// A product and a sum in one expression must stay two roundings on every processor.
#pragma clang fp contract(off)

INLINE lanes larger(lanes a, lanes b) { return __builtin_elementwise_max(a, b); }
INLINE lanes smaller(lanes a, lanes b) { return __builtin_elementwise_min(a, b); }

// e^x for x ≤ 0, relative error 2e-7; e^-87, which is next to nothing, for all x below.
INLINE lanes exponential(lanes x)
{
    x = larger(x, splat(-87));
    // Adding 1.5·2²³ rounds to a whole number, which then stands in the low bits.
    lanes shifted = fused(x, splat(1.44269504f), splat(12582912));
    lanes whole = shifted - 12582912.0f;
    lanes r = fused(whole, splat(-0.693359375f), x);
    r = fused(whole, splat(2.12194440e-4f), r);
    lanes p = fused(r, splat(1.0f / 720), splat(1.0f / 120));
    p = fused(p, r, splat(1.0f / 24));
    p = fused(p, r, splat(1.0f / 6));
    p = fused(p, r, splat(0.5f));
    p = fused(p, r, splat(1));
    p = fused(p, r, splat(1));
    // The bits of 12582912 vanish in the shift.
    return (lanes)((mask_lanes)p + ((mask_lanes)shifted << 23));
}

// log x for positive, normal x; error 1e-7 of the larger of 1 and the result.
INLINE lanes logarithm(lanes x)
{
    mask_lanes exponent = ((mask_lanes)x - 0x3f3504f3) & (int)0xff800000;
    lanes m = (lanes)((mask_lanes)x - exponent);
    lanes s = (m - 1.0f) / (m + 1.0f);
    lanes z = s * s;
    lanes series = fused(z, splat(2.0f / 9), splat(2.0f / 7));
    series = fused(z, series, splat(2.0f / 5));
    series = fused(z, series, splat(2.0f / 3));
    series = fused(z * s, series, 2.0f * s);
    return fused(__builtin_convertvector(exponent >> 23, lanes), splat(0.693147181f), series);
}

// (x + 3.5)·e^(x²/2)·(1 − Φ(x)) for x ≥ 0, given t = (x − 3.5)/(x + 3.5), relative error 3e-7: a polynomial of degree 10
// (interpolated at Chebyshev's points; truncation 1e-8).
INLINE lanes scaled_tail(lanes t)
{
    lanes p = fused(t, splat(-4.976688967417431e-05f), splat(3.4635200920134096e-05f));
    p = fused(p, t, splat(0.0004526939204645621f));
    p = fused(p, t, splat(-0.00041776859837822604f));
    p = fused(p, t, splat(-0.003178985901269598f));
    p = fused(p, t, splat(0.0064652340768432655f));
    p = fused(p, t, splat(0.01740605873406409f));
    p = fused(p, t, splat(-0.1160490453938647f));
    p = fused(p, t, splat(0.31542505795328746f));
    p = fused(p, t, splat(-0.5655619087289723f));
    return fused(p, t, splat(0.7444160754359387f));
}

enum { MOST_HEIGHTS = CUNEUS_MOST_HEIGHTS, MOST_TAUS = CUNEUS_MOST_TAUS };

// A study's bounds at each height, and one over its standard errors there at each tau.
typedef struct {
    float lower[MOST_HEIGHTS], upper[MOST_HEIGHTS];
    // Not the difference of the two, which rounding spoils where the interval is narrow.
    float width[MOST_HEIGHTS];
    // The largest of them.
    float widest;
    float lower_rate[MOST_HEIGHTS][MOST_TAUS] __attribute__((aligned(64)));
    float upper_rate[MOST_HEIGHTS][MOST_TAUS] __attribute__((aligned(64)));
} bound_rates;

INLINE void rates_of(
    const cuneus_posterior_nodes *nodes, const cuneus_posterior_term *term, bound_rates *rates, int heights)
{
    rates->widest = 0;
    for (int q = 0; q < heights; q++) {
        float middle = term->slope * term->height[q];
        middle = term->centre + middle;
        float half = term->growth * term->height[q];
        half = term->half_width + half;
        float lower = middle - half, upper = middle + half;
        float lower_square = lower * lower, upper_square = upper * upper;
        float lower_variance = term->quadratic_variance * lower_square;
        float upper_variance = term->quadratic_variance * upper_square;
        lower_variance = term->constant_variance + lower_variance;
        upper_variance = term->constant_variance + upper_variance;
        rates->width[q] = 2.0f * half;
        if (rates->width[q] > rates->widest) rates->widest = rates->width[q];
        rates->lower[q] = lower;
        rates->upper[q] = upper;
        for (int t = 0; t < nodes->taus; t += 16) {
            lanes tau2 = load(nodes->tau2 + t) * term->tau_share;
            store(rates->lower_rate[q] + t, 1.0f / root(tau2 + lower_variance));
            store(rates->upper_rate[q] + t, 1.0f / root(tau2 + upper_variance));
        }
    }
}

// How far, in standard errors, the mean is from the bounds of one height. Inside them each bound is as far as it is; outside
// the near bound keeps its distance, and the interval its width in standard errors of the far bound.
typedef struct {
    lanes near, far;
    mask_lanes is_outside;
} distances;

INLINE distances distances_to(const bound_rates *rates, int q, int t, lanes mean)
{
    lanes lower_rate = splat(rates->lower_rate[q][t]), upper_rate = splat(rates->upper_rate[q][t]);
    lanes above = rates->upper[q] - mean;
    lanes below = mean - rates->lower[q];
    lanes width = splat(rates->width[q]);
    mask_lanes is_below = below < 0, is_above = above < 0;
    lanes to_lower = below * lower_rate, to_upper = above * upper_rate;
    distances d;
    d.is_outside = is_below | is_above;
    // Inside: `near` is the distance to the lower bound, `far` that to the upper.
    d.near = absolute(pick(is_above, to_upper, to_lower));
    lanes other = fused(width, pick(is_above, lower_rate, upper_rate), d.near);
    d.far = pick(d.is_outside, other, absolute(to_upper));
    return d;
}

// The probabilities of the intervals, averaged over heights: with X and Y the distances,
// Q(X) − Q(Y) outside and 1 − Q(X) − Q(Y) inside, all multiplied by e^E so that the largest does not vanish.
INLINE void add_wide(
    const cuneus_posterior_nodes *nodes, const cuneus_posterior_term *term, const bound_rates *rates, int end,
    float *table, const int heights)
{
    lanes iota;
    for (int i = 0; i < 16; i++) iota[i] = (float)i;
    for (int t = 0; t < end; t++) {
        float *row = table + (ptrdiff_t)t * nodes->vectors * 16;
        const float *silent = term->silent ? term->silent + (ptrdiff_t)t * term->silent_stride : 0;
        for (int v = 0; v < nodes->vectors; v++) {
            lanes mean = fused(iota + (float)(16 * v), splat(nodes->step), splat(nodes->first));
            distances d[MOST_HEIGHTS];
            lanes least = splat(1e30f);
            for (int q = 0; q < heights; q++) {
                d[q] = distances_to(rates, q, t, mean);
                lanes beyond = (lanes)(d[q].is_outside & (mask_lanes)d[q].near);
                least = smaller(least, beyond);
            }
            least = 0.5f * (least * least);
            lanes sum = splat(0);
            for (int q = 0; q < heights; q++) {
                // One division for both: 1/x = y/(xy).
                lanes x = d[q].near + 3.5f, y = d[q].far + 3.5f;
                lanes inverse = 1.0f / (x * y);
                lanes over_x = inverse * y, over_y = inverse * x;
                lanes near = scaled_tail((d[q].near - 3.5f) * over_x) * over_x;
                lanes far = scaled_tail((d[q].far - 3.5f) * over_y) * over_y;
                near *= exponential(fused(-0.5f * d[q].near, d[q].near, least));
                far *= exponential(fused(-0.5f * d[q].far, d[q].far, least));
                lanes probability = pick(d[q].is_outside, near, 1.0f - near) - far;
                sum = fused(probability, splat(term->weight[q]), sum);
            }
            lanes value = term->power * (logarithm(larger(sum, splat(1e-30f))) - least);
            if (silent) value -= load(silent + 16 * v);
            store(row + 16 * v, load(row + 16 * v) + value);
        }
    }
}

// Known effects, and intervals so narrow that their probability would cancel: log-densities, averaged over heights. Of an
// interval between a and b (in standard errors) with middle m and width d,
// log(Φ(b) − Φ(a)) = log d − m²/2 − log √2π + log(sinh(md/2)/(md/2)) − d²/24 + d⁴/1440 − m²d⁴/720 + O(d⁶).
INLINE void add_narrow(
    const cuneus_posterior_nodes *nodes, const cuneus_posterior_term *term, const bound_rates *rates, int start,
    float *table)
{
    const int heights = term->heights;
    lanes iota;
    for (int i = 0; i < 16; i++) iota[i] = (float)i;
    for (int t = start; t < nodes->taus; t++) {
        float *row = table + (ptrdiff_t)t * nodes->vectors * 16;
        const float *silent = term->silent ? term->silent + (ptrdiff_t)t * term->silent_stride : 0;
        for (int v = 0; v < nodes->vectors; v++) {
            lanes mean = fused(iota + (float)(16 * v), splat(nodes->step), splat(nodes->first));
            lanes density[MOST_HEIGHTS];
            lanes most = splat(-1e30f);
            for (int q = 0; q < heights; q++) {
                if (term->is_known) {
                    lanes rate = splat(rates->lower_rate[q][t]);
                    lanes r = (rates->lower[q] - mean) * rate;
                    density[q] = logarithm(rate) - 0.5f * (r * r);
                } else {
                    distances d = distances_to(rates, q, t, mean);
                    lanes lower_rate = splat(rates->lower_rate[q][t]), upper_rate = splat(rates->upper_rate[q][t]);
                    lanes below = mean - rates->lower[q];
                    lanes inside = fused(below, lower_rate - upper_rate, rates->width[q] * upper_rate);
                    lanes outside = rates->width[q] * pick(below < 0, upper_rate, lower_rate);
                    lanes width = pick(d.is_outside, outside, inside);
                    lanes middle = 0.5f * pick(d.is_outside, d.far + d.near, d.far - d.near);
                    lanes square = width * width;
                    lanes product = (middle * middle) * square;
                    lanes series = fused(product, splat(1.0f / 181440), splat(-1.0f / 2880));
                    series = fused(series, product, splat(1.0f / 24));
                    series = fused(square, splat(-1.0f / 720), series);
                    lanes rest = fused(square, splat(1.0f / 1440), splat(-1.0f / 24));
                    series = fused(series, product, square * rest);
                    density[q] = ((logarithm(width) - 0.918938533f) + series) - 0.5f * (middle * middle);
                }
                most = pick(density[q] > most, density[q], most);
            }
            lanes sum = splat(0);
            for (int q = 0; q < heights; q++)
                sum = fused(exponential(density[q] - most), splat(term->weight[q]), sum);
            lanes value = term->power * (logarithm(larger(sum, splat(1e-30f))) + most);
            if (silent) value -= load(silent + 16 * v);
            store(row + 16 * v, load(row + 16 * v) + value);
        }
    }
}

INLINE void take_off(const cuneus_posterior_nodes *nodes, const cuneus_posterior_term *term, float *table)
{
    if (!term->silent) return;
    for (int t = 0; t < nodes->taus; t++) {
        float *row = table + (ptrdiff_t)t * nodes->vectors * 16;
        const float *silent = term->silent + (ptrdiff_t)t * term->silent_stride;
        for (int v = 0; v < nodes->vectors; v++)
            store(row + 16 * v, load(row + 16 * v) - load(silent + 16 * v));
    }
}

// An interval of less than this many standard errors goes by its density.
static const float narrow = 0.15f;

INLINE void add_body(
    const cuneus_posterior_nodes *nodes, const cuneus_posterior_term *terms, int count, float *table)
{
    for (int s = 0; s < count; s++) {
        const cuneus_posterior_term *term = terms + s;
        if (term->heights == 0) {
            take_off(nodes, term, table);
            continue;
        }
        bound_rates rates;
        rates_of(nodes, term, &rates, term->heights);
        // tau ascends: what is wide at 0 may be narrow beside a large tau.
        int wide = term->is_known ? 0 : nodes->taus;
        float square = rates.widest * rates.widest;
        while (wide > 0) {
            float variance = nodes->tau2[wide - 1] * term->tau_share;
            variance = variance + term->constant_variance;
            if (square >= (narrow * narrow) * variance) break;
            wide--;
        }
        // The common numbers of heights are worth loops of known length.
        switch (wide > 0 ? term->heights : 0) {
        case 0: break;
        case 1: add_wide(nodes, term, &rates, wide, table, 1); break;
        case 2: add_wide(nodes, term, &rates, wide, table, 2); break;
        case 3: add_wide(nodes, term, &rates, wide, table, 3); break;
        case 4: add_wide(nodes, term, &rates, wide, table, 4); break;
        case 5: add_wide(nodes, term, &rates, wide, table, 5); break;
        default: add_wide(nodes, term, &rates, wide, table, term->heights);
        }
        if (wide < nodes->taus) add_narrow(nodes, term, &rates, wide, table);
    }
}

INLINE void open_body(
    const cuneus_posterior_nodes *nodes, const float *base, int base_stride, const float *precision,
    const float *centre, const float *constant, float *table)
{
    lanes iota;
    for (int i = 0; i < 16; i++) iota[i] = (float)i;
    for (int t = 0; t < nodes->taus; t++) {
        float *row = table + (ptrdiff_t)t * nodes->vectors * 16;
        lanes half = splat(-0.5f * precision[t]);
        for (int v = 0; v < nodes->vectors; v++) {
            lanes mean = fused(iota + (float)(16 * v), splat(nodes->step), splat(nodes->first));
            lanes r = mean - centre[t];
            lanes value = fused(half * r, r, splat(constant[t]));
            if (base) value += load(base + (ptrdiff_t)t * base_stride + 16 * v);
            store(row + 16 * v, value);
        }
    }
}

INLINE float close_body(const cuneus_posterior_nodes *nodes, float *table, float *mean_sums, float *tau_sums)
{
    const int columns = nodes->vectors * 16;
    lanes most = splat(-1e30f), iota;
    for (int i = 0; i < 16; i++) iota[i] = (float)i;
    for (int t = 0; t < nodes->taus; t++) {
        for (int v = 0; v < nodes->vectors; v++) {
            lanes value = load(table + (ptrdiff_t)t * columns + 16 * v);
            mask_lanes counts = iota + (float)(16 * v) < (float)nodes->means;
            value = pick(counts, value, splat(-1e30f));
            most = pick(value > most, value, most);
        }
    }
    float maximum = most[0];
    for (int i = 1; i < 16; i++) maximum = most[i] > maximum ? most[i] : maximum;
    for (int v = 0; v < nodes->vectors; v++) store(mean_sums + 16 * v, splat(0));
    for (int t = 0; t < nodes->taus; t++) {
        lanes total = splat(0);
        for (int v = 0; v < nodes->vectors; v++) {
            float *at = table + (ptrdiff_t)t * columns + 16 * v;
            mask_lanes counts = iota + (float)(16 * v) < (float)nodes->means;
            lanes weight = pick(counts, exponential(load(at) - maximum), splat(0));
            store(at, weight);
            store(mean_sums + 16 * v, load(mean_sums + 16 * v) + weight);
            total += weight;
        }
        float sum = 0;
        for (int i = 0; i < 16; i++) sum += total[i];
        tau_sums[t] = sum;
    }
    return maximum;
}

INLINE void known_body(
    const cuneus_posterior_nodes *nodes, const float *known, int count, float origin, float *sums)
{
    const int row = (nodes->taus + 15) / 16 * 16;
    for (int t = 0; t < row; t += 16) {
        lanes tau2 = load(nodes->tau2 + t);
        lanes precision = splat(0), effects = splat(0), logs = splat(0);
        for (int s = 0; s < count; s++) {
            const float *study = known + 4 * s;
            lanes variance = fused(tau2, splat(study[3]), splat(study[1]));
            lanes w = study[2] / variance;
            float r = study[0] - origin;
            precision += w;
            effects = fused(w, splat(r), effects);
            lanes both = fused(w * r, splat(r), study[2] * logarithm(variance));
            logs = fused(both, splat(-0.5f), logs);
        }
        store(sums + t, precision);
        store(sums + row + t, effects);
        store(sums + 2 * row + t, logs);
    }
}

#if defined(__x86_64__)
V3 static void add_v3(const cuneus_posterior_nodes *n, const cuneus_posterior_term *terms, int count, float *table)
{
    add_body(n, terms, count, table);
}
V4 static void add_v4(const cuneus_posterior_nodes *n, const cuneus_posterior_term *terms, int count, float *table)
{
    add_body(n, terms, count, table);
}
V3 static void open_v3(
    const cuneus_posterior_nodes *n, const float *base, int stride, const float *p, const float *m, const float *c,
    float *table)
{
    open_body(n, base, stride, p, m, c, table);
}
V4 static void open_v4(
    const cuneus_posterior_nodes *n, const float *base, int stride, const float *p, const float *m, const float *c,
    float *table)
{
    open_body(n, base, stride, p, m, c, table);
}
V3 static float close_v3(const cuneus_posterior_nodes *n, float *table, float *means, float *taus)
{
    return close_body(n, table, means, taus);
}
V4 static float close_v4(const cuneus_posterior_nodes *n, float *table, float *means, float *taus)
{
    return close_body(n, table, means, taus);
}
V3 static void known_v3(const cuneus_posterior_nodes *n, const float *known, int count, float origin, float *sums)
{
    known_body(n, known, count, origin, sums);
}
V4 static void known_v4(const cuneus_posterior_nodes *n, const float *known, int count, float origin, float *sums)
{
    known_body(n, known, count, origin, sums);
}
#endif

void cuneus_posterior_open(
    int isa, const cuneus_posterior_nodes *nodes, const float *base, int base_stride, const float *precision,
    const float *centre, const float *constant, float *table)
{
#if defined(__x86_64__)
    if (isa == CUNEUS_ISA_V4) { open_v4(nodes, base, base_stride, precision, centre, constant, table); return; }
    if (isa == CUNEUS_ISA_V3) { open_v3(nodes, base, base_stride, precision, centre, constant, table); return; }
#endif
    open_body(nodes, base, base_stride, precision, centre, constant, table);
}

void cuneus_posterior_add(
    int isa, const cuneus_posterior_nodes *nodes, const cuneus_posterior_term *terms, int count, float *table)
{
#if defined(__x86_64__)
    if (isa == CUNEUS_ISA_V4) { add_v4(nodes, terms, count, table); return; }
    if (isa == CUNEUS_ISA_V3) { add_v3(nodes, terms, count, table); return; }
#endif
    add_body(nodes, terms, count, table);
}

float cuneus_posterior_close(
    int isa, const cuneus_posterior_nodes *nodes, float *table, float *mean_sums, float *tau_sums)
{
#if defined(__x86_64__)
    if (isa == CUNEUS_ISA_V4) return close_v4(nodes, table, mean_sums, tau_sums);
    if (isa == CUNEUS_ISA_V3) return close_v3(nodes, table, mean_sums, tau_sums);
#endif
    return close_body(nodes, table, mean_sums, tau_sums);
}

void cuneus_posterior_known(
    int isa, const cuneus_posterior_nodes *nodes, const float *known, int count, float origin, float *sums)
{
#if defined(__x86_64__)
    if (isa == CUNEUS_ISA_V4) { known_v4(nodes, known, count, origin, sums); return; }
    if (isa == CUNEUS_ISA_V3) { known_v3(nodes, known, count, origin, sums); return; }
#endif
    known_body(nodes, known, count, origin, sums);
}

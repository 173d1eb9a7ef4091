#include "AgreementKernels.h"
#include "Lanes.h"

// Products and sums are fused only where it is said: all instruction sets give the same bits.
#pragma STDC FP_CONTRACT OFF

// e^x to about two roundings, x kept within ±87: 2^n · e^r with |r| ≤ ln 2 / 2, the series to r^7.
INLINE lanes exponential(lanes x)
{
    x = at_least(x, splat(-87));
    x = -at_least(-x, splat(-87));
    // Adding and taking away 1.5·2^23 rounds to the nearest whole number.
    const lanes magic = splat(12582912.0f);
    lanes n = fused(x, splat(1.44269504f), magic) - magic;
    lanes r = fused(n, splat(-0.693145752f), x);
    r = fused(n, splat(-1.42860677e-6f), r);
    lanes series = fused(r, splat(1.0f / 5040), splat(1.0f / 720));
    series = fused(r, series, splat(1.0f / 120));
    series = fused(r, series, splat(1.0f / 24));
    series = fused(r, series, splat(1.0f / 6));
    series = fused(r, series, splat(0.5f));
    series = fused(r, series, splat(1));
    series = fused(r, series, splat(1));
    mask_lanes power = __builtin_convertvector(n, mask_lanes) << 23;
    return (lanes)((mask_lanes)series + power);
}

// Mills' ratio (1 − Φ(x))/φ(x), x ≥ 0, to 4e-7 of its value: (1 + 0.8·x)·ratio as a polynomial in (x − 3.5)/(x + 3.5), fitted at
// Chebyshev points to √(π/2)·erfcx(x/√2).
INLINE lanes mills(lanes x)
{
    lanes slope = fused(x, splat(0.8f), splat(1));
    lanes sum = x + 3.5f;
    lanes inverse = 1.0f / (slope * sum);
    lanes t = (x - 3.5f) * (slope * inverse);
    lanes p = fused(t, splat(0.00025117054f), splat(0.0002332306f));
    p = fused(t, p, splat(-0.0025303669f));
    p = fused(t, p, splat(-5.922783e-05f));
    p = fused(t, p, splat(0.019978989f));
    p = fused(t, p, splat(-0.051151082f));
    p = fused(t, p, splat(0.045404833f));
    p = fused(t, p, splat(0.0646768f));
    p = fused(t, p, splat(-0.28976166f));
    p = fused(t, p, splat(1.0129575f));
    return p * (sum * inverse);
}

// An interval in standard errors from a mean, mirrored so that the mean is not above its middle: a to b, b the farther end.
// All probabilities are in units of φ(a), which cancels; outside the interval they keep their relative accuracy however far
// out the mean is.
typedef struct {
    lanes a, b;
    // φ(b)/φ(a), and (Φ(b) − Φ(a))/φ(a).
    lanes ratio, probability;
} standard_interval;

// Farther than this inside the interval nothing changes any more, and e^(a²/2) stays a number.
static const float FARTHEST = 12;
// Intervals narrower than this many standard errors count as one value: what they then leave out is of second order.
static const float NARROW = 0.03f;

INLINE standard_interval standardised(lanes a, lanes b)
{
    standard_interval s;
    mask_lanes outside = a >= 0;
    s.a = pick(outside, a, at_least(a, splat(-FARTHEST)));
    lanes size = absolute(s.a);
    lanes limit = size + 13;
    s.b = pick(b > limit, limit, b);
    // φ(b)/φ(a) from the product of sum and difference, which does not cancel.
    s.ratio = exponential(-0.5f * ((s.b - s.a) * (s.b + s.a)));
    lanes near_tail = mills(size);
    lanes far_tail = s.ratio * mills(absolute(s.b));
    lanes whole = 2.50662827f * exponential(pick(outside, splat(0), 0.5f * (size * size)));
    s.probability = pick(outside, near_tail, whole - near_tail) - far_tail;
    s.probability = at_least(s.probability, splat(1e-9f));
    return s;
}

// Slope and information of the log-likelihood of a mean, given an interval (see IntervalEffect in Mapping).
typedef struct {
    lanes slope, information;
} score_lanes;

INLINE score_lanes score(lanes lower, lanes upper, float constant, float quadratic, lanes mean)
{
    lanes middle = 0.5f * (lower + upper);
    mask_lanes mirrored = mean > middle;
    lanes near = pick(mirrored, -upper, lower);
    lanes far = pick(mirrored, -lower, upper);
    lanes m = pick(mirrored, -mean, mean);
    // Each bound is as many of its own standard errors away as it is.
    lanes near_rate = 1.0f / root(fused(quadratic * near, near, splat(constant)));
    lanes far_rate = 1.0f / root(fused(quadratic * far, far, splat(constant)));
    mask_lanes outside = m < near;
    lanes a = (near - m) * near_rate;
    // Outside, the interval keeps its width beyond the near bound.
    lanes b = pick(outside, fused(far - near, far_rate, a), (far - m) * far_rate);
    lanes b_rate = pick(outside, near_rate, far_rate);
    standard_interval s = standardised(a, b);
    lanes inverse = 1.0f / s.probability;
    lanes far_part = s.ratio * b_rate;
    lanes slope = (near_rate - far_part) * inverse;
    lanes curvature = (s.a * near_rate * near_rate - s.b * far_part * b_rate) * inverse;
    lanes information = at_least(slope * slope - curvature, splat(1e-3f));
    mask_lanes is_narrow = (far - near) * far_rate < NARROW;
    lanes known_information = 1.0f / fused(quadratic * middle, middle, splat(constant));
    score_lanes result;
    result.slope = pick(is_narrow, (middle - mean) * known_information, pick(mirrored, -slope, slope));
    result.information = pick(is_narrow, known_information, information);
    return result;
}

// Mean and variance of a normal cut off at two bounds.
INLINE void cut_off_moments(lanes lower, lanes upper, lanes mean, lanes variance, lanes *m, lanes *t)
{
    lanes middle = 0.5f * (lower + upper);
    mask_lanes mirrored = mean > middle;
    lanes near = pick(mirrored, -upper, lower);
    lanes far = pick(mirrored, -lower, upper);
    lanes centre = pick(mirrored, -mean, mean);
    lanes deviation = root(variance);
    lanes inverse = 1.0f / deviation;
    lanes width = (far - near) * inverse;
    standard_interval s = standardised((near - centre) * inverse, (far - centre) * inverse);
    lanes per = 1.0f / s.probability;
    lanes shift = (1 - s.ratio) * per;
    lanes spread = at_least(1 + (s.a - s.b * s.ratio) * per - shift * shift, splat(0));
    lanes drawn = fused(deviation, shift, centre);
    drawn = at_least(drawn, near);
    drawn = pick(drawn > far, far, drawn);
    mask_lanes is_narrow = width < NARROW;
    *m = pick(is_narrow, middle, pick(mirrored, -drawn, drawn));
    *t = variance * pick(is_narrow, width * width * (1.0f / 12), spread);
}

INLINE mask_lanes present(lanes x) { return x == x; }

INLINE void scores_body(
    const float *lower, const float *upper, float constant, float quadratic, float weight, ptrdiff_t voxels,
    float *slopes, float *informations)
{
    for (ptrdiff_t v = 0; v < voxels; v += 16) {
        lanes low = load(lower + v), high = load(upper + v);
        mask_lanes here = present(low);
        score_lanes s = score(pick(here, low, splat(-1)), pick(here, high, splat(1)), constant, quadratic, splat(0));
        store(slopes + v, fused(splat(weight), pick(here, s.slope, splat(0)), load(slopes + v)));
        store(informations + v, fused(splat(weight), pick(here, s.information, splat(0)), load(informations + v)));
    }
}

// What the search for the most likely effect works on. counts: how many experiments of an entry are (still) in, 0 where it is
// missing; zero_slopes: their slope at mean 0.
typedef struct {
    int entries;
    const cuneus_agreement_entry *entry;
    const float *lower, *upper;
    lanes *counts, *zero_slopes;
} tile_problem;

// Which experiment's absence a search is about.
enum { NOBODY, TOWARDS_ZERO, ACROSS_ZERO };

INLINE int any_of(mask_lanes m)
{
    int any = 0;
    for (int lane = 0; lane < 16; lane++) any |= m[lane];
    return any;
}

// The mean at which the summed slope vanishes, or where it would without the one experiment that matters most: with the
// current maximum mirrored to the positive side, the least root without one of those whose absence keeps it there
// (TOWARDS_ZERO), or the greatest without one of those whose absence carries it across (ACROSS_ZERO). The least root among
// several falling functions is that of their minimum: one search serves all.
//
// Newton's method inside a shrinking bracket; a lane that has arrived is frozen, so that lanes do not depend on each other.
INLINE lanes search(
    const tile_problem *p, int without, lanes sign, lanes total_at_zero, lanes low, lanes high, lanes start,
    mask_lanes wanted, mask_lanes *found)
{
    lanes mean = at_least(pick(start > high, high, start), low);
    mask_lanes open = wanted;
    *found = (mask_lanes){0};
    for (int step = 0; step < 60 && any_of(open); step++) {
        lanes slope = {0}, information = {0}, extreme = splat(-1e30f), extreme_slope = {0}, extreme_information = {0};
        mask_lanes which = {0};
        for (int e = 0; e < p->entries; e++) {
            lanes count = p->counts[e];
            mask_lanes here = count > 0;
            lanes lower = pick(here, load(p->lower + 16 * e), splat(-1));
            lanes upper = pick(here, load(p->upper + 16 * e), splat(1));
            score_lanes s = score(
                lower, upper, p->entry[e].constant_variance, p->entry[e].quadratic_variance, mean);
            slope = fused(count, s.slope, slope);
            information = fused(count, s.information, information);
            if (without == NOBODY) continue;
            mask_lanes crosses = sign * p->zero_slopes[e] > sign * total_at_zero;
            lanes own = sign * s.slope;
            if (without == ACROSS_ZERO) own = -own;
            mask_lanes better = here & (without == ACROSS_ZERO ? crosses : ~crosses) & (own > extreme);
            extreme = pick(better, own, extreme);
            extreme_slope = pick(better, s.slope, extreme_slope);
            extreme_information = pick(better, s.information, extreme_information);
            which = (better & e) | (~better & which);
        }
        slope -= extreme_slope;
        information = at_least(information - extreme_information, splat(1e-3f));
        mask_lanes rises = slope > 0;
        low = pick(open & rises, mean, low);
        high = pick(open & ~rises, mean, high);
        lanes next = mean + slope / information;
        lanes halfway = 0.5f * (low + high);
        mask_lanes inside = (next > low) & (next < high);
        next = pick(inside, next, halfway);
        *found = (open & which) | (~open & *found);
        mask_lanes arrived = (absolute(next - mean) < 2e-6f) | (high - low < 2e-6f);
        mean = pick(open, next, mean);
        open &= ~arrived;
    }
    return mean;
}

// The most likely mean with experiments left out (MostLikelyEffect in Mapping).
INLINE lanes most_likely_mean(const tile_problem *p, int leave_out)
{
    lanes low = splat(1e30f), high = splat(-1e30f), total_count = {0};
    for (int e = 0; e < p->entries; e++) {
        mask_lanes here = p->counts[e] > 0;
        lanes lower = load(p->lower + 16 * e), upper = load(p->upper + 16 * e);
        low = pick(here & (lower < low), lower, low);
        high = pick(here & (upper > high), upper, high);
        total_count += p->counts[e];
        lanes safe_lower = pick(here, lower, splat(-1)), safe_upper = pick(here, upper, splat(1));
        p->zero_slopes[e] = score(
            safe_lower, safe_upper, p->entry[e].constant_variance, p->entry[e].quadratic_variance, splat(0)).slope;
    }
    mask_lanes everywhere = total_count > 0;
    mask_lanes found;
    lanes zero = {0};
    lanes mean = search(p, NOBODY, zero, zero, low, high, zero, everywhere, &found);
    for (int turn = 0; turn < leave_out; turn++) {
        mask_lanes wanted = everywhere & (total_count > 1);
        if (!any_of(wanted)) break;
        lanes sign = pick(mean < 0, splat(-1), splat(1));
        lanes total = {0};
        for (int e = 0; e < p->entries; e++) total = fused(p->counts[e], p->zero_slopes[e], total);
        mask_lanes has_crossing = {0}, has_other = {0};
        for (int e = 0; e < p->entries; e++) {
            mask_lanes here = p->counts[e] > 0;
            mask_lanes crosses = sign * p->zero_slopes[e] > sign * total;
            has_crossing |= here & crosses;
            has_other |= here & ~crosses;
        }
        lanes above = at_least(high, zero), below = -at_least(-low, zero);
        mask_lanes positive = sign > 0;
        mask_lanes index = {0}, other_index = {0};
        lanes best = splat(1e30f);
        if (any_of(wanted & has_other)) {
            lanes next = search(
                p, TOWARDS_ZERO, sign, total, pick(positive, zero, below), pick(positive, above, zero), mean,
                wanted & has_other, &index);
            best = pick(wanted & has_other, next, best);
        }
        if (any_of(wanted & has_crossing)) {
            lanes next = search(
                p, ACROSS_ZERO, sign, total, pick(positive, below, zero), pick(positive, zero, above), zero,
                wanted & has_crossing, &other_index);
            mask_lanes nearer = wanted & has_crossing & (absolute(next) < absolute(best));
            best = pick(nearer, next, best);
            index = (nearer & other_index) | (~nearer & index);
        }
        mean = pick(wanted, best, mean);
        for (int e = 0; e < p->entries; e++) {
            mask_lanes gone = wanted & (index == e);
            p->counts[e] = pick(gone, p->counts[e] - 1, p->counts[e]);
        }
        total_count = pick(wanted, total_count - 1, total_count);
    }
    return mean;
}

// The slope of the negative log-likelihood in the between-study variance, of one experiment (IntervalEffect in Mapping).
INLINE lanes spread_slope(lanes lower, lanes upper, float constant, float quadratic, lanes mean, lanes tau2)
{
    lanes middle = 0.5f * (lower + upper);
    mask_lanes mirrored = mean > middle;
    lanes near = pick(mirrored, -upper, lower);
    lanes far = pick(mirrored, -lower, upper);
    lanes m = pick(mirrored, -mean, mean);
    lanes near_precision = 1.0f / (fused(quadratic * near, near, splat(constant)) + tau2);
    lanes far_precision = 1.0f / (fused(quadratic * far, far, splat(constant)) + tau2);
    lanes far_rate = root(far_precision);
    mask_lanes outside = m < near;
    lanes a = (near - m) * root(near_precision);
    lanes width = (far - near) * far_rate;
    lanes b = pick(outside, a + width, (far - m) * far_rate);
    lanes a_slope = -0.5f * (a * near_precision);
    lanes b_slope = -0.5f * (pick(outside, width, b) * far_precision);
    b_slope = pick(outside, a_slope + b_slope, b_slope);
    standard_interval s = standardised(a, b);
    lanes slope = (a_slope - s.ratio * b_slope) / s.probability;
    lanes precision = 1.0f / (fused(quadratic * middle, middle, splat(constant)) + tau2);
    lanes rest = (middle - mean) * precision;
    lanes known = 0.5f * (precision - rest * rest);
    return pick(width < NARROW, known, slope);
}

INLINE lanes summed_spread_slope(const tile_problem *p, lanes mean, lanes tau2)
{
    lanes sum = {0};
    for (int e = 0; e < p->entries; e++) {
        lanes count = p->counts[e];
        mask_lanes here = count > 0;
        lanes slope = spread_slope(
            pick(here, load(p->lower + 16 * e), splat(-1)), pick(here, load(p->upper + 16 * e), splat(1)),
            p->entry[e].constant_variance, p->entry[e].quadratic_variance, mean, tau2);
        sum = fused(count, slope, sum);
    }
    return sum;
}

// The between-study variance that makes what was reported most likely around a mean: 0, or where the slope vanishes (regula
// falsi, Illinois).
INLINE lanes most_likely_spread(const tile_problem *p, lanes mean)
{
    lanes low = {0}, low_slope = summed_spread_slope(p, mean, low);
    mask_lanes open = low_slope < 0;
    if (!any_of(open)) return low;
    lanes high = splat(0.02f), high_slope = summed_spread_slope(p, mean, high);
    for (int step = 0; step < 9; step++) {
        mask_lanes short_of = open & (high_slope < 0);
        if (!any_of(short_of)) break;
        low = pick(short_of, high, low);
        low_slope = pick(short_of, high_slope, low_slope);
        high = pick(short_of, 4 * high, high);
        lanes next = summed_spread_slope(p, mean, high);
        high_slope = pick(short_of, next, high_slope);
    }
    lanes side = {0}, result = {0};
    for (int step = 0; step < 60 && any_of(open); step++) {
        lanes middle = (low * high_slope - high * low_slope) / (high_slope - low_slope);
        middle = pick((middle > low) & (middle < high), middle, 0.5f * (low + high));
        lanes slope = summed_spread_slope(p, mean, middle);
        lanes moved = absolute(middle - result);
        result = pick(open, middle, result);
        mask_lanes falls = slope < 0;
        mask_lanes again_low = falls & (side < 0), again_high = ~falls & (side > 0);
        high_slope = pick(falls, pick(again_low, 0.5f * high_slope, high_slope), slope);
        low_slope = pick(falls, slope, pick(again_high, 0.5f * low_slope, low_slope));
        low = pick(falls, middle, low);
        high = pick(falls, high, middle);
        side = pick(falls, splat(-1), splat(1));
        open &= (moved > 1e-6f) & (high - low > 1e-6f) & (absolute(slope) > 1e-5f);
    }
    return result;
}

INLINE void limits_body(
    const cuneus_agreement_model *model, const cuneus_agreement_entry *entries, const float *lower, const float *upper,
    float *scratch, float *z, float *mean)
{
    const int count = model->entries;
    lanes *counts = (lanes *)__builtin_assume_aligned(scratch, 64);
    lanes *zero_slopes = counts + count;
    tile_problem problem = {count, entries, lower, upper, counts, zero_slopes};
    for (int e = 0; e < count; e++)
        counts[e] = pick(present(load(lower + 16 * e)), splat(entries[e].count), splat(0));
    lanes mu = most_likely_mean(&problem, model->leave_out);
    store(mean, mu);

    // From here all experiments are in again.
    for (int e = 0; e < count; e++)
        counts[e] = pick(present(load(lower + 16 * e)), splat(entries[e].count), splat(0));
    lanes tau2_likely = most_likely_spread(&problem, mu);

    // A row is an entry, or the entries of a sample, at its last one: how many rows it
    // stands for, mean M and variance T of what is imputed, and the sampling variance. The search's memory is used again.
    lanes *numbers = counts, *means = zero_slopes, *imputed = means + count, *variances = imputed + count;
    lanes members = {0}, sum_m = {0}, sum_t = {0}, sum_v = {0}, sum_s = {0};
    lanes rows = {0}, w1 = {0}, w2 = {0}, wm = {0}, wt = {0};
    const float r = model->sample_correlation;
    for (int e = 0; e < count; e++) {
        lanes low = load(lower + 16 * e), high = load(upper + 16 * e);
        mask_lanes here = present(low);
        const float c = entries[e].constant_variance, k = entries[e].quadratic_variance;
        lanes m, t;
        cut_off_moments(
            pick(here, low, splat(-1)), pick(here, high, splat(1)), mu,
            fused(k * mu, mu, splat(c)) + tau2_likely, &m, &t);
        lanes v = fused(splat(k), fused(m, m, t), splat(c));
        members += pick(here, splat(1), splat(0));
        sum_m += pick(here, m, splat(0));
        sum_t += pick(here, t, splat(0));
        sum_v += pick(here, v, splat(0));
        sum_s += pick(here, root(v), splat(0));
        numbers[e] = means[e] = imputed[e] = (lanes){0};
        variances[e] = splat(1);
        if (entries[e].joins_next) continue;
        mask_lanes any = members > 0;
        lanes size = at_least(members, splat(1));
        lanes n = pick(any, splat(entries[e].count), splat(0));
        lanes row_variance = fused(r * sum_s, sum_s, (1 - r) * sum_v) / (size * size);
        row_variance = pick(any, row_variance, splat(1));
        numbers[e] = n;
        means[e] = sum_m / size;
        imputed[e] = sum_t / (size * size);
        variances[e] = row_variance;
        lanes w = 1.0f / row_variance;
        rows += n;
        w1 = fused(n, w, w1);
        w2 = fused(n * w, w, w2);
        wm = fused(n * w, means[e], wm);
        wt = fused(n * w, imputed[e], wt);
        members = sum_m = sum_t = sum_v = sum_s = (lanes){0};
    }
    // Cochran's Q, averaged over imputations.
    lanes fixed = wm / w1;
    lanes q = wt;
    for (int e = 0; e < count; e++) {
        lanes w = 1.0f / variances[e];
        lanes away = means[e] - fixed;
        lanes own = fused(away, away, -(w * imputed[e] / w1));
        q = fused(numbers[e] * w, own, q);
    }
    lanes trace = w1 - w2 / w1;
    mask_lanes several = rows > 1;
    lanes tau2 = pick(several, at_least((q - (rows - 1)) / pick(several, trace, splat(1)), splat(0)), splat(0));
    lanes sum = {0}, pooled = {0}, spread = {0};
    for (int e = 0; e < count; e++) {
        lanes w = 1.0f / (variances[e] + tau2);
        sum = fused(numbers[e], w, sum);
        pooled = fused(numbers[e] * w, means[e], pooled);
        spread = fused(numbers[e] * w * w, imputed[e], spread);
    }
    // (Σw*M / Σw*) / √(1/Σw* + Σw*²T / (Σw*)²) = Σw*M / √(Σw* + Σw*²T); 0/0 where nothing is present.
    store(z, pooled / root(sum + spread));
}

#if defined(__x86_64__)
V3 static void scores_v3(
    const float *a, const float *b, float c, float d, float e, ptrdiff_t f, float *g, float *h)
{
    scores_body(a, b, c, d, e, f, g, h);
}
V4 static void scores_v4(
    const float *a, const float *b, float c, float d, float e, ptrdiff_t f, float *g, float *h)
{
    scores_body(a, b, c, d, e, f, g, h);
}
V3 static void limits_v3(
    const cuneus_agreement_model *a, const cuneus_agreement_entry *b, const float *c, const float *d, float *e,
    float *f, float *g)
{
    limits_body(a, b, c, d, e, f, g);
}
V4 static void limits_v4(
    const cuneus_agreement_model *a, const cuneus_agreement_entry *b, const float *c, const float *d, float *e,
    float *f, float *g)
{
    limits_body(a, b, c, d, e, f, g);
}
#endif

void cuneus_agreement_scores(
    int isa, const float *lower, const float *upper, float constant_variance, float quadratic_variance, float weight,
    ptrdiff_t voxels, float *slopes, float *informations)
{
#if defined(__x86_64__)
    if (isa == CUNEUS_ISA_V4) {
        scores_v4(lower, upper, constant_variance, quadratic_variance, weight, voxels, slopes, informations);
        return;
    }
    if (isa == CUNEUS_ISA_V3) {
        scores_v3(lower, upper, constant_variance, quadratic_variance, weight, voxels, slopes, informations);
        return;
    }
#endif
    scores_body(lower, upper, constant_variance, quadratic_variance, weight, voxels, slopes, informations);
}

void cuneus_agreement_limits(
    int isa, const cuneus_agreement_model *model, const cuneus_agreement_entry *entries, const float *lower,
    const float *upper, float *scratch, float *z, float *mean)
{
#if defined(__x86_64__)
    if (isa == CUNEUS_ISA_V4) { limits_v4(model, entries, lower, upper, scratch, z, mean); return; }
    if (isa == CUNEUS_ISA_V3) { limits_v3(model, entries, lower, upper, scratch, z, mean); return; }
#endif
    limits_body(model, entries, lower, upper, scratch, z, mean);
}

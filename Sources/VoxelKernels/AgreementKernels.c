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

// (1 + 0.8·x) times Mills' ratio (1 − Φ(x))/φ(x), x ≥ 0, in t = (x − 3.5)/(x + 3.5): fitted at Chebyshev points to
// √(π/2)·erfcx(x/√2), right to 4e-7 of the ratio.
INLINE lanes scaled_mills(lanes t)
{
    lanes p = fused(t, splat(0.00025117054f), splat(0.0002332306f));
    p = fused(t, p, splat(-0.0025303669f));
    p = fused(t, p, splat(-5.922783e-05f));
    p = fused(t, p, splat(0.019978989f));
    p = fused(t, p, splat(-0.051151082f));
    p = fused(t, p, splat(0.045404833f));
    p = fused(t, p, splat(0.0646768f));
    p = fused(t, p, splat(-0.28976166f));
    return fused(t, p, splat(1.0129575f));
}

// Mills' ratios of two numbers with one division for both: divisions are what this costs.
INLINE void mills(lanes x, lanes y, lanes *of_x, lanes *of_y)
{
    lanes slope_x = fused(x, splat(0.8f), splat(1)), sum_x = x + 3.5f;
    lanes slope_y = fused(y, splat(0.8f), splat(1)), sum_y = y + 3.5f;
    lanes both_x = slope_x * sum_x, both_y = slope_y * sum_y;
    lanes inverse = 1.0f / (both_x * both_y);
    lanes inverse_x = both_y * inverse, inverse_y = both_x * inverse;
    *of_x = scaled_mills((x - 3.5f) * (slope_x * inverse_x)) * (sum_x * inverse_x);
    *of_y = scaled_mills((y - 3.5f) * (slope_y * inverse_y)) * (sum_y * inverse_y);
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
    lanes near_tail, far_tail;
    mills(size, absolute(s.b), &near_tail, &far_tail);
    far_tail *= s.ratio;
    lanes whole = 2.50662827f * exponential(pick(outside, splat(0), 0.5f * (size * size)));
    s.probability = pick(outside, near_tail, whole - near_tail) - far_tail;
    s.probability = at_least(s.probability, splat(1e-9f));
    return s;
}

// What an experiment says in the voxels of a tile. counts: how many experiments an entry stands for (and which are still in), 0
// where it is missing; the bounds are then any numbers.
typedef struct {
    lanes lower, upper;
    // 1/√(c + K·g²) at the bounds.
    lanes lower_rate, upper_rate;
    // 1/(c + K·g²) in the middle where the interval is one value, else 0.
    lanes known_information;
    lanes count;
    // Slope at mean 0.
    lanes zero_slope;
} tile_entry;

INLINE tile_entry prepared(lanes lower, lanes upper, float constant, float quadratic, float count)
{
    tile_entry e;
    mask_lanes here = lower == lower;
    e.lower = pick(here, lower, splat(-1));
    e.upper = pick(here, upper, splat(1));
    e.lower_rate = 1.0f / root(fused(quadratic * e.lower, e.lower, splat(constant)));
    e.upper_rate = 1.0f / root(fused(quadratic * e.upper, e.upper, splat(constant)));
    lanes middle = 0.5f * (e.lower + e.upper);
    mask_lanes is_narrow = 0.5f * (e.upper - e.lower) * (e.lower_rate + e.upper_rate) < NARROW;
    e.known_information = pick(is_narrow, 1.0f / fused(quadratic * middle, middle, splat(constant)), splat(0));
    e.count = pick(here, splat(count), splat(0));
    e.zero_slope = splat(0);
    return e;
}

// Slope and information of the log-likelihood of a mean, given an interval (see IntervalEffect in Mapping).
typedef struct {
    lanes slope, information;
} score_lanes;

INLINE score_lanes score(const tile_entry *e, lanes mean)
{
    lanes middle = 0.5f * (e->lower + e->upper);
    mask_lanes mirrored = mean > middle;
    lanes near = pick(mirrored, -e->upper, e->lower);
    lanes far = pick(mirrored, -e->lower, e->upper);
    lanes m = pick(mirrored, -mean, mean);
    // Each bound is as many of its own standard errors away as it is.
    lanes near_rate = pick(mirrored, e->upper_rate, e->lower_rate);
    lanes far_rate = pick(mirrored, e->lower_rate, e->upper_rate);
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
    mask_lanes is_known = e->known_information > 0;
    score_lanes result;
    result.slope = pick(is_known, (middle - mean) * e->known_information, pick(mirrored, -slope, slope));
    result.information = pick(is_known, e->known_information, information);
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

INLINE void scores_body(
    const float *lower, const float *upper, float constant, float quadratic, float weight, ptrdiff_t voxels,
    float *slopes, float *informations)
{
    for (ptrdiff_t v = 0; v < voxels; v += 16) {
        tile_entry e = prepared(load(lower + v), load(upper + v), constant, quadratic, weight);
        score_lanes s = score(&e, splat(0));
        store(slopes + v, fused(e.count, s.slope, load(slopes + v)));
        store(informations + v, fused(e.count, s.information, load(informations + v)));
    }
}

// Which experiment's absence a search is about.
enum { NOBODY, TOWARDS_ZERO, ACROSS_ZERO };

// How small Newton's last step is: where the mean is wanted, and where only whose absence it is. The error left is of the order
// of the step's square.
static const float FINE = 2e-5f;
static const float COARSE = 2e-3f;

INLINE int any_of(mask_lanes m) { return __builtin_reduce_or(m) != 0; }

// The mean at which the summed slope vanishes, or where it would without the one experiment that matters most: with the
// current maximum mirrored to the positive side, the least root without one of those whose absence keeps it there
// (TOWARDS_ZERO), or the greatest without one of those whose absence carries it across (ACROSS_ZERO). The least root among
// several falling functions is that of their minimum: one search serves all.
//
// Newton's method inside a shrinking bracket, until a step is smaller than `accuracy`; a lane that has arrived is frozen, so that lanes do not depend on each other.
INLINE lanes search(
    const tile_entry *entry, int entries, int without, lanes sign, lanes total_at_zero, lanes low, lanes high,
    lanes start, float accuracy, mask_lanes wanted, mask_lanes *found)
{
    lanes mean = at_least(pick(start > high, high, start), low);
    mask_lanes open = wanted;
    *found = (mask_lanes){0};
    for (int step = 0; step < 60 && any_of(open); step++) {
        lanes slope = {0}, information = {0}, extreme = splat(-1e30f), extreme_slope = {0}, extreme_information = {0};
        mask_lanes which = {0};
        for (int n = 0; n < entries; n++) {
            const tile_entry *e = entry + n;
            score_lanes s = score(e, mean);
            slope = fused(e->count, s.slope, slope);
            information = fused(e->count, s.information, information);
            if (without == NOBODY) continue;
            mask_lanes crosses = sign * e->zero_slope > sign * total_at_zero;
            lanes own = sign * s.slope;
            if (without == ACROSS_ZERO) own = -own;
            mask_lanes better = (e->count > 0) & (without == ACROSS_ZERO ? crosses : ~crosses) & (own > extreme);
            extreme = pick(better, own, extreme);
            extreme_slope = pick(better, s.slope, extreme_slope);
            extreme_information = pick(better, s.information, extreme_information);
            which = (better & n) | (~better & which);
        }
        slope -= extreme_slope;
        information = at_least(information - extreme_information, splat(1e-3f));
        mask_lanes rises = slope > 0;
        low = pick(open & rises, mean, low);
        high = pick(open & ~rises, mean, high);
        lanes next = mean + slope / information;
        next = pick((next > low) & (next < high), next, 0.5f * (low + high));
        *found = (open & which) | (~open & *found);
        mask_lanes arrived = (absolute(next - mean) < accuracy) | (high - low < 2e-6f);
        mean = pick(open, next, mean);
        open &= ~arrived;
    }
    return mean;
}

// The most likely mean with experiments left out (MostLikelyEffect in Mapping).
INLINE lanes most_likely_mean(tile_entry *entry, int entries, int leave_out)
{
    lanes low = splat(1e30f), high = splat(-1e30f), total_count = {0}, total = {0};
    const lanes zero = {0};
    for (int n = 0; n < entries; n++) {
        tile_entry *e = entry + n;
        mask_lanes here = e->count > 0;
        low = pick(here & (e->lower < low), e->lower, low);
        high = pick(here & (e->upper > high), e->upper, high);
        total_count += e->count;
        e->zero_slope = score(e, zero).slope;
        total = fused(e->count, e->zero_slope, total);
    }
    mask_lanes everywhere = total_count > 0;
    mask_lanes found;
    // The maximum is on the side to which the likelihood rises from 0. Where experiments are left out, its place is not needed.
    lanes mean = search(
        entry, entries, NOBODY, zero, zero, pick(total > 0, zero, low), pick(total > 0, high, zero), zero, FINE,
        everywhere & (total != 0) & (leave_out > 0 ? (mask_lanes)(total_count <= 1) : ~(mask_lanes){0}), &found);
    lanes side = total;
    for (int turn = 0; turn < leave_out; turn++) {
        mask_lanes wanted = everywhere & (total_count > 1);
        if (!any_of(wanted)) break;
        lanes sign = pick(side < 0, splat(-1), splat(1));
        // Before the last turn only the experiment matters, not the mean.
        const float accuracy = turn + 1 < leave_out ? COARSE : FINE;
        mask_lanes has_crossing = {0}, has_other = {0};
        for (int n = 0; n < entries; n++) {
            mask_lanes here = entry[n].count > 0;
            mask_lanes crosses = sign * entry[n].zero_slope > sign * total;
            has_crossing |= here & crosses;
            has_other |= here & ~crosses;
        }
        lanes above = at_least(high, zero), below = -at_least(-low, zero);
        mask_lanes positive = sign > 0;
        mask_lanes index = {0}, other_index = {0};
        lanes best = splat(1e30f);
        mask_lanes stays = wanted & has_other, changes = wanted & has_crossing;
        if (any_of(stays)) {
            lanes next = search(
                entry, entries, TOWARDS_ZERO, sign, total, pick(positive, zero, below), pick(positive, above, zero),
                mean, accuracy, stays, &index);
            best = pick(stays, next, best);
        }
        if (any_of(changes)) {
            lanes next = search(
                entry, entries, ACROSS_ZERO, sign, total, pick(positive, below, zero), pick(positive, zero, above),
                zero, accuracy, changes, &other_index);
            mask_lanes nearer = changes & (absolute(next) < absolute(best));
            best = pick(nearer, next, best);
            index = (nearer & other_index) | (~nearer & index);
        }
        mean = pick(wanted, best, mean);
        side = mean;
        for (int n = 0; n < entries; n++) {
            mask_lanes gone = wanted & (index == n);
            entry[n].count = pick(gone, entry[n].count - 1, entry[n].count);
            total = pick(gone, total - entry[n].zero_slope, total);
        }
        total_count = pick(wanted, total_count - 1, total_count);
    }
    return mean;
}

// The slope of the negative log-likelihood in the between-study variance, of one experiment (IntervalEffect in Mapping).
INLINE lanes spread_slope(const tile_entry *e, float constant, float quadratic, lanes mean, lanes tau2)
{
    lanes middle = 0.5f * (e->lower + e->upper);
    mask_lanes mirrored = mean > middle;
    lanes near = pick(mirrored, -e->upper, e->lower);
    lanes far = pick(mirrored, -e->lower, e->upper);
    lanes m = pick(mirrored, -mean, mean);
    lanes near_variance = fused(quadratic * near, near, splat(constant)) + tau2;
    lanes far_variance = fused(quadratic * far, far, splat(constant)) + tau2;
    lanes inverse = 1.0f / (near_variance * far_variance);
    lanes near_precision = far_variance * inverse, far_precision = near_variance * inverse;
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
    mask_lanes is_known = width < NARROW;
    if (!any_of(is_known)) return slope;
    lanes precision = 1.0f / (fused(quadratic * middle, middle, splat(constant)) + tau2);
    lanes rest = (middle - mean) * precision;
    return pick(is_known, 0.5f * (precision - rest * rest), slope);
}

INLINE lanes summed_spread_slope(
    const tile_entry *entry, const cuneus_agreement_entry *entries, int count, lanes mean, lanes tau2)
{
    lanes sum = {0};
    for (int n = 0; n < count; n++) {
        lanes slope = spread_slope(
            entry + n, entries[n].constant_variance, entries[n].quadratic_variance, mean, tau2);
        sum = fused(entry[n].count, slope, sum);
    }
    return sum;
}

// The between-study variance that makes what was reported most likely around a mean: 0, or where the slope vanishes (regula
// falsi, Illinois).
INLINE lanes most_likely_spread(
    const tile_entry *entry, const cuneus_agreement_entry *entries, int count, lanes mean)
{
    lanes low = {0}, low_slope = summed_spread_slope(entry, entries, count, mean, low);
    mask_lanes open = low_slope < 0;
    if (!any_of(open)) return low;
    lanes high = splat(0.02f), high_slope = summed_spread_slope(entry, entries, count, mean, high);
    for (int step = 0; step < 9; step++) {
        mask_lanes short_of = open & (high_slope < 0);
        if (!any_of(short_of)) break;
        low = pick(short_of, high, low);
        low_slope = pick(short_of, high_slope, low_slope);
        high = pick(short_of, 4 * high, high);
        lanes next = summed_spread_slope(entry, entries, count, mean, high);
        high_slope = pick(short_of, next, high_slope);
    }
    lanes side = {0}, result = {0};
    for (int step = 0; step < 60 && any_of(open); step++) {
        lanes middle = (low * high_slope - high * low_slope) / (high_slope - low_slope);
        middle = pick((middle > low) & (middle < high), middle, 0.5f * (low + high));
        lanes slope = summed_spread_slope(entry, entries, count, mean, middle);
        lanes moved = absolute(middle - result);
        result = pick(open, middle, result);
        mask_lanes falls = slope < 0;
        mask_lanes again_low = falls & (side < 0), again_high = ~falls & (side > 0);
        high_slope = pick(falls, pick(again_low, 0.5f * high_slope, high_slope), slope);
        low_slope = pick(falls, slope, pick(again_high, 0.5f * low_slope, low_slope));
        low = pick(falls, middle, low);
        high = pick(falls, high, middle);
        side = pick(falls, splat(-1), splat(1));
        // z changes by less than 1e-3 for this much of a relative change.
        open &= (moved > 1e-3f * result + 1e-6f) & (high - low > 1e-6f) & (absolute(slope) > 1e-4f);
    }
    return result;
}

// A row of the pooling over imputations: how many rows it stands for, mean and variance of what is imputed, sampling variance.
typedef struct {
    lanes number, mean, imputed, variance;
} tile_row;

INLINE void limits_body(
    const cuneus_agreement_model *model, const cuneus_agreement_entry *entries, const float *lower, const float *upper,
    float *scratch, float *z, float *mean)
{
    const int count = model->entries;
    tile_entry *entry = (tile_entry *)__builtin_assume_aligned(scratch, 64);
    for (int n = 0; n < count; n++)
        entry[n] = prepared(
            load(lower + 16 * n), load(upper + 16 * n), entries[n].constant_variance, entries[n].quadratic_variance,
            entries[n].count);
    lanes mu = most_likely_mean(entry, count, model->leave_out);
    store(mean, mu);

    // From here all experiments are in again.
    for (int n = 0; n < count; n++) {
        lanes low = load(lower + 16 * n);
        entry[n].count = pick(low == low, splat(entries[n].count), splat(0));
    }
    lanes likely_tau2 = most_likely_spread(entry, entries, count, mu);

    // A row is an entry, or the entries of a sample.
    tile_row *row = (tile_row *)(entry + count);
    int row_count = 0;
    lanes members = {0}, sum_m = {0}, sum_t = {0}, sum_v = {0}, sum_s = {0};
    lanes rows = {0}, w1 = {0}, w2 = {0}, wm = {0}, wt = {0};
    const float r = model->sample_correlation;
    for (int n = 0; n < count; n++) {
        tile_entry *e = entry + n;
        const float c = entries[n].constant_variance, k = entries[n].quadratic_variance;
        mask_lanes here = e->count > 0;
        lanes m, t;
        cut_off_moments(e->lower, e->upper, mu, fused(k * mu, mu, splat(c)) + likely_tau2, &m, &t);
        lanes v = fused(splat(k), fused(m, m, t), splat(c));
        members += pick(here, splat(1), splat(0));
        sum_m += pick(here, m, splat(0));
        sum_t += pick(here, t, splat(0));
        sum_v += pick(here, v, splat(0));
        sum_s += pick(here, root(v), splat(0));
        if (entries[n].joins_next) continue;
        mask_lanes any = members > 0;
        lanes size = at_least(members, splat(1));
        lanes number = pick(any, splat(entries[n].count), splat(0));
        lanes row_variance = fused(r * sum_s, sum_s, (1 - r) * sum_v) / (size * size);
        row_variance = pick(any, row_variance, splat(1));
        lanes m_row = sum_m / size, t_row = sum_t / (size * size);
        row[row_count++] = (tile_row){number, m_row, t_row, row_variance};
        lanes w = 1.0f / row_variance;
        rows += number;
        w1 = fused(number, w, w1);
        w2 = fused(number * w, w, w2);
        wm = fused(number * w, m_row, wm);
        wt = fused(number * w, t_row, wt);
        members = sum_m = sum_t = sum_v = sum_s = (lanes){0};
    }
    // Cochran's Q, averaged over imputations.
    lanes fixed = wm / w1;
    lanes q = wt;
    for (int n = 0; n < row_count; n++) {
        lanes w = 1.0f / row[n].variance;
        lanes away = row[n].mean - fixed;
        lanes own = fused(away, away, -(w * row[n].imputed / w1));
        q = fused(row[n].number * w, own, q);
    }
    lanes trace = w1 - w2 / w1;
    mask_lanes several = rows > 1;
    lanes tau2 = pick(several, at_least((q - (rows - 1)) / pick(several, trace, splat(1)), splat(0)), splat(0));
    lanes sum = {0}, pooled = {0}, spread = {0};
    for (int n = 0; n < row_count; n++) {
        lanes w = 1.0f / (row[n].variance + tau2);
        sum = fused(row[n].number, w, sum);
        pooled = fused(row[n].number * w, row[n].mean, pooled);
        spread = fused(row[n].number * w * w, row[n].imputed, spread);
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

#include "Lanes.h"

#include <math.h>

INLINE void means_body(
    const float *subjects, int count, const float *weights, int permutations, float *means, ptrdiff_t stride)
{
    int p = 0;
    for (; p + 4 <= permutations; p += 4) {
        const float *w = weights + (ptrdiff_t)p * count;
        lanes a0 = {0}, a1 = {0}, b0 = {0}, b1 = {0}, c0 = {0}, c1 = {0}, d0 = {0}, d1 = {0};
        for (int i = 0; i < count; i++) {
            lanes x0 = load(subjects + (ptrdiff_t)i * CUNEUS_TILE);
            lanes x1 = load(subjects + (ptrdiff_t)i * CUNEUS_TILE + 16);
            lanes wa = splat(w[i]), wb = splat(w[count + i]);
            lanes wc = splat(w[2 * count + i]), wd = splat(w[3 * count + i]);
            a0 = fused(wa, x0, a0); a1 = fused(wa, x1, a1);
            b0 = fused(wb, x0, b0); b1 = fused(wb, x1, b1);
            c0 = fused(wc, x0, c0); c1 = fused(wc, x1, c1);
            d0 = fused(wd, x0, d0); d1 = fused(wd, x1, d1);
        }
        float *out = means + (ptrdiff_t)p * stride;
        store(out, a0); store(out + 16, a1); out += stride;
        store(out, b0); store(out + 16, b1); out += stride;
        store(out, c0); store(out + 16, c1); out += stride;
        store(out, d0); store(out + 16, d1);
    }
    for (; p < permutations; p++) {
        const float *w = weights + (ptrdiff_t)p * count;
        lanes a0 = {0}, a1 = {0};
        for (int i = 0; i < count; i++) {
            lanes wa = splat(w[i]);
            a0 = fused(wa, load(subjects + (ptrdiff_t)i * CUNEUS_TILE), a0);
            a1 = fused(wa, load(subjects + (ptrdiff_t)i * CUNEUS_TILE + 16), a1);
        }
        store(means + (ptrdiff_t)p * stride, a0);
        store(means + (ptrdiff_t)p * stride + 16, a1);
    }
}

// An effect and its weight at a row of the pooling (an experiment, or those of one sample together) in one imputation, the effect g
// measured from a centre C: as fractions of the same bottom, so that nothing is divided by a root.
//
// weight 1/v = top/bottom, weighted effect (g − C)/v = effect/bottom; at τ² the bottom is bottom + τ²·top.
typedef struct {
    lanes top, bottom, effect;
} pooled_row;

// Sums over rows: of weights, their squares, weighted effects, weighted squared effects.
typedef struct {
    lanes w, ww, wy, wyy;
} pooled_sums;

// What the kernel makes of a cuneus_experiment whose subjects' variance is estimated.
//
// With m and slope multiplied by √spread, the variance within permuted groups 1 + spread·(d² − m²) is A − m², A = 1 + spread·d²; the
// effect is g = effect·m/√var and its sampling variance (variance·var + quadratic·A)/var, all of whose terms are positive.
typedef struct {
    float slope, spread, variance, quadratic, effect;
} pooled_constants;

INLINE int in_fours(int count) { return (count + 3) & ~3; }

// One division for four: a division takes the processor as long as twenty multiplications. Bottoms are of the order of 1/n, at τ² of
// τ² times (1 + d²), so that the product of four neither overflows nor vanishes up to effects d of hundreds.
INLINE void reciprocals(const lanes *x, lanes *inverses)
{
    lanes ab = x[0] * x[1], cd = x[2] * x[3];
    lanes inverse = 1.0f / (ab * cd);
    lanes of_ab = cd * inverse, of_cd = ab * inverse;
    inverses[0] = x[1] * of_ab;
    inverses[1] = x[0] * of_ab;
    inverses[2] = x[3] * of_cd;
    inverses[3] = x[2] * of_cd;
}

#define UNROLLED _Pragma("clang loop unroll(full)")

// Rows of four experiments whose subjects' variance is estimated, and what they add to the sums. d: where imputed effects lie; present:
// where 0 or 1 lies, or null when all are there.
//
// With sd = √var: w = var/b, w·(g − C) = h·sd/b and w·(g − C)² = h²/b, where b = variance·var + quadratic·A and h = effect·m − C·sd. So one
// root an experiment and one division for four are all that is needed.
INLINE void four_rows(
    const float *const *d, const lanes *means, const pooled_constants *constants, const float *const *present,
    lanes centre, pooled_row *rows, pooled_sums *sums)
{
    lanes h[4], bottoms[4], inverses[4];
    UNROLLED for (int i = 0; i < 4; i++) {
        const pooled_constants c = constants[i];
        lanes effect = load(d[i]);
        lanes scaled = c.spread * effect;
        lanes a = fused(scaled, effect, splat(1));
        lanes m = fused(effect, splat(c.slope), means[i]);
        lanes var = at_least(fused(-m, m, a), splat(1e-6f));
        lanes sd = root(var);
        lanes qa = c.quadratic * a;
        bottoms[i] = fused(splat(c.variance), var, qa);
        lanes top = c.effect * m;
        h[i] = fused(-centre, sd, top);
        if (present) {
            lanes here = load(present[i]);
            var *= here;
            h[i] *= here;
        }
        rows[i].top = var;
        rows[i].bottom = bottoms[i];
        rows[i].effect = h[i] * sd;
    }
    reciprocals(bottoms, inverses);
    UNROLLED for (int i = 0; i < 4; i++) {
        lanes w = rows[i].top * inverses[i];
        lanes hh = h[i] * h[i];
        sums->w += w;
        sums->ww = fused(w, w, sums->ww);
        sums->wy = fused(rows[i].effect, inverses[i], sums->wy);
        sums->wyy = fused(hh, inverses[i], sums->wyy);
    }
}

// What four rows add to the sums of weights and weighted effects at τ².
INLINE void pool_four(const pooled_row *rows, lanes tau2, lanes *total, lanes *weighted)
{
    lanes bottoms[4], inverses[4];
    UNROLLED for (int i = 0; i < 4; i++) bottoms[i] = fused(tau2, rows[i].top, rows[i].bottom);
    reciprocals(bottoms, inverses);
    // Pairs first: a shorter chain of additions that wait for each other.
    lanes t0 = rows[0].top * inverses[0], t1 = rows[1].top * inverses[1];
    lanes w0 = rows[0].effect * inverses[0], w1 = rows[1].effect * inverses[1];
    t0 = fused(rows[2].top, inverses[2], t0);
    t1 = fused(rows[3].top, inverses[3], t1);
    w0 = fused(rows[2].effect, inverses[2], w0);
    w1 = fused(rows[3].effect, inverses[3], w1);
    lanes t = t0 + t1, w = w0 + w1;
    *total += t;
    *weighted += w;
}

// Fisher scoring. A lane that has converged is frozen, so its result does not depend on its neighbours.
INLINE lanes reml(const pooled_row *rows, int count, lanes tau2, lanes speaking)
{
    lanes mean_variance = {0};
    for (int s = 0; s < count; s++) {
        mask_lanes here = rows[s].top > 0;
        mean_variance += pick(here, rows[s].bottom / pick(here, rows[s].top, splat(1)), splat(0));
    }
    mean_variance /= at_least(speaking, splat(1));
    mask_lanes open = (mask_lanes)(speaking > 1);
    for (int step = 0; step < 100; step++) {
        lanes w1 = {0}, w2 = {0}, w3 = {0}, wy = {0}, w2y = {0}, w2yy = {0};
        for (int s = 0; s < count; s += 4) {
            lanes bottoms[4], inverses[4];
            for (int i = 0; i < 4; i++) bottoms[i] = fused(tau2, rows[s + i].top, rows[s + i].bottom);
            reciprocals(bottoms, inverses);
            for (int i = 0; i < 4; i++) {
                lanes w = rows[s + i].top * inverses[i];
                lanes y = rows[s + i].effect * inverses[i];
                lanes ww = w * w;
                w1 += w;
                w2 += ww;
                w3 = fused(ww, w, w3);
                wy += y;
                w2y = fused(w, y, w2y);
                w2yy = fused(y, y, w2yy);
            }
        }
        lanes mu = wy / w1;
        lanes score = fused(mu, fused(mu, w2, -2 * w2y), w2yy);
        lanes ratio = w2 / w1;
        lanes trace_p = w1 - ratio;
        lanes trace_pp = fused(ratio, ratio, w2) - 2 * w3 / w1;
        lanes next = at_least(tau2 + (score - trace_p) / trace_pp, splat(0));
        lanes change = next - tau2;
        tau2 = pick(open, next, tau2);
        lanes limit = 1e-5f * (tau2 + mean_variance);
        open &= (mask_lanes)(change > limit) | (mask_lanes)(change < -limit);
        int any = 0;
        for (int lane = 0; lane < 16; lane++) any |= open[lane];
        if (!any) break;
    }
    return tau2;
}

// Where a lane's arguments lie, for sixteen voxels of the tile.
typedef struct {
    const cuneus_pooling *pooling;
    const cuneus_experiment *experiments;
    const float *means, *slopes, *present;
    const pooled_constants *constants;
    // Means times √spread, [experiments in fours].
    const lanes *scaled;
} pooled_data;

// Rows of any experiments, and their sums, from effects and weights: bottoms are 1. Returns how many rows.
INLINE int any_rows(const pooled_data *data, const float *d_row, lanes centre, pooled_row *rows, pooled_sums *sums)
{
    sample_sums sample = {{0}, {0}, {0}, {0}};
    bool is_joined = false;
    int row = 0;
    for (int s = 0; s < data->pooling->experiments; s++) {
        const cuneus_experiment e = data->experiments[s];
        const ptrdiff_t at = (ptrdiff_t)s * CUNEUS_TILE;
        lanes d = load(d_row + at);
        lanes m = fused(d, splat(data->slopes[s]), load(data->means + at));
        lanes w, g;
        permuted_effect(e, data->pooling->unit_variance, d, m, &g, &w);
        if (data->present) w *= load(data->present + at);
        if (e.joins_next || is_joined) {
            gather(&sample, g, w);
            is_joined = e.joins_next;
            if (is_joined) continue;
            combine(sample, data->pooling->sample_correlation, &g, &w);
            sample = (sample_sums){{0}, {0}, {0}, {0}};
        }
        g -= centre;
        lanes product = w * g;
        rows[row++] = (pooled_row){w, splat(1), product};
        sums->w += w;
        sums->ww = fused(w, w, sums->ww);
        sums->wy += product;
        sums->wyy = fused(product, g, sums->wyy);
    }
    return row;
}

static const float nothing[16] = {0};
static const float everything[16] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};

// Pools the rows of the imputation before at its τ² and puts those of the next one in their place. Together, since rows are
// bound by the divider and pooling by multiplications.
INLINE void sweep(
    const bool pools, const bool fits, const pooled_data *data, const float *d_row, lanes centre, lanes tau2,
    pooled_row *rows, pooled_sums *sums, lanes *total, lanes *weighted)
{
    const int count = data->pooling->experiments;
    pooled_sums own = {{0}, {0}, {0}, {0}};
    lanes t = {0}, w = {0};
    int s = 0;
    if (!data->present) {
        for (; s + 4 <= count; s += 4) {
            if (pools) pool_four(rows + s, tau2, &t, &w);
            if (!fits) continue;
            const float *first = d_row + (ptrdiff_t)s * CUNEUS_TILE;
            const float *d[4] = {first, first + CUNEUS_TILE, first + 2 * CUNEUS_TILE, first + 3 * CUNEUS_TILE};
            four_rows(d, data->scaled + s, data->constants + s, NULL, centre, rows + s, &own);
        }
    }
    for (; s < count; s += 4) {
        if (pools) pool_four(rows + s, tau2, &t, &w);
        if (!fits) continue;
        const float *d[4], *here[4];
        for (int i = 0; i < 4; i++) {
            const ptrdiff_t at = (ptrdiff_t)(s + i) * CUNEUS_TILE;
            d[i] = s + i < count ? d_row + at : nothing;
            here[i] = s + i >= count ? nothing : data->present ? data->present + at : everything;
        }
        four_rows(d, data->scaled + s, data->constants + s, here, centre, rows + s, &own);
    }
    *sums = own;
    *total = t;
    *weighted = w;
}

INLINE void pooled_body(
    const cuneus_pooling *pooling, const cuneus_experiment *experiments, const float *means, const float *slopes,
    const float *effects, const float *present, float *scratch, float *z)
{
    const int count = pooling->experiments;
    const int padded = in_fours(count);
    const int imputations = pooling->imputations;
    pooled_row *rows = (pooled_row *)__builtin_assume_aligned(scratch, 64);
    lanes *scaled = (lanes *)(rows + padded);
    pooled_constants *constants = (pooled_constants *)(scaled + padded);
    bool is_plain = !pooling->unit_variance;
    for (int s = 0; s < count; s++) is_plain &= !experiments[s].correlation && !experiments[s].joins_next;
    for (int s = 0; is_plain && s < padded; s++) {
        if (s >= count) {
            constants[s] = (pooled_constants){0, 0, 0, 1, 0};
            continue;
        }
        const cuneus_experiment e = experiments[s];
        float spread_root = __builtin_sqrtf(e.spread);
        float effect = e.correction / spread_root;
        float quadratic = e.quadratic_variance * effect;
        quadratic *= effect;
        constants[s] = (pooled_constants){
            spread_root * slopes[s], e.spread, e.constant_variance - quadratic, quadratic, effect};
    }
    for (int half = 0; half < CUNEUS_TILE; half += 16) {
        const pooled_data data = {
            pooling, experiments, means + half, slopes, present ? present + half : NULL, constants, scaled};
        lanes speaking = {0};
        int used = 0;
        lanes any = {0};
        for (int s = 0; s < count; s++) {
            any = at_least(data.present ? load(data.present + (ptrdiff_t)s * CUNEUS_TILE) : splat(1), any);
            if (experiments[s].joins_next) continue;
            speaking += any;
            any = splat(0);
            used++;
        }
        for (int s = 0; is_plain && s < padded; s++) {
            float spread_root = s < count ? __builtin_sqrtf(experiments[s].spread) : 0;
            scaled[s] = s < count ? spread_root * load(data.means + (ptrdiff_t)s * CUNEUS_TILE) : splat(0);
        }
        for (int s = 0; s < padded; s++) rows[s] = (pooled_row){splat(0), splat(1), splat(0)};
        const lanes df = speaking - 1;
        lanes centre = {0}, tau2 = {0}, sum = {0}, squares = {0}, variances = {0};
        lanes sum_rest = {0}, squares_rest = {0}, variances_rest = {0};
        // Effects are measured from near their mean, else Q would be the small difference of two large sums. The rows of the first
        // imputation are made once ahead to find where that is; those of each are pooled in the turn after.
        for (int turn = -1; turn <= imputations; turn++) {
            const bool pools = turn > 0, fits = turn < imputations;
            const float *d_row = effects + (ptrdiff_t)(turn < 0 ? 0 : turn) * count * CUNEUS_TILE + half;
            pooled_sums sums = {{0}, {0}, {0}, {0}};
            lanes total = {0}, weighted = {0};
            if (!is_plain) {
                for (int s = 0; pools && s < used; s += 4) pool_four(rows + s, tau2, &total, &weighted);
                if (fits) any_rows(&data, d_row, centre, rows, &sums);
            } else if (pools && fits) {
                sweep(true, true, &data, d_row, centre, tau2, rows, &sums, &total, &weighted);
            } else if (fits) {
                sweep(false, true, &data, d_row, centre, tau2, rows, &sums, &total, &weighted);
            } else {
                sweep(true, false, &data, d_row, centre, tau2, rows, &sums, &total, &weighted);
            }
            if (pools) {
                lanes variance = 1.0f / total;
                lanes deviation = weighted * variance;
                lanes square = deviation * deviation;
                add(&sum, &sum_rest, deviation);
                add(&squares, &squares_rest, square);
                add(&variances, &variances_rest, variance);
            }
            if (!fits) break;
            lanes mean = sums.wy / sums.w;
            if (turn < 0) {
                centre = pick((mask_lanes)(speaking > 0), mean, splat(0));
                continue;
            }
            lanes q = fused(-mean, sums.wy, sums.wyy);
            tau2 = at_least((q - df) / (sums.w - sums.ww / sums.w), splat(0));
            tau2 = pick((mask_lanes)(speaking > 1), tau2, splat(0));
            if (pooling->reml) tau2 = reml(rows, used, tau2, speaking);
        }
        lanes m = splat((float)imputations);
        lanes mean = sum / m;
        lanes between = splat(0);
        if (imputations > 1) {
            between = at_least(fused(-sum, mean, squares), splat(0)) / splat((float)(imputations - 1));
        }
        lanes total_variance = fused(1.0f + 1.0f / m, between, variances / m);
        lanes result = (centre + mean) / root(total_variance);
        store(z + half, pick((mask_lanes)(speaking > 0), result, splat(NAN)));
    }
}

#if defined(__x86_64__)
V3 static void means_v3(const float *a, int b, const float *c, int d, float *e, ptrdiff_t f)
{
    means_body(a, b, c, d, e, f);
}
V4 static void means_v4(const float *a, int b, const float *c, int d, float *e, ptrdiff_t f)
{
    means_body(a, b, c, d, e, f);
}
V3 static void pooled_v3(
    const cuneus_pooling *a, const cuneus_experiment *b, const float *c, const float *d, const float *e,
    const float *f, float *g, float *h)
{
    pooled_body(a, b, c, d, e, f, g, h);
}
V4 static void pooled_v4(
    const cuneus_pooling *a, const cuneus_experiment *b, const float *c, const float *d, const float *e,
    const float *f, float *g, float *h)
{
    pooled_body(a, b, c, d, e, f, g, h);
}
#endif

int cuneus_best_isa(void)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq"))
        return CUNEUS_ISA_V4;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return CUNEUS_ISA_V3;
#endif
    return CUNEUS_ISA_BASELINE;
}

void cuneus_permuted_means(
    int isa, const float *subjects, int count, const float *weights, int permutations, float *means,
    ptrdiff_t stride)
{
#if defined(__x86_64__)
    if (isa == CUNEUS_ISA_V4) { means_v4(subjects, count, weights, permutations, means, stride); return; }
    if (isa == CUNEUS_ISA_V3) { means_v3(subjects, count, weights, permutations, means, stride); return; }
#endif
    means_body(subjects, count, weights, permutations, means, stride);
}

void cuneus_pooled_z(
    int isa, const cuneus_pooling *pooling, const cuneus_experiment *experiments, const float *means,
    const float *slopes, const float *effects, const float *present, float *scratch, float *z)
{
#if defined(__x86_64__)
    if (isa == CUNEUS_ISA_V4) {
        pooled_v4(pooling, experiments, means, slopes, effects, present, scratch, z);
        return;
    }
    if (isa == CUNEUS_ISA_V3) {
        pooled_v3(pooling, experiments, means, slopes, effects, present, scratch, z);
        return;
    }
#endif
    pooled_body(pooling, experiments, means, slopes, effects, present, scratch, z);
}

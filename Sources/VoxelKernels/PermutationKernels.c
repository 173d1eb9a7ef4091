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

// Fisher scoring. A lane that has converged is frozen, so its result does not depend on its neighbours.
INLINE lanes reml(const lanes *weight, const lanes *effect, int count, lanes tau2, lanes speaking)
{
    lanes mean_variance = {0};
    for (int s = 0; s < count; s++) {
        mask_lanes here = weight[s] > 0;
        mean_variance += pick(here, 1.0f / pick(here, weight[s], splat(1)), splat(0));
    }
    mean_variance /= at_least(speaking, splat(1));
    mask_lanes open = (mask_lanes)(speaking > 1);
    for (int step = 0; step < 100; step++) {
        lanes w1 = {0}, w2 = {0}, w3 = {0}, wy = {0}, w2y = {0}, w2yy = {0};
        for (int s = 0; s < count; s++) {
            lanes w = weight[s] / fused(weight[s], tau2, splat(1));
            lanes ww = w * w;
            lanes wwy = ww * effect[s];
            w1 += w;
            w2 += ww;
            w3 = fused(ww, w, w3);
            wy = fused(w, effect[s], wy);
            w2y += wwy;
            w2yy = fused(wwy, effect[s], w2yy);
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

INLINE void pooled_body(
    const cuneus_pooling *pooling, const cuneus_experiment *experiments, const float *means, const float *slopes,
    const float *effects, const float *present, float *scratch, float *z)
{
    const int count = pooling->experiments;
    const int imputations = pooling->imputations;
    lanes *weight = (lanes *)__builtin_assume_aligned(scratch, 64);
    lanes *effect = weight + count;
    for (int half = 0; half < CUNEUS_TILE; half += 16) {
        lanes speaking = {0};
        int rows = 0;
        lanes any = {0};
        for (int s = 0; s < count; s++) {
            any = at_least(present ? load(present + (ptrdiff_t)s * CUNEUS_TILE + half) : splat(1), any);
            if (experiments[s].joins_next) continue;
            speaking += any;
            any = splat(0);
            rows++;
        }
        const lanes df = speaking - 1;
        lanes centre = {0}, sum = {0}, squares = {0}, variances = {0};
        lanes sum_rest = {0}, squares_rest = {0}, variances_rest = {0};
        // Effects are measured from near their mean, else Q would be the small difference of two large sums. The first
        // imputation is pooled once ahead to find where that is.
        for (int turn = -1; turn < imputations; turn++) {
            const int j = turn < 0 ? 0 : turn;
            const float *d_row = effects + (ptrdiff_t)j * count * CUNEUS_TILE + half;
            lanes w1 = {0}, w2 = {0}, wy = {0}, wyy = {0};
            sample_sums sample = {{0}, {0}, {0}, {0}};
            bool is_joined = false;
            int row = 0;
            for (int s = 0; s < count; s++) {
                const cuneus_experiment e = experiments[s];
                lanes d = load(d_row + (ptrdiff_t)s * CUNEUS_TILE);
                lanes m = fused(d, splat(slopes[s]), load(means + (ptrdiff_t)s * CUNEUS_TILE + half));
                lanes w, g;
                permuted_effect(e, pooling->unit_variance, d, m, &g, &w);
                if (present) w *= load(present + (ptrdiff_t)s * CUNEUS_TILE + half);
                if (e.joins_next || is_joined) {
                    gather(&sample, g, w);
                    is_joined = e.joins_next;
                    if (is_joined) continue;
                    combine(sample, pooling->sample_correlation, &g, &w);
                    sample = (sample_sums){{0}, {0}, {0}, {0}};
                }
                g -= centre;
                weight[row] = w;
                effect[row] = g;
                row++;
                lanes product = w * g;
                w1 += w;
                w2 = fused(w, w, w2);
                wy += product;
                wyy = fused(product, g, wyy);
            }
            lanes q = fused(-(wy / w1), wy, wyy);
            lanes tau2 = at_least((q - df) / (w1 - w2 / w1), splat(0));
            tau2 = pick((mask_lanes)(speaking > 1), tau2, splat(0));
            if (pooling->reml && turn >= 0) tau2 = reml(weight, effect, rows, tau2, speaking);
            lanes total = {0}, weighted = {0};
            // One division for two studies: the divider is what bounds this kernel.
            int s = 0;
            for (; s + 2 <= rows; s += 2) {
                lanes a = fused(weight[s], tau2, splat(1));
                lanes b = fused(weight[s + 1], tau2, splat(1));
                lanes inverse = 1.0f / (a * b);
                lanes u = weight[s] * (b * inverse);
                lanes v = weight[s + 1] * (a * inverse);
                total += u;
                weighted = fused(u, effect[s], weighted);
                total += v;
                weighted = fused(v, effect[s + 1], weighted);
            }
            for (; s < rows; s++) {
                lanes w = weight[s] / fused(weight[s], tau2, splat(1));
                total += w;
                weighted = fused(w, effect[s], weighted);
            }
            lanes variance = 1.0f / total;
            lanes deviation = weighted * variance;
            if (turn < 0) {
                centre = deviation;
                continue;
            }
            add(&sum, &sum_rest, deviation);
            add(&squares, &squares_rest, deviation * deviation);
            add(&variances, &variances_rest, variance);
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

#include "Lanes.h"

#include <math.h>

// Symmetric p×p matrices are packed by rows of the lower triangle: (i, j), j ≤ i, lies at i(i+1)/2 + j.
enum { MOST = CUNEUS_MOST_COLUMNS, PACKED = MOST * (MOST + 1) / 2 };
#define AT(i, j) ((i) * ((i) + 1) / 2 + (j))

// Cholesky factor in place. A pivot that is nearly nothing beside its diagonal marks the lane as singular.
INLINE mask_lanes factorise(lanes *a, int p)
{
    mask_lanes bad = {0};
    for (int i = 0; i < p; i++) {
        for (int j = 0; j <= i; j++) {
            lanes sum = a[AT(i, j)];
            for (int k = 0; k < j; k++) sum = fused(-a[AT(i, k)], a[AT(j, k)], sum);
            if (i == j) {
                mask_lanes small = ~(mask_lanes)(sum > 1e-5f * a[AT(i, i)]);
                bad |= small;
                a[AT(i, i)] = root(pick(small, splat(1), sum));
            } else {
                a[AT(i, j)] = sum / a[AT(j, j)];
            }
        }
    }
    return bad;
}

// x = L⁻¹ b
INLINE void forward(const lanes *l, int p, const lanes *b, lanes *x)
{
    for (int i = 0; i < p; i++) {
        lanes sum = b[i];
        for (int k = 0; k < i; k++) sum = fused(-l[AT(i, k)], x[k], sum);
        x[i] = sum / l[AT(i, i)];
    }
}

// x = L⁻ᵀ b
INLINE void backward(const lanes *l, int p, const lanes *b, lanes *x)
{
    for (int i = p - 1; i >= 0; i--) {
        lanes sum = b[i];
        for (int k = i + 1; k < p; k++) sum = fused(-l[AT(k, i)], x[k], sum);
        x[i] = sum / l[AT(i, i)];
    }
}

// tr(A⁻¹B) with A = LLᵀ
INLINE lanes trace_of_ratio(const lanes *l, const lanes *b, int p)
{
    lanes trace = {0};
    lanes column[MOST], half[MOST], solved[MOST];
    for (int c = 0; c < p; c++) {
        for (int i = 0; i < p; i++) column[i] = i >= c ? b[AT(i, c)] : b[AT(c, i)];
        forward(l, p, column, half);
        backward(l, p, half, solved);
        trace += solved[c];
    }
    return trace;
}

INLINE void add_row(lanes *a, lanes *b, const float *x, int p, lanes w, lanes wy)
{
    for (int i = 0; i < p; i++) {
        lanes wx = w * x[i];
        b[i] = fused(splat(x[i]), wy, b[i]);
        for (int j = 0; j <= i; j++) a[AT(i, j)] = fused(wx, splat(x[j]), a[AT(i, j)]);
    }
}

INLINE void regression_body(
    const cuneus_regression *model, const cuneus_experiment *experiments, const float *design, const float *tests,
    const cuneus_regression_data *data, float *scratch, float *statistic, const int p)
{
    const int count = model->experiments;
    const int imputations = model->imputations;
    const int rows = model->tests;
    lanes *weight = (lanes *)__builtin_assume_aligned(scratch, 64);
    lanes *effect = weight + count;
    for (int half = 0; half < CUNEUS_TILE; half += 16) {
        lanes centre[MOST] = {0};
        lanes mean[MOST] = {0}, products[PACKED] = {0}, within[PACKED] = {0};
        mask_lanes bad = {0};
        for (int turn = -1; turn < imputations; turn++) {
            const ptrdiff_t j = turn < 0 ? 0 : turn;
            const ptrdiff_t start = j * count * CUNEUS_TILE + half;
            lanes a[PACKED] = {0}, a2[PACKED] = {0}, b[MOST] = {0};
            lanes w1 = {0}, wyy = {0}, speaking = {0};
            sample_sums sample = {{0}, {0}, {0}, {0}};
            bool is_joined = false;
            int used = 0;
            for (int s = 0; s < count; s++) {
                const ptrdiff_t at = start + (ptrdiff_t)s * CUNEUS_TILE;
                const float *x = design + (ptrdiff_t)used * p;
                lanes y, w;
                if (data->order) {
                    const ptrdiff_t from = start + (ptrdiff_t)data->order[s] * CUNEUS_TILE;
                    y = fused(load(data->scales + at), load(data->residuals + from), load(data->fitted + at));
                    w = load(data->weights + at);
                } else {
                    lanes d = load(data->effects + at);
                    lanes m = fused(
                        d, splat(data->slopes[s]), load(data->means + (ptrdiff_t)s * CUNEUS_TILE + half));
                    permuted_effect(experiments[s], model->unit_variance, d, m, &y, &w);
                }
                if (data->present) w *= load(data->present + (ptrdiff_t)s * CUNEUS_TILE + half);
                if (!data->order && (experiments[s].joins_next || is_joined)) {
                    gather(&sample, y, w);
                    is_joined = experiments[s].joins_next;
                    if (is_joined) continue;
                    combine(sample, model->sample_correlation, &y, &w);
                    sample = (sample_sums){{0}, {0}, {0}, {0}};
                }
                for (int i = 0; i < p; i++) y = fused(splat(-x[i]), centre[i], y);
                weight[used] = w;
                effect[used] = y;
                used++;
                speaking += pick((mask_lanes)(w > 0), splat(1), splat(0));
                lanes ww = w * w;
                lanes wy = w * y;
                w1 += w;
                wyy = fused(wy, y, wyy);
                for (int i = 0; i < p; i++) {
                    lanes wx = w * x[i], wwx = ww * x[i];
                    b[i] = fused(splat(x[i]), wy, b[i]);
                    for (int k = 0; k <= i; k++) {
                        a[AT(i, k)] = fused(wx, splat(x[k]), a[AT(i, k)]);
                        a2[AT(i, k)] = fused(wwx, splat(x[k]), a2[AT(i, k)]);
                    }
                }
            }
            lanes x[MOST];
            bad |= factorise(a, p);
            forward(a, p, b, x);
            lanes q = wyy;
            for (int i = 0; i < p; i++) q = fused(-x[i], x[i], q);
            lanes df = speaking - (float)p;
            bad |= (mask_lanes)(df < 0);
            lanes trace = w1 - trace_of_ratio(a, a2, p);
            lanes tau2 = at_least((q - df) / trace, splat(0));
            tau2 = pick((mask_lanes)(df > 0), tau2, splat(0));
            lanes total[PACKED] = {0}, right[MOST] = {0}, beta[MOST];
            for (int row = 0; row < used; row++) {
                lanes w = weight[row] / fused(weight[row], tau2, splat(1));
                add_row(total, right, design + (ptrdiff_t)row * p, p, w, w * effect[row]);
            }
            bad |= factorise(total, p);
            forward(total, p, right, x);
            backward(total, p, x, beta);
            if (turn < 0) {
                for (int i = 0; i < p; i++) centre[i] = pick(bad, splat(0), beta[i]);
                continue;
            }
            // What is tested: C(β − centre), and CA⁻¹Cᵀ = (L⁻¹Cᵀ)ᵀ(L⁻¹Cᵀ).
            lanes theta[MOST], roots[MOST][MOST];
            for (int r = 0; r < rows; r++) {
                lanes c[MOST];
                theta[r] = splat(0);
                for (int i = 0; i < p; i++) {
                    c[i] = splat(tests[r * p + i]);
                    theta[r] = fused(c[i], beta[i], theta[r]);
                }
                forward(total, p, c, roots[r]);
                mean[r] += theta[r];
                for (int k = 0; k <= r; k++) {
                    lanes covariance = {0};
                    for (int i = 0; i < p; i++) covariance = fused(roots[r][i], roots[k][i], covariance);
                    within[AT(r, k)] += covariance;
                    products[AT(r, k)] = fused(theta[r], theta[k], products[AT(r, k)]);
                }
            }
        }
        // Rubin's rules, then the Wald statistic: z for one row, χ² for several.
        lanes m = splat((float)imputations);
        lanes covariance[PACKED], tested[MOST], solved[MOST];
        for (int r = 0; r < rows; r++) mean[r] /= m;
        for (int r = 0; r < rows; r++) {
            for (int k = 0; k <= r; k++) {
                lanes between = {0};
                if (imputations > 1) {
                    between = fused(-m * mean[r], mean[k], products[AT(r, k)]) / splat((float)(imputations - 1));
                    if (r == k) between = at_least(between, splat(0));
                }
                covariance[AT(r, k)] = fused(1.0f + 1.0f / m, between, within[AT(r, k)] / m);
            }
            tested[r] = mean[r];
            for (int i = 0; i < p; i++) tested[r] = fused(splat(tests[r * p + i]), centre[i], tested[r]);
        }
        lanes result;
        if (rows == 1) {
            result = tested[0] / root(covariance[0]);
        } else {
            bad |= factorise(covariance, rows);
            forward(covariance, rows, tested, solved);
            result = splat(0);
            for (int r = 0; r < rows; r++) result = fused(solved[r], solved[r], result);
        }
        store(statistic + half, pick(bad, splat(NAN), result));
    }
}

#define ARGUMENTS model, experiments, design, tests, data, scratch, statistic
#define PARAMETERS                                                                                                  \
    const cuneus_regression *model, const cuneus_experiment *experiments, const float *design, const float *tests, \
        const cuneus_regression_data *data, float *scratch, float *statistic

// Few columns are worth loops of known length.
INLINE void by_columns(PARAMETERS)
{
    switch (model->columns) {
    case 1: regression_body(ARGUMENTS, 1); break;
    case 2: regression_body(ARGUMENTS, 2); break;
    case 3: regression_body(ARGUMENTS, 3); break;
    default: regression_body(ARGUMENTS, model->columns);
    }
}

#if defined(__x86_64__)
V3 static void regression_v3(PARAMETERS) { by_columns(ARGUMENTS); }
V4 static void regression_v4(PARAMETERS) { by_columns(ARGUMENTS); }
#endif

void cuneus_regression_statistic(
    int isa, const cuneus_regression *model, const cuneus_experiment *experiments, const float *design,
    const float *tests, const cuneus_regression_data *data, float *scratch, float *statistic)
{
#if defined(__x86_64__)
    if (isa == CUNEUS_ISA_V4) { regression_v4(ARGUMENTS); return; }
    if (isa == CUNEUS_ISA_V3) { regression_v3(ARGUMENTS); return; }
#endif
    by_columns(ARGUMENTS);
}

#include "NormalFunctions.h"

// A product and a sum in one expression must stay two roundings on every processor.
#pragma clang fp contract(off)

INLINE half_lanes narrow(wide x) { return __builtin_convertvector(x, half_lanes); }
INLINE wide widened(half_lanes x) { return __builtin_convertvector(x, wide); }

INLINE void words_body(const uint32_t *words, ptrdiff_t count, double *values)
{
    double some[MOST_QUANTILES] __attribute__((aligned(64)));
    for (ptrdiff_t start = 0; start < count; start += MOST_QUANTILES) {
        const int size = count - start < MOST_QUANTILES ? (int)(count - start) : MOST_QUANTILES;
        for (int i = 0; i < size; i += 8) {
            wide_words word;
            for (int lane = 0; lane < 8; lane++) word[lane] = words[start + i + lane];
            wide_store(some + i, uniform(word));
        }
        normal_quantiles(some, size);
        __builtin_memcpy(values + start, some, sizeof(double) * (size_t)size);
    }
}

INLINE void cdf_body(const double *x, ptrdiff_t count, double *values)
{
    for (ptrdiff_t i = 0; i < count; i += 8) {
        wide number;
        __builtin_memcpy(&number, x + i, 64);
        wide result = normal_cdf(number);
        __builtin_memcpy(values + i, &result, 64);
    }
}

// Four vectors of eight into eight rows of four.
INLINE void store_fours(const half_lanes *x, float *const *rows)
{
    half_lanes a = __builtin_shufflevector(x[0], x[1], 0, 8, 1, 9, 4, 12, 5, 13);
    half_lanes b = __builtin_shufflevector(x[0], x[1], 2, 10, 3, 11, 6, 14, 7, 15);
    half_lanes c = __builtin_shufflevector(x[2], x[3], 0, 8, 1, 9, 4, 12, 5, 13);
    half_lanes d = __builtin_shufflevector(x[2], x[3], 2, 10, 3, 11, 6, 14, 7, 15);
    half_lanes out[4] = {
        __builtin_shufflevector(a, c, 0, 1, 8, 9, 4, 5, 12, 13),
        __builtin_shufflevector(a, c, 2, 3, 10, 11, 6, 7, 14, 15),
        __builtin_shufflevector(b, d, 0, 1, 8, 9, 4, 5, 12, 13),
        __builtin_shufflevector(b, d, 2, 3, 10, 11, 6, 7, 14, 15)};
    for (int i = 0; i < 4; i++) {
        __builtin_memcpy(rows[i], &out[i], 16);
        __builtin_memcpy(rows[4 + i], (const char *)&out[i] + 16, 16);
    }
}

INLINE void white_body(
    uint64_t key, const int32_t *counters, ptrdiff_t count, uint32_t batch, int quads, float *values)
{
    enum { ROUNDS = MOST_QUANTILES / 32 };
    double normals[MOST_QUANTILES] __attribute__((aligned(64)));
    float *rows[ROUNDS][8];
    ptrdiff_t voxel = 0;
    int quad = 0;
    while (voxel < count) {
        int rounds = 0;
        for (; rounds < ROUNDS && voxel < count; rounds++) {
            wide_words c0, c1;
            for (int lane = 0; lane < 8; lane++) {
                // Past the end the last four are made again.
                const ptrdiff_t v = voxel < count ? voxel : count - 1;
                const int q = voxel < count ? quad : quads - 1;
                c0[lane] = (uint32_t)counters[v];
                c1[lane] = 4 * batch + (uint32_t)q;
                rows[rounds][lane] = values + v * 16 + q * 4;
                if (++quad == quads) { quad = 0; voxel++; }
            }
            const philox_words words = philox(key, c0, c1, 0, 0);
            for (int w = 0; w < 4; w++) wide_store(normals + (4 * rounds + w) * 8, uniform(words.word[w]));
        }
        normal_quantiles(normals, 32 * rounds);
        for (int round = 0; round < rounds; round++) {
            half_lanes fours[4];
            for (int w = 0; w < 4; w++) fours[w] = narrow(wide_load(normals + (4 * round + w) * 8));
            store_fours(fours, rows[round]);
        }
    }
}

// Normals cut off at two bounds (`TruncatedNormal` in Swift), eight side by side.
typedef struct {
    wide mean, deviation, lower, upper;
    // The bounds in deviations from the mean, mirrored so that the interval's middle is not above zero.
    wide a, b;
    wide_mask is_mirrored;
    wide low_tail, width;
} truncations;

INLINE truncations truncated(wide mean, wide deviation, wide lower, wide upper)
{
    truncations t = {mean, deviation, lower, upper};
    wide low = (lower - mean) / deviation, high = (upper - mean) / deviation;
    t.is_mirrored = low + high > 0;
    t.a = wide_pick(t.is_mirrored, -high, low);
    t.b = wide_pick(t.is_mirrored, -low, high);
    t.low_tail = normal_cdf(t.a);
    t.width = normal_cdf(t.b) - t.low_tail;
    return t;
}

// What one of them is to its sixteen values.
typedef struct {
    wide sign, mean, deviation, lower, upper;
} truncation;

INLINE truncation one_of(const truncations *t, int i)
{
    return (truncation){
        wide_splat(t->is_mirrored[i] ? -1.0 : 1.0), wide_splat(t->mean[i]), wide_splat(t->deviation[i]),
        wide_splat(t->lower[i]), wide_splat(t->upper[i])};
}

// Where probabilities underflow the quantile is that of the density ∝ exp(−x²/2)·|x|.
INLINE bool is_beyond(const truncations *t, int i) { return t->b[i] < -35; }

// Probabilities whose quantiles are the values at the ranks of standard normals.
INLINE void probabilities(const truncations *t, int i, const float *ranks, int wanted, double *p)
{
    const truncation one = one_of(t, i);
    const wide low_tail = wide_splat(t->low_tail[i]), width = wide_splat(t->width[i]);
    for (int half = 0; half < wanted; half += 8) {
        const wide share = normal_cdf(one.sign * widened((half_lanes)*(const loose_half *)(ranks + half))) * width;
        wide_store(p + half, is_beyond(t, i) ? wide_splat(0.5) : low_tail + share);
    }
}

// From quantiles to values.
INLINE void values_of(const truncations *t, int i, const double *quantiles, const float *ranks, int wanted, float *values)
{
    const truncation one = one_of(t, i);
    for (int half = 0; half < wanted; half += 8) {
        wide x = wide_load(quantiles + half);
        if (is_beyond(t, i)) {
            const double a = t->a[i], b = t->b[i];
            const wide p = normal_cdf(one.sign * widened((half_lanes)*(const loose_half *)(ranks + half)));
            const wide ratio = wide_exponential(wide_splat(0.5 * (b - a) * (b + a)));
            const wide share = p * (1.0 - ratio);
            x = -wide_root(b * b - 2.0 * wide_logarithm(ratio + share));
        }
        const wide shift = one.deviation * (one.sign * x);
        const wide value = wide_at_most(wide_at_least(one.mean + shift, one.lower), one.upper);
        *(loose_half *)(values + half) = narrow(value);
    }
}

// The numbers at eight places.
INLINE wide gathered(const float *p, const ptrdiff_t *at)
{
    half_lanes x;
    for (int lane = 0; lane < 8; lane++) x[lane] = p[at[lane]];
    return widened(x);
}

// Noise averaged over each of four voxels' neighbours. Four at a time, since each sum waits for its last addition.
INLINE void smooth_four(const cuneus_imputation *d, const ptrdiff_t *at, float *smoothed)
{
    lanes sums[4];
    for (int i = 0; i < 4; i++)
        sums[i] = load(d->noise + (at[i] - d->noise_start) * 16) * d->own_weights[at[i]];
    for (int n = 0; n < d->width; n++) {
        for (int i = 0; i < 4; i++) {
            const ptrdiff_t row = at[i] * d->width + n;
            // One that is not there has no weight.
            const ptrdiff_t other = d->neighbours[row] < 0 ? at[i] : d->neighbours[row];
            sums[i] += load(d->noise + (other - d->noise_start) * 16) * d->weights[row];
        }
    }
    for (int i = 0; i < 4; i++) store(smoothed + 16 * i, sums[i]);
}

INLINE void imputed_body(const cuneus_imputation *d, ptrdiff_t first, ptrdiff_t count, int wanted, float *values)
{
    float smoothed[8 * 16] __attribute__((aligned(64)));
    double p[8 * 16] __attribute__((aligned(64)));
    const int room = wanted > 8 ? 16 : 8;
    for (ptrdiff_t start = 0; start < count; start += 8) {
        // Past the end the last voxel is made again.
        ptrdiff_t at[8];
        for (int i = 0; i < 8; i++) at[i] = first + (start + i < count ? start + i : count - 1);
        const wide lower = gathered(d->lower, at), upper = gathered(d->upper, at), mean = gathered(d->mean, at);
        // Known, or missing (NaN compares false). The difference is that of single precision.
        wide_mask is_drawn;
        for (int i = 0; i < 8; i++)
            is_drawn[i] = (double)(d->upper[at[i]] - d->lower[at[i]]) >= d->known_width ? -1 : 0;
        truncations cuts;
        if (is_any(is_drawn)) {
            wide quadratic = d->quadratic_variance * mean;
            quadratic *= mean;
            wide variance = d->constant_variance + quadratic;
            cuts = truncated(mean, wide_root(variance + gathered(d->tau2, at)), lower, upper);
            smooth_four(d, at, smoothed);
            smooth_four(d, at + 4, smoothed + 64);
        }
        int drawn[8], count_drawn = 0;
        for (int i = 0; i < 8 && start + i < count; i++) {
            store(values + (start + i) * 16, is_drawn[i] ? load(smoothed + 16 * i) : splat(d->lower[at[i]]));
            if (!is_drawn[i]) continue;
            probabilities(&cuts, i, smoothed + 16 * i, wanted, p + count_drawn * room);
            drawn[count_drawn++] = i;
        }
        normal_quantiles(p, count_drawn * room);
        for (int k = 0; k < count_drawn; k++) {
            const int i = drawn[k];
            values_of(&cuts, i, p + k * room, smoothed + 16 * i, wanted, values + (start + i) * 16);
        }
    }
}

INLINE void truncated_body(
    double mean, double deviation, double lower, double upper, const float *ranks, int wanted, float *values)
{
    const truncations cut =
        truncated(wide_splat(mean), wide_splat(deviation), wide_splat(lower), wide_splat(upper));
    double p[16] __attribute__((aligned(64)));
    probabilities(&cut, 0, ranks, wanted, p);
    normal_quantiles(p, wanted > 8 ? 16 : 8);
    values_of(&cut, 0, p, ranks, wanted, values);
}

enum { MOST_PLACES = 7 };

// Eight rows of eight into their columns.
INLINE void transpose_eight(half_lanes *x)
{
    half_lanes a[8], b[8];
    for (int i = 0; i < 8; i += 2) {
        a[i] = __builtin_shufflevector(x[i], x[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
        a[i + 1] = __builtin_shufflevector(x[i], x[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    }
    for (int i = 0; i < 8; i += 4) {
        for (int k = 0; k < 2; k++) {
            b[i + k] = __builtin_shufflevector(a[i + k], a[i + k + 2], 0, 1, 8, 9, 4, 5, 12, 13);
            b[i + k + 2] = __builtin_shufflevector(a[i + k], a[i + k + 2], 2, 3, 10, 11, 6, 7, 14, 15);
        }
    }
    for (int k = 0; k < 4; k++) {
        x[k] = __builtin_shufflevector(b[k], b[k + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        x[k + 4] = __builtin_shufflevector(b[k], b[k + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
}

// The values of eight voxels' subjects, [subject][8]; the last eight subjects may overlap those before.
INLINE void load_columns(const float *const *rows, int subjects, double *columns)
{
    for (int start = 0; start < subjects; start += 8) {
        if (subjects < 8) {
            for (int s = 0; s < subjects; s++)
                for (int lane = 0; lane < 8; lane++) columns[s * 8 + lane] = rows[lane][s];
            return;
        }
        const int from = start + 8 <= subjects ? start : subjects - 8;
        half_lanes x[8];
        for (int lane = 0; lane < 8; lane++) x[lane] = (half_lanes)*(const loose_half *)(rows[lane] + from);
        transpose_eight(x);
        for (int s = 0; s < 8; s++) wide_store(columns + (from + s) * 8, widened(x[s]));
    }
}

INLINE void store_columns(const double *columns, int subjects, float *const *rows)
{
    for (int start = 0; start < subjects; start += 8) {
        if (subjects < 8) {
            for (int s = 0; s < subjects; s++)
                for (int lane = 0; lane < 8; lane++) rows[lane][s] = (float)columns[s * 8 + lane];
            return;
        }
        const int from = start + 8 <= subjects ? start : subjects - 8;
        half_lanes x[8];
        for (int s = 0; s < 8; s++) x[s] = narrow(wide_load(columns + (from + s) * 8));
        transpose_eight(x);
        for (int lane = 0; lane < 8; lane++) *(loose_half *)(rows[lane] + from) = x[lane];
    }
}

// Normals of a stream at eight voxels, [subject][8]; up to three more subjects than asked for.
INLINE void draw_normals(const cuneus_subject_noise *d, uint64_t key, wide_words counters, double *normals)
{
    enum { MOST = MOST_QUANTILES / 32 };
    const int quads = (d->subjects + 3) / 4;
    for (int first = 0; first < quads; first += MOST) {
        const int some = quads - first < MOST ? quads - first : MOST;
        for (int quad = first; quad < first + some; quad++) {
            const philox_words words = philox(key, counters, words_splat((uint64_t)quad), d->group, 0);
            for (int w = 0; w < 4; w++) wide_store(normals + (4 * quad + w) * 8, uniform(words.word[w]));
        }
        normal_quantiles(normals + 32 * first, 32 * some);
    }
}

// Fresh draws. Of a shared sample, `room` holds the sample's own.
INLINE void draw_fresh(const cuneus_subject_noise *d, wide_words counters, double *fresh, double *room)
{
    draw_normals(d, d->key, counters, fresh);
    if (!d->is_shared) return;
    draw_normals(d, d->shared_key, counters, room);
    for (int s = 0; s < d->subjects; s++) {
        const wide own = d->own * wide_load(fresh + s * 8), shared = d->shared * wide_load(room + s * 8);
        wide_store(fresh + s * 8, own + shared);
    }
}

// Takes out the mean, and what correlates with the predictor. Returns the sum of squares.
INLINE wide centre(const cuneus_subject_noise *d, double *fresh)
{
    const int n = d->subjects;
    wide sum = wide_splat(0);
    for (int s = 0; s < n; s++) sum += wide_load(fresh + s * 8);
    const wide mean = sum / (double)n;
    wide along = wide_splat(0), squares = wide_splat(0);
    for (int s = 0; s < n; s++) {
        wide x = wide_load(fresh + s * 8) - mean;
        wide_store(fresh + s * 8, x);
        if (d->predictor) along += x * d->predictor[s];
        else squares += x * x;
    }
    if (!d->predictor) return squares;
    const wide slope = along / (double)(n - 1);
    for (int s = 0; s < n; s++) {
        wide part = slope * d->predictor[s];
        wide x = wide_load(fresh + s * 8) - part;
        wide_store(fresh + s * 8, x);
        squares += x * x;
    }
    return squares;
}

// Cholesky factor of the neighbours' correlations. One that repeats those before is left out: its row is that of the identity.
typedef struct {
    wide row[MOST_PLACES][MOST_PLACES];
    wide_mask is_in[MOST_PLACES];
} cholesky;

INLINE void solve(const cholesky *factor, const int places, wide *x)
{
    for (int i = 0; i < places; i++) {
        for (int k = 0; k < i; k++) x[i] -= factor->row[i][k] * x[k];
        x[i] /= factor->row[i][i];
    }
    for (int i = places - 1; i >= 0; i--) {
        for (int k = i + 1; k < places; k++) x[i] -= factor->row[k][i] * x[k];
        x[i] /= factor->row[i][i];
    }
}

// Where eight voxels' values and those of their neighbours lie, and the correlations asked for.
typedef struct {
    wide_words counters;
    float *values[8];
    const float *neighbours[MOST_PLACES][8];
    wide correlations[MOST_PLACES];
} noise_places;

INLINE noise_places places_of(const cuneus_subject_noise *d, const int32_t *voxels, const int places, const float *zeros)
{
    noise_places at;
    for (int lane = 0; lane < 8; lane++) {
        const ptrdiff_t voxel = voxels[lane];
        const int32_t *earlier = d->earlier + voxel * 8;
        const float *correlations = d->correlations + voxel * 8;
        at.counters[lane] = (uint32_t)d->counters[voxel];
        at.values[lane] = d->values + voxel * d->stride;
        int used = 0;
        for (int p = 0; p < places; p++) {
            const bool is_there = earlier[p] >= 0;
            used += is_there;
            at.neighbours[p][lane] = is_there ? d->values + earlier[p] * d->stride : zeros;
            at.correlations[p][lane] = correlations[p];
        }
        // More than the subjects can be tied to: the weakest go.
        for (; used > d->limit; used--) {
            int weakest = -1;
            for (int p = 0; p < places; p++) {
                if (at.neighbours[p][lane] == zeros) continue;
                if (weakest < 0 || correlations[p] < correlations[weakest]) weakest = p;
            }
            at.neighbours[weakest][lane] = zeros;
        }
    }
    return at;
}

INLINE void noise_eight(
    const cuneus_subject_noise *d, const int32_t *voxels, const float *zeros, double *scratch, const int places)
{
    const int n = d->subjects;
    const double df = n - 1;
    double *fresh = scratch;
    double *columns[MOST_PLACES];
    const noise_places at = places_of(d, voxels, places, zeros);
    for (int p = 0; p < places; p++) columns[p] = scratch + (ptrdiff_t)(n + 3) * 8 * (p + 1);
    draw_fresh(d, at.counters, fresh, columns[0]);
    for (int p = 0; p < places; p++) load_columns(at.neighbours[p], n, columns[p]);
    centre(d, fresh);

    cholesky factor;
    wide beta[MOST_PLACES], asked[MOST_PLACES], projection[MOST_PLACES];
    for (int p = 0; p < places; p++) {
        wide products[MOST_PLACES], alike = wide_splat(0);
        for (int k = 0; k <= p; k++) products[k] = wide_splat(0);
        for (int s = 0; s < n; s++) {
            const wide x = wide_load(columns[p] + s * 8);
            for (int k = 0; k <= p; k++) products[k] += x * wide_load(columns[k] + s * 8);
            alike += wide_load(fresh + s * 8) * x;
        }
        wide rest = products[p] / df;
        const wide least = 1e-5 * rest;
        wide squares = wide_splat(0);
        for (int k = 0; k < p; k++) {
            wide sum = wide_splat(0);
            for (int j = 0; j < k; j++) sum += factor.row[p][j] * factor.row[k][j];
            wide entry = (products[k] / df - sum) / factor.row[k][k];
            factor.row[p][k] = (wide)((wide_mask)entry & factor.is_in[k]);
            squares += factor.row[p][k] * factor.row[p][k];
        }
        rest -= squares;
        const wide_mask is_in = (rest > least) & (rest > 0);
        for (int k = 0; k < p; k++) factor.row[p][k] = (wide)((wide_mask)factor.row[p][k] & is_in);
        factor.row[p][p] = wide_root(wide_pick(is_in, rest, wide_splat(1)));
        factor.is_in[p] = is_in;
        asked[p] = (wide)((wide_mask)at.correlations[p] & is_in);
        beta[p] = asked[p];
        projection[p] = (wide)((wide_mask)(alike / df) & is_in);
    }
    solve(&factor, places, beta);
    solve(&factor, places, projection);
    wide explained = wide_splat(0);
    for (int p = 0; p < places; p++) explained += asked[p] * beta[p];
    // The template may ask for more than the drawn neighbours allow: as much of it as they do.
    const wide_mask is_too_much = explained > 1;
    const wide shrinkage = wide_root(wide_pick(is_too_much, explained, wide_splat(1)));
    for (int p = 0; p < places; p++) beta[p] /= shrinkage;
    explained = wide_pick(is_too_much, wide_splat(1), explained);

    wide squares = wide_splat(0);
    for (int s = 0; s < n; s++) {
        wide x = wide_load(fresh + s * 8);
        for (int p = 0; p < places; p++) x -= projection[p] * wide_load(columns[p] + s * 8);
        wide_store(fresh + s * 8, x);
        squares += x * x;
    }
    wide spread = wide_root(squares / df);
    wide_mask is_spread = spread > 1e-12;
    const wide share =
        wide_pick(is_spread, wide_root(1.0 - explained) / wide_pick(is_spread, spread, wide_splat(1)), wide_splat(0));
    for (int s = 0; s < n; s++) {
        wide x = wide_load(fresh + s * 8) * share;
        for (int p = 0; p < places; p++) x += beta[p] * wide_load(columns[p] + s * 8);
        wide_store(fresh + s * 8, x);
    }
    // Else rounding errors would be passed on from neighbour to neighbour, and grow.
    spread = wide_root(centre(d, fresh) / df);
    spread = wide_pick(spread > 1e-12, spread, wide_splat(1));
    for (int s = 0; s < n; s++) wide_store(fresh + s * 8, wide_load(fresh + s * 8) / spread);
    store_columns(fresh, n, at.values);
}

INLINE void noise_body(const cuneus_subject_noise *d, const int32_t *voxels, ptrdiff_t eights, double *scratch)
{
    // A neighbour that is not there has the value 0 everywhere.
    const float *zeros = (const float *)(scratch + (ptrdiff_t)(d->subjects + 3) * 8 * (d->places + 1));
    __builtin_memset((void *)zeros, 0, sizeof(float) * (size_t)d->subjects);
    for (ptrdiff_t i = 0; i < eights; i++) {
        if (d->places == 3) noise_eight(d, voxels + 8 * i, zeros, scratch, 3);
        else noise_eight(d, voxels + 8 * i, zeros, scratch, d->places);
    }
}

#if defined(__x86_64__)
#define VARIANTS(TARGET, NAME)                                                                                          \
    TARGET static void words_##NAME(const uint32_t *a, ptrdiff_t b, double *c) { words_body(a, b, c); }                 \
    TARGET static void cdf_##NAME(const double *a, ptrdiff_t b, double *c) { cdf_body(a, b, c); }                       \
    TARGET static void white_##NAME(uint64_t a, const int32_t *b, ptrdiff_t c, uint32_t d, int e, float *f)             \
    {                                                                                                                   \
        white_body(a, b, c, d, e, f);                                                                                   \
    }                                                                                                                   \
    TARGET static void imputed_##NAME(const cuneus_imputation *a, ptrdiff_t b, ptrdiff_t c, int d, float *e)            \
    {                                                                                                                   \
        imputed_body(a, b, c, d, e);                                                                                    \
    }                                                                                                                   \
    TARGET static void truncated_##NAME(double a, double b, double c, double d, const float *e, int f, float *g)        \
    {                                                                                                                   \
        truncated_body(a, b, c, d, e, f, g);                                                                            \
    }                                                                                                                   \
    TARGET static void noise_##NAME(const cuneus_subject_noise *a, const int32_t *b, ptrdiff_t c, double *d)            \
    {                                                                                                                   \
        noise_body(a, b, c, d);                                                                                         \
    }
VARIANTS(V3, v3)
VARIANTS(V4, v4)
#define DISPATCH(NAME, ...)                                              \
    if (isa == CUNEUS_ISA_V4) { NAME##_v4(__VA_ARGS__); return; }        \
    if (isa == CUNEUS_ISA_V3) { NAME##_v3(__VA_ARGS__); return; }        \
    NAME##_body(__VA_ARGS__)
#else
#define DISPATCH(NAME, ...) NAME##_body(__VA_ARGS__)
#endif

void cuneus_normal_of_words(int isa, const uint32_t *words, ptrdiff_t count, double *values)
{
    DISPATCH(words, words, count, values);
}

void cuneus_normal_cdf(int isa, const double *x, ptrdiff_t count, double *values) { DISPATCH(cdf, x, count, values); }

void cuneus_white_noise(
    int isa, uint64_t key, const int32_t *counters, ptrdiff_t count, uint32_t batch, int quads, float *values)
{
    DISPATCH(white, key, counters, count, batch, quads, values);
}

void cuneus_imputed_values(
    int isa, const cuneus_imputation *imputation, ptrdiff_t first, ptrdiff_t count, int lanes, float *values)
{
    DISPATCH(imputed, imputation, first, count, lanes, values);
}

void cuneus_truncated_values(
    int isa, double mean, double deviation, double lower, double upper, const float *ranks, int lanes, float *values)
{
    DISPATCH(truncated, mean, deviation, lower, upper, ranks, lanes, values);
}

void cuneus_draw_subject_noise(
    int isa, const cuneus_subject_noise *noise, const int32_t *voxels, ptrdiff_t eights, double *scratch)
{
    DISPATCH(noise, noise, voxels, eights, scratch);
}

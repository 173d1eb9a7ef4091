#include "BallKernels.h"
#include "VoxelKernels.h"

#include <stdlib.h>
#include <string.h>

#pragma clang diagnostic ignored "-Wpsabi"

#define INLINE static inline __attribute__((always_inline))

INLINE int largest(int a, int b) { return a > b ? a : b; }
INLINE int smallest(int a, int b) { return a < b ? a : b; }

/// A bit of a word per element of a part of a row.
typedef uint16_t row_bits __attribute__((vector_size(32)));
static const row_bits each_bit = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768};

/// Vectors that are summed side by side.
enum { SIDE = 4 };

// Sums saturate at the element's largest number; of counts, none of them negative, any order of additions gives the same.
#define BALL_BODY(NAME, ELEMENT)                                                                                            \
    typedef ELEMENT NAME##_lanes __attribute__((vector_size(CUNEUS_BALL_BYTES), aligned(sizeof(ELEMENT))));                 \
    typedef ELEMENT NAME##_sixteen __attribute__((vector_size(16 * sizeof(ELEMENT)), aligned(sizeof(ELEMENT))));            \
    enum { NAME##_step = SIDE * CUNEUS_BALL_BYTES / sizeof(ELEMENT) };                                                      \
                                                                                                                            \
    INLINE void NAME##_body(const cuneus_ball *ball, const ELEMENT *foci, ELEMENT *runs, ELEMENT *counts)                   \
    {                                                                                                                       \
        const int reach = ball->reach, wide = reach + 1, lanes = NAME##_step / SIDE;                                        \
        const ptrdiff_t plane = ball->plane, margin = (ptrdiff_t)reach * ball->stride, length = plane + 2 * margin;         \
        memset(counts, 0, (size_t)(plane * ball->planes) * sizeof(ELEMENT));                                                \
        for (int k = 0; k < ball->planes; k++) {                                                                            \
            /* Of every width: sums over a run of 2·width + 1 voxels along i, from those of the width before. */            \
            const ELEMENT *from = foci + plane * k;                                                                         \
            memcpy(runs + margin, from, (size_t)plane * sizeof(ELEMENT));                                                   \
            for (int width = 1; width <= ball->widest; width++) {                                                           \
                ELEMENT *narrow = runs + (width - 1) * length + margin, *wider = narrow + length;                           \
                for (ptrdiff_t v = 0; v < plane; v += lanes) {                                                              \
                    NAME##_lanes sum = *(const NAME##_lanes *)(narrow + v);                                                 \
                    sum = __builtin_elementwise_add_sat(sum, *(const NAME##_lanes *)(from + v - width));                    \
                    sum = __builtin_elementwise_add_sat(sum, *(const NAME##_lanes *)(from + v + width));                    \
                    *(NAME##_lanes *)(wider + v) = sum;                                                                     \
                }                                                                                                           \
                /* Elements after the last row are next to the next plane's first. */                                       \
                memset(wider + (ptrdiff_t)ball->stride * ball->rows, 0,                                                     \
                       (size_t)(plane - (ptrdiff_t)ball->stride * ball->rows) * sizeof(ELEMENT));                           \
            }                                                                                                               \
            /* Of every step along k: the ball's cross section, added to the planes that far on either side. */             \
            for (int step = 0; step <= reach; step++) {                                                                     \
                const int8_t *widths = ball->widths + wide * step;                                                          \
                if (widths[0] < 0) break;                                                                                   \
                ELEMENT *below = k - step >= 0 ? counts + plane * (k - step) : 0;                                           \
                ELEMENT *above = step > 0 && k + step < ball->planes ? counts + plane * (k + step) : 0;                     \
                for (ptrdiff_t v = 0; v < plane; v += NAME##_step) {                                                        \
                    const ELEMENT *centre = runs + widths[0] * length + margin + v;                                         \
                    NAME##_lanes sum[SIDE];                                                                                 \
                    for (int s = 0; s < SIDE; s++) sum[s] = *(const NAME##_lanes *)(centre + s * lanes);                    \
                    for (int j = 1; j <= reach && widths[j] >= 0; j++) {                                                    \
                        const ELEMENT *row = runs + widths[j] * length + margin + v;                                        \
                        const ptrdiff_t shift = (ptrdiff_t)j * ball->stride;                                                \
                        for (int s = 0; s < SIDE; s++) {                                                                    \
                            sum[s] = __builtin_elementwise_add_sat(                                                         \
                                sum[s], *(const NAME##_lanes *)(row - shift + s * lanes));                                  \
                            sum[s] = __builtin_elementwise_add_sat(                                                         \
                                sum[s], *(const NAME##_lanes *)(row + shift + s * lanes));                                  \
                        }                                                                                                   \
                    }                                                                                                       \
                    if (below)                                                                                              \
                        for (int s = 0; s < SIDE; s++) {                                                                    \
                            NAME##_lanes *to = (NAME##_lanes *)(below + v + s * lanes);                                     \
                            *to = __builtin_elementwise_add_sat(*to, sum[s]);                                               \
                        }                                                                                                   \
                    if (above)                                                                                              \
                        for (int s = 0; s < SIDE; s++) {                                                                    \
                            NAME##_lanes *to = (NAME##_lanes *)(above + v + s * lanes);                                     \
                            *to = __builtin_elementwise_add_sat(*to, sum[s]);                                               \
                        }                                                                                                   \
                }                                                                                                           \
            }                                                                                                               \
        }                                                                                                                   \
    }                                                                                                                       \
                                                                                                                            \
    /* Foci of an experiment that are not its first near a voxel are taken off again there: of every row of a focus's ball, \
       the part that balls of the foci before it cover, a bit per voxel. */                                                 \
    INLINE void NAME##_repeats(                                                                                             \
        const cuneus_ball *ball, const int32_t *foci, const int32_t *starts, int experiments, int32_t *near,                \
        ELEMENT *counts)                                                                                                    \
    {                                                                                                                       \
        const int reach = ball->reach, wide = reach + 1, widest = ball->widest;                                             \
        for (int experiment = 0; experiment < experiments; experiment++) {                                                  \
            for (int f = starts[experiment] + 1; f < starts[experiment + 1]; f++) {                                         \
                const int i = foci[3 * f], j = foci[3 * f + 1], k = foci[3 * f + 2];                                        \
                int number = 0, low_j = INT32_MAX, low_k = INT32_MAX, high_j = -1, high_k = -1;                             \
                for (int e = starts[experiment]; e < f; e++) {                                                              \
                    const int *at = foci + 3 * e;                                                                           \
                    const int step_j = abs(at[1] - j), step_k = abs(at[2] - k);                                             \
                    if (step_j > 2 * reach || step_k > 2 * reach) continue;                                                 \
                    if (abs(at[0] - i) > ball->overlaps[(2 * reach + 1) * step_k + step_j]) continue;                       \
                    near[number++] = e;                                                                                     \
                    low_j = at[1] < low_j ? at[1] : low_j;                                                                  \
                    high_j = at[1] > high_j ? at[1] : high_j;                                                               \
                    low_k = at[2] < low_k ? at[2] : low_k;                                                                  \
                    high_k = at[2] > high_k ? at[2] : high_k;                                                               \
                }                                                                                                           \
                if (number == 0) continue;                                                                                  \
                low_j = largest(0, largest(low_j, j) - reach);                                                              \
                low_k = largest(0, largest(low_k, k) - reach);                                                              \
                high_j = smallest(ball->rows - 1, smallest(high_j, j) + reach);                                             \
                high_k = smallest(ball->planes - 1, smallest(high_k, k) + reach);                                           \
                for (int row_k = low_k; row_k <= high_k; row_k++) {                                                         \
                    for (int row_j = low_j; row_j <= high_j; row_j++) {                                                     \
                        const int width = ball->widths[wide * abs(row_k - k) + abs(row_j - j)];                             \
                        if (width < 0) continue;                                                                            \
                        const int first = largest(i - width, 0), last = smallest(i + width, ball->length - 1);              \
                        uint64_t covered = 0;                                                                               \
                        for (int n = 0; n < number; n++) {                                                                  \
                            const int *at = foci + 3 * near[n];                                                             \
                            const int step_j = abs(row_j - at[1]), step_k = abs(row_k - at[2]);                             \
                            if (step_j > reach || step_k > reach) continue;                                                 \
                            const int other = ball->widths[wide * step_k + step_j];                                         \
                            const int from = largest(first, at[0] - other), to = smallest(last, at[0] + other);             \
                            if (other < 0 || from > to) continue;                                                           \
                            covered |= (((uint64_t)2 << (to - from)) - 1) << (from - i + widest);                           \
                        }                                                                                                   \
                        ELEMENT *row = counts + (ptrdiff_t)ball->plane * row_k + (ptrdiff_t)ball->stride * row_j + i - widest;\
                        for (; covered; covered >>= 16, row += 16) {                                                        \
                            const row_bits bits = (uint16_t)covered & each_bit;                                             \
                            const NAME##_sixteen ones = __builtin_convertvector(bits != 0, NAME##_sixteen);                 \
                            *(NAME##_sixteen *)row += ones;                                                                 \
                        }                                                                                                   \
                    }                                                                                                       \
                }                                                                                                           \
            }                                                                                                               \
        }                                                                                                                   \
    }                                                                                                                       \
                                                                                                                            \
    INLINE ptrdiff_t NAME##_found(const ELEMENT *counts, ptrdiff_t size, ELEMENT cutoff, int32_t *found)                    \
    {                                                                                                                       \
        ptrdiff_t number = 0;                                                                                               \
        for (ptrdiff_t start = 0; start < size; start += NAME##_step) {                                                     \
            ELEMENT any = 0;                                                                                                \
            for (int lane = 0; lane < NAME##_step; lane++) any |= counts[start + lane] > cutoff;                            \
            if (!any) continue;                                                                                             \
            for (int lane = 0; lane < NAME##_step; lane++)                                                                  \
                if (counts[start + lane] > cutoff) found[number++] = (int32_t)(start + lane);                               \
        }                                                                                                                   \
        return number;                                                                                                      \
    }

BALL_BODY(bytes, uint8_t)
BALL_BODY(words, uint16_t)

INLINE bool full_body(const uint8_t *counts, ptrdiff_t size)
{
    for (ptrdiff_t start = 0; start < size; start += bytes_step) {
        uint8_t any = 0;
        for (int lane = 0; lane < bytes_step; lane++) any |= counts[start + lane] == UINT8_MAX;
        if (any) return true;
    }
    return false;
}

#if defined(__x86_64__)
#define V3 __attribute__((target("avx2,fma"))) static

V3 void bytes_v3(const cuneus_ball *ball, const uint8_t *foci, uint8_t *runs, uint8_t *counts)
{
    bytes_body(ball, foci, runs, counts);
}

V3 void words_v3(const cuneus_ball *ball, const uint16_t *foci, uint16_t *runs, uint16_t *counts)
{
    words_body(ball, foci, runs, counts);
}

V3 ptrdiff_t bytes_found_v3(const uint8_t *counts, ptrdiff_t size, uint8_t cutoff, int32_t *found)
{
    return bytes_found(counts, size, cutoff, found);
}

V3 void bytes_repeats_v3(
    const cuneus_ball *ball, const int32_t *foci, const int32_t *starts, int experiments, int32_t *near, uint8_t *counts)
{
    bytes_repeats(ball, foci, starts, experiments, near, counts);
}

V3 void words_repeats_v3(
    const cuneus_ball *ball, const int32_t *foci, const int32_t *starts, int experiments, int32_t *near, uint16_t *counts)
{
    words_repeats(ball, foci, starts, experiments, near, counts);
}

V3 bool full_v3(const uint8_t *counts, ptrdiff_t size) { return full_body(counts, size); }

V3 ptrdiff_t words_found_v3(const uint16_t *counts, ptrdiff_t size, uint16_t cutoff, int32_t *found)
{
    return words_found(counts, size, cutoff, found);
}
#endif

void cuneus_ball_bytes(int isa, const cuneus_ball *ball, const uint8_t *foci, uint8_t *runs, uint8_t *counts)
{
#if defined(__x86_64__)
    if (isa >= CUNEUS_ISA_V3) { bytes_v3(ball, foci, runs, counts); return; }
#endif
    bytes_body(ball, foci, runs, counts);
}

void cuneus_ball_words(int isa, const cuneus_ball *ball, const uint16_t *foci, uint16_t *runs, uint16_t *counts)
{
#if defined(__x86_64__)
    if (isa >= CUNEUS_ISA_V3) { words_v3(ball, foci, runs, counts); return; }
#endif
    words_body(ball, foci, runs, counts);
}

ptrdiff_t cuneus_ball_bytes_above(int isa, const uint8_t *counts, ptrdiff_t size, uint8_t cutoff, int32_t *found)
{
#if defined(__x86_64__)
    if (isa >= CUNEUS_ISA_V3) return bytes_found_v3(counts, size, cutoff, found);
#endif
    return bytes_found(counts, size, cutoff, found);
}

ptrdiff_t cuneus_ball_words_above(int isa, const uint16_t *counts, ptrdiff_t size, uint16_t cutoff, int32_t *found)
{
#if defined(__x86_64__)
    if (isa >= CUNEUS_ISA_V3) return words_found_v3(counts, size, cutoff, found);
#endif
    return words_found(counts, size, cutoff, found);
}

void cuneus_ball_bytes_repeats(
    int isa, const cuneus_ball *ball, const int32_t *foci, const int32_t *starts, int experiments, int32_t *near,
    uint8_t *counts)
{
#if defined(__x86_64__)
    if (isa >= CUNEUS_ISA_V3) { bytes_repeats_v3(ball, foci, starts, experiments, near, counts); return; }
#endif
    bytes_repeats(ball, foci, starts, experiments, near, counts);
}

void cuneus_ball_words_repeats(
    int isa, const cuneus_ball *ball, const int32_t *foci, const int32_t *starts, int experiments, int32_t *near,
    uint16_t *counts)
{
#if defined(__x86_64__)
    if (isa >= CUNEUS_ISA_V3) { words_repeats_v3(ball, foci, starts, experiments, near, counts); return; }
#endif
    words_repeats(ball, foci, starts, experiments, near, counts);
}

bool cuneus_ball_bytes_full(int isa, const uint8_t *counts, ptrdiff_t size)
{
#if defined(__x86_64__)
    if (isa >= CUNEUS_ISA_V3) return full_v3(counts, size);
#endif
    return full_body(counts, size);
}

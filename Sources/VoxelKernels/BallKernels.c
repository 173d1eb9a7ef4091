#include "BallKernels.h"
#include "NearPlaces.h"

#include <stdlib.h>

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

// Foci of an experiment that are not its first near a voxel are taken off again there: of every row of a focus's ball, the part that balls
// of the foci before it cover, a bit per voxel. SPAN rows of a plane lie side by side, each in an element that holds its bits; a
// ball that lies elsewhere is its table of rows, moved by whole elements along j and by bits along i.
#define REPEATS_BODY(NAME, ELEMENT, BITS, SPAN)                                                                             \
    typedef BITS NAME##_rows_##SPAN __attribute__((vector_size(SPAN * sizeof(BITS)), aligned(sizeof(BITS))));               \
                                                                                                                            \
    INLINE void NAME##_repeats_##SPAN(                                                                                      \
        const cuneus_ball *ball, const int32_t *foci, const int32_t *starts, int experiments, int16_t *places,              \
        ELEMENT *counts)                                                                                                    \
    {                                                                                                                       \
        const int reach = ball->reach, wide = reach + 1, widest = ball->widest, side = 2 * reach + 1;                       \
        BITS table[SPAN][3 * SPAN], covered[SPAN][SPAN];                                                                    \
        memset(table, 0, sizeof table);                                                                                     \
        for (int k = 0; k < side; k++)                                                                                      \
            for (int j = 0; j < side; j++) {                                                                                \
                const int width = ball->widths[wide * abs(k - reach) + abs(j - reach)];                                     \
                if (width >= 0) table[k][SPAN + j] = (BITS)((((uint64_t)2 << 2 * width) - 1) << (widest - width));          \
            }                                                                                                               \
        for (int experiment = 0; experiment < experiments; experiment++) {                                                  \
            const int32_t *own = foci + 3 * (ptrdiff_t)starts[experiment];                                                  \
            const int size = starts[experiment + 1] - starts[experiment];                                                   \
            if (size < 2) continue;                                                                                         \
            places_take(places, own, size);                                                                                 \
            for (int f = 1; f < size; f++) {                                                                                \
                const int i = own[3 * f], j = own[3 * f + 1], k = own[3 * f + 2];                                           \
                bool any = false;                                                                                           \
                for (int e = 0; e < f; e += 16) {                                                                           \
                    uint64_t near = places_near(places, size, e, f, 2 * widest, 2 * reach, 2 * reach);                      \
                    while (near) {                                                                                          \
                        const int32_t *at = own + 3 * (e + places_next(&near));                                             \
                        const int step_i = at[0] - i, step_j = at[1] - j, step_k = at[2] - k;                               \
                        if (abs(step_i) > ball->overlaps[side * abs(step_k) + abs(step_j)]) continue;                       \
                        if (!any) memset(covered, 0, sizeof covered);                                                       \
                        any = true;                                                                                         \
                        const int from = step_k > 0 ? step_k : 0, to = step_k < 0 ? side + step_k : side;                   \
                        for (int row = from; row < to; row++) {                                                             \
                            const NAME##_rows_##SPAN other =                                                                \
                                *(const NAME##_rows_##SPAN *)(table[row - step_k] + SPAN - step_j);                         \
                            *(NAME##_rows_##SPAN *)covered[row] |=                                                          \
                                step_i > 0 ? other << (BITS)step_i : other >> (BITS)-step_i;                                \
                        }                                                                                                   \
                    }                                                                                                       \
                }                                                                                                           \
                if (!any) continue;                                                                                         \
                /* The bits of voxels that lie within a row of the lattice. */                                              \
                uint64_t inside = ((uint64_t)2 << 2 * widest) - 1;                                                          \
                if (i < widest) inside &= ~(uint64_t)0 << (widest - i);                                                     \
                if (i + widest >= ball->length) inside &= ((uint64_t)1 << (ball->length - i + widest)) - 1;                 \
                for (int row_k = 0; row_k < side; row_k++) {                                                                \
                    if ((uint32_t)(k + row_k - reach) >= (uint32_t)ball->planes) continue;                                  \
                    NAME##_rows_##SPAN *rows = (NAME##_rows_##SPAN *)covered[row_k];                                        \
                    *rows &= *(const NAME##_rows_##SPAN *)(table[row_k] + SPAN) & (BITS)inside;                             \
                    if (!__builtin_reduce_or(*rows)) continue;                                                              \
                    ELEMENT *plane = counts + (ptrdiff_t)ball->plane * (k + row_k - reach) + i - widest;                    \
                    for (int row_j = 0; row_j < side; row_j++) {                                                            \
                        uint64_t bits = covered[row_k][row_j];                                                              \
                        if (!bits || (uint32_t)(j + row_j - reach) >= (uint32_t)ball->rows) continue;                       \
                        ELEMENT *at = plane + (ptrdiff_t)ball->stride * (j + row_j - reach);                                \
                        for (; bits; bits >>= 16, at += 16) {                                                               \
                            const row_bits each = (uint16_t)bits & each_bit;                                                \
                            *(NAME##_sixteen *)at += __builtin_convertvector(each != 0, NAME##_sixteen);                    \
                        }                                                                                                   \
                    }                                                                                                       \
                }                                                                                                           \
            }                                                                                                               \
        }                                                                                                                   \
    }

REPEATS_BODY(bytes, uint8_t, uint16_t, 16)
REPEATS_BODY(bytes, uint8_t, uint32_t, 32)
REPEATS_BODY(words, uint16_t, uint16_t, 16)
REPEATS_BODY(words, uint16_t, uint32_t, 32)

INLINE void bytes_repeats(
    const cuneus_ball *ball, const int32_t *foci, const int32_t *starts, int experiments, int16_t *places, uint8_t *counts)
{
    if (ball->reach < 8 && ball->widest < 8) bytes_repeats_16(ball, foci, starts, experiments, places, counts);
    else bytes_repeats_32(ball, foci, starts, experiments, places, counts);
}

INLINE void words_repeats(
    const cuneus_ball *ball, const int32_t *foci, const int32_t *starts, int experiments, int16_t *places, uint16_t *counts)
{
    if (ball->reach < 8 && ball->widest < 8) words_repeats_16(ball, foci, starts, experiments, places, counts);
    else words_repeats_32(ball, foci, starts, experiments, places, counts);
}

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
V3 static void bytes_v3(const cuneus_ball *ball, const uint8_t *foci, uint8_t *runs, uint8_t *counts)
{
    bytes_body(ball, foci, runs, counts);
}

V3 static void words_v3(const cuneus_ball *ball, const uint16_t *foci, uint16_t *runs, uint16_t *counts)
{
    words_body(ball, foci, runs, counts);
}

V3 static ptrdiff_t bytes_found_v3(const uint8_t *counts, ptrdiff_t size, uint8_t cutoff, int32_t *found)
{
    return bytes_found(counts, size, cutoff, found);
}

V3 static void bytes_repeats_v3(
    const cuneus_ball *ball, const int32_t *foci, const int32_t *starts, int experiments, int16_t *places, uint8_t *counts)
{
    bytes_repeats(ball, foci, starts, experiments, places, counts);
}

V3 static void words_repeats_v3(
    const cuneus_ball *ball, const int32_t *foci, const int32_t *starts, int experiments, int16_t *places, uint16_t *counts)
{
    words_repeats(ball, foci, starts, experiments, places, counts);
}

V3 static bool full_v3(const uint8_t *counts, ptrdiff_t size) { return full_body(counts, size); }

V3 static ptrdiff_t words_found_v3(const uint16_t *counts, ptrdiff_t size, uint16_t cutoff, int32_t *found)
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
    int isa, const cuneus_ball *ball, const int32_t *foci, const int32_t *starts, int experiments, int16_t *places,
    uint8_t *counts)
{
#if defined(__x86_64__)
    if (isa >= CUNEUS_ISA_V3) { bytes_repeats_v3(ball, foci, starts, experiments, places, counts); return; }
#endif
    bytes_repeats(ball, foci, starts, experiments, places, counts);
}

void cuneus_ball_words_repeats(
    int isa, const cuneus_ball *ball, const int32_t *foci, const int32_t *starts, int experiments, int16_t *places,
    uint16_t *counts)
{
#if defined(__x86_64__)
    if (isa >= CUNEUS_ISA_V3) { words_repeats_v3(ball, foci, starts, experiments, places, counts); return; }
#endif
    words_repeats(ball, foci, starts, experiments, places, counts);
}

bool cuneus_ball_bytes_full(int isa, const uint8_t *counts, ptrdiff_t size)
{
#if defined(__x86_64__)
    if (isa >= CUNEUS_ISA_V3) return full_v3(counts, size);
#endif
    return full_body(counts, size);
}

#include "LabelKernels.h"
#include "Wide.h"

#include <math.h>
#include <string.h>

// The permutations are a tree: those that agree on the first experiments share a path. At each experiment those that have it in the first
// group part from the others; the fewer go one level down, the more stay, so that levels are few. A path ends when all experiments are
// decided: with five experiments near there are at most 32 ends, whatever the number of permutations.

typedef int64_t loose_mask __attribute__((vector_size(64), aligned(8)));

/// Permutations on one path: how many, the words that hold them, and the next experiment to decide.
typedef struct {
    int32_t count, from, to, next;
} path;

INLINE void add_terms(double *to, const double *sums, const double *terms, int width)
{
    for (int v = 0; v < width; v += 8) wide_store(to + v, wide_load(sums + v) + wide_load(terms + v));
}

INLINE int members_of(const uint64_t *bits, const uint64_t *row, path at)
{
    int count = 0;
    for (int w = at.from; w < at.to; w++) count += __builtin_popcountll(bits[w] & row[w]);
    return count;
}

INLINE float difference(double sum, double whole) { return (float)(exp(-(whole - sum)) - exp(-sum)); }

INLINE void raise(const uint64_t *bits, path at, float size, float *highest)
{
    for (int w = at.from; w < at.to; w++)
        for (uint64_t rest = bits[w]; rest; rest &= rest - 1) {
            float *own = highest + 64 * w + __builtin_ctzll(rest);
            if (size > *own) *own = size;
        }
}

/// What the permutations at the end of a path say of each voxel.
INLINE void end_of_path(
    const cuneus_labels *labels, const double *sums, const uint64_t *bits, path at, int64_t *above, int64_t *below,
    float *highest, cuneus_label_difference tell, void *context)
{
    const wide tie = wide_splat(labels->tie);
    const int64_t n = at.count;
    const wide_mask count = {n, n, n, n, n, n, n, n};
    // |difference| is at most the difference of the sums; a little more, for rounding.
    const double least = tell ? labels->limit : labels->limit * (1 - 1e-6) - 1e-12;
    float size = 0;
    for (int v = 0; v < labels->width; v += 8) {
        const wide sum = wide_load(sums + v), goal = wide_load(labels->goal + v), whole = wide_load(labels->whole + v);
        loose_mask *up = (loose_mask *)(above + v), *down = (loose_mask *)(below + v);
        *up += (sum >= goal - tie) & count;
        *down += (sum <= goal + tie) & count;
        const wide apart = wide_absolute(2 * sum - whole);
        if (!is_any(apart > least)) continue;
        for (int lane = 0; lane < 8; lane++) {
            if (!(apart[lane] > least)) continue;
            const float value = difference(sum[lane], whole[lane]);
            if (!tell) size = fmaxf(size, fabsf(value));
            else if (fabsf(value) > labels->limit)
                tell(context, bits, at.from, at.to, v + lane, value);
        }
    }
    if (!tell && size > labels->limit) raise(bits, at, size, highest);
}

INLINE void differences_body(
    const cuneus_labels *labels, double *sums, uint64_t *bits, int64_t *above, int64_t *below, float *highest,
    cuneus_label_difference tell, void *context)
{
    const int width = labels->width, words = labels->words;
    path paths[CUNEUS_LABEL_LEVELS];
    int level = 0;
    paths[0] = (path){labels->permutations, 0, words, 0};
    memset(sums, 0, (size_t)width * sizeof(double));
    memset(bits, 0xff, (size_t)words * sizeof(uint64_t));
    if (labels->permutations % 64) bits[words - 1] = ((uint64_t)1 << labels->permutations % 64) - 1;
    while (level >= 0) {
        path *at = paths + level;
        double *sum = sums + (ptrdiff_t)width * level;
        uint64_t *own = bits + (ptrdiff_t)words * level;
        bool parted = false;
        while (at->next < labels->experiments && !parted) {
            const double *terms = labels->terms + (ptrdiff_t)width * at->next;
            const uint64_t *row = labels->members + (ptrdiff_t)words * labels->rows[at->next];
            const int first = members_of(own, row, *at);
            at->next++;
            if (first == at->count) add_terms(sum, sum, terms, width);
            if (first == 0 || first == at->count) continue;
            // The fewer go one level down.
            const uint64_t turn = 2 * first <= at->count ? 0 : ~(uint64_t)0;
            path *down = at + 1;
            *down = *at;
            down->count = turn ? at->count - first : first;
            at->count -= down->count;
            for (int w = at->from; w < at->to; w++) {
                own[words + w] = own[w] & (row[w] ^ turn);
                own[w] &= ~(row[w] ^ turn);
            }
            while (own[words + down->from] == 0) down->from++;
            while (own[words + down->to - 1] == 0) down->to--;
            if (turn) {
                memcpy(sum + width, sum, (size_t)width * sizeof(double));
                add_terms(sum, sum, terms, width);
            } else {
                add_terms(sum + width, sum, terms, width);
            }
            level++;
            parted = true;
        }
        if (parted) continue;
        end_of_path(labels, sum, own, *at, above, below, highest, tell, context);
        level--;
    }
}

#if defined(__x86_64__)
V3 static void differences_v3(
    const cuneus_labels *a, double *b, uint64_t *c, int64_t *d, int64_t *e, float *f, cuneus_label_difference g, void *h)
{
    differences_body(a, b, c, d, e, f, g, h);
}
V4 static void differences_v4(
    const cuneus_labels *a, double *b, uint64_t *c, int64_t *d, int64_t *e, float *f, cuneus_label_difference g, void *h)
{
    differences_body(a, b, c, d, e, f, g, h);
}
#endif

void cuneus_label_differences(
    int isa, const cuneus_labels *labels, double *sums, uint64_t *bits, int64_t *above, int64_t *below, float *highest,
    cuneus_label_difference tell, void *context)
{
#if defined(__x86_64__)
    if (isa == CUNEUS_ISA_V4) { differences_v4(labels, sums, bits, above, below, highest, tell, context); return; }
    if (isa == CUNEUS_ISA_V3) { differences_v3(labels, sums, bits, above, below, highest, tell, context); return; }
#endif
    differences_body(labels, sums, bits, above, below, highest, tell, context);
}

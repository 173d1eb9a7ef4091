// An upper bound of ALE's sum at all voxels at once, for many foci with one Gaussian kernel: smoothing in place of a kernel around every focus,
// and less where foci of one experiment overlap.
#ifndef SMOOTH_KERNELS_H
#define SMOOTH_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Voxels either way that overlaps are looked at: what is farther off is small, and each step more costs a third. Elements of a row of their table.
enum { CUNEUS_SMOOTH_REACH = 4, CUNEUS_SMOOTH_SIDE = 9, CUNEUS_SMOOTH_ROW = 48 };

/// to[n] = w[0]·from[n] + Σ w[t]·(from[n − t·stride] + from[n + t·stride]), t up to `reach`.
/// The elements up to reach·stride before the first and after the last are read.
void cuneus_smooth(
    int isa, const float *from, float *to, ptrdiff_t count, ptrdiff_t stride, const float *weights, int reach);

/// A lattice: element (i, j, k) is at i + stride·j + plane·k, of `rows` rows in `planes` planes.
typedef struct {
    int32_t stride, plane, rows, planes;
    /// By k, j and i + 16, steps from −CUNEUS_SMOOTH_REACH on: a focus's term in whole units, rounded down. 0 in the rest of a row.
    const uint16_t *table;
    /// Overlaps that are nowhere larger are passed over.
    uint16_t least;
} cuneus_smooth_lattice;

/// Adds to `taken` where foci of an experiment overlap with foci before them: the smaller of a focus's term and the largest of theirs, or less.
///
/// `foci`: i, j, k triples, experiment by experiment; `starts`: of each experiment its first focus, and after the last the number of
/// foci. `places`: room for three times as many as an experiment has foci and 16 more. Sums saturate at 65535. Eight
/// elements at the end of every row, and as many before the first row, may be changed.
void cuneus_smooth_overlaps(
    int isa, const cuneus_smooth_lattice *lattice, const int32_t *foci, const int32_t *starts, int experiments,
    int16_t *places, uint16_t *taken);

/// Indices of the elements whose values[n] − unit·taken[n] is above `cutoff`, ascending; `count` is a multiple of 16. Returns how many there are.
ptrdiff_t cuneus_smooth_above(
    int isa, const float *values, const uint16_t *taken, float unit, ptrdiff_t count, float cutoff, int32_t *found);

/// The largest values[n] − unit·taken[n]; `count` is a multiple of 16.
float cuneus_smooth_highest(int isa, const float *values, const uint16_t *taken, float unit, ptrdiff_t count);

#ifdef __cplusplus
}
#endif
#endif

// The inner loops of the Monte-Carlo test of convergence methods: kernels added around random foci on a lattice of
// 16-bit integers, the search for high voxels, and scaled sums of histograms. Every instruction set gives the same bits.
#ifndef CONVERGENCE_KERNELS_H
#define CONVERGENCE_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Voxels of a row of a screening kernel.
enum { CUNEUS_SCREEN_LANES = 16 };

/// Where a row of a kernel lies: steps along j and k, and its first element relative to the focus's.
typedef struct {
    int32_t j, k, offset;
} cuneus_screen_row;

/// A lattice of rows: element (i, j, k) is at pad + i + stride·(j + nj·k). No row of a kernel is farther than `reach` from
/// its focus along j or k.
typedef struct {
    int32_t nj, nk;
    int32_t stride, pad;
    int32_t reach;
} cuneus_screen_lattice;

/// Adds a kernel (`rows` of CUNEUS_SCREEN_LANES weights) around each focus (i, j, k triples), saturating at 65535.
/// Rows outside 0..<nj, 0..<nk are left out; pad and stride must leave room for the ends of rows.
void cuneus_screen_add(
    int isa, const cuneus_screen_lattice *lattice, uint16_t *values, const int32_t *foci, int count,
    const cuneus_screen_row *rows, const uint16_t *weights, int row_count);

/// Indices of the elements above `cutoff`, ascending; `count` is a multiple of 32. Returns how many there are.
ptrdiff_t cuneus_screen_collect(int isa, const uint16_t *values, ptrdiff_t count, uint16_t cutoff, int32_t *found);

/// to[n] += share · from[n]; one multiplication and one addition each, the same bits for every instruction set.
void cuneus_scaled_add(int isa, double *to, const double *from, double share, ptrdiff_t count);

#ifdef __cplusplus
}
#endif
#endif

// How many foci lie within a ball around every voxel, of all voxels at once: the cost does not depend on how many foci there are.
// Every instruction set gives the same bits.
#ifndef BALL_KERNELS_H
#define BALL_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Bytes of a vector; planes are a multiple of four vectors.
enum { CUNEUS_BALL_BYTES = 32 };

/// A ball on a lattice: element (i, j, k) is at i + stride·j + plane·k. At least `widest` elements at the end of every row
/// and as many before the first plane and after the last must be readable and empty.
typedef struct {
    int32_t stride, plane, planes;
    /// Elements of a row that count, and rows of a plane.
    int32_t length, rows;
    /// Largest step along j and k; largest step along i; both below 16.
    int32_t reach, widest;
    /// Of each step along k (slower) and j, both 0…reach: the step along i up to which voxels belong to the ball; −1 if none.
    /// Does not grow with the steps.
    const int8_t *widths;
    /// Of each distance of two balls along k (slower) and j, both 0…2·reach: the distance along i up to which they overlap; −1 if
    /// they do not.
    const int8_t *overlaps;
} cuneus_ball;

/// Writes how many foci lie in the ball around every element, at most 255 (65535).
///
/// `foci`: foci at each element. `runs`: (widest + 1)·(plane + 2·reach·stride) elements, empty at first; it may be used again
/// as it is. `counts`: plane·planes elements.
void cuneus_ball_bytes(int isa, const cuneus_ball *ball, const uint8_t *foci, uint8_t *runs, uint8_t *counts);
void cuneus_ball_words(int isa, const cuneus_ball *ball, const uint16_t *foci, uint16_t *runs, uint16_t *counts);

/// Whether a count may have been cut at 255.
bool cuneus_ball_bytes_full(int isa, const uint8_t *counts, ptrdiff_t size);

/// Turns counts of foci (below the largest) into counts of experiments: each counts once however many foci it has near.
///
/// `foci`: i, j, k triples, experiment by experiment; `starts`: of each experiment its first focus, and after the last the number
/// of foci. `places`: room for three times as many as an experiment has foci and 16 more. 64 elements before the first count and after the
/// last must be writable; they are not changed.
void cuneus_ball_bytes_repeats(
    int isa, const cuneus_ball *ball, const int32_t *foci, const int32_t *starts, int experiments, int16_t *places,
    uint8_t *counts);
void cuneus_ball_words_repeats(
    int isa, const cuneus_ball *ball, const int32_t *foci, const int32_t *starts, int experiments, int16_t *places,
    uint16_t *counts);

/// Indices of the elements above `cutoff`, ascending. Returns how many there are.
ptrdiff_t cuneus_ball_bytes_above(int isa, const uint8_t *counts, ptrdiff_t size, uint8_t cutoff, int32_t *found);
ptrdiff_t cuneus_ball_words_above(int isa, const uint16_t *counts, ptrdiff_t size, uint16_t cutoff, int32_t *found);

#ifdef __cplusplus
}
#endif
#endif

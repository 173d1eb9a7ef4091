import Cuneus
import Foundation
import VoxelKernels

/// What a core and the memory can do at best, measured, and how much of it the permutation test's two kernels reach.
struct Roofline {
    let instructions: VectorInstructions
    /// Fused multiply-adds, and square roots with half a division each, a second on one core.
    let multiplyAdds: Double
    let divisions: Double
    /// Bytes a second on one core: a = b + 3c over arrays far larger than the caches, three arrays counted (as STREAM does).
    let bandwidth: Double

    init(_ instructions: VectorInstructions) {
        self.instructions = instructions
        var sink: Float = 0
        var done = 0
        let rounds = instructions == .baseline ? 100_000 : 2_000_000
        var time = best(of: 5) { done = cuneus_multiply_adds(instructions.code, rounds, &sink) }
        multiplyAdds = Double(done) / time
        time = best(of: 5) { done = cuneus_divisions(instructions.code, 100_000, &sink) }
        divisions = Double(done) / time
        let count = 48 << 20
        let arrays = (0..<3).map { _ in [Float](repeating: sink.isNaN ? 0 : 1, count: count) }
        var target = arrays[0]
        time = best(of: 4) { cuneus_triad(&target, arrays[1], arrays[2], count) }
        bandwidth = 12 * Double(count) / time
    }

    func report() {
        print(
            "  one core, \(instructions.rawValue): \(fixed(2e-9 * multiplyAdds, 0)) Gflop/s in fused multiply-adds, \(fixed(1e-9 * divisions, 2)) G/s of one square root and half a division, \(fixed(1e-9 * bandwidth, 1)) GB/s of memory"
        )
        pooling(studies: 50, imputations: 50, permutations: 64)
        means(subjects: 20, permutations: 64)
    }

    /// z of random studies: 36 floating-point operations an element, of which a square root and half a division.
    private func pooling(studies: Int, imputations: Int, permutations: Int) {
        let tile = Int(CUNEUS_TILE)
        let tiles = 40
        let row = studies * tile
        var generator = SystemRandomNumberGenerator()
        func random(_ count: Int, _ range: ClosedRange<Float>) -> [Float] {
            (0..<count).map { _ in Float.random(in: range, using: &generator) }
        }
        let effects = random(tiles * imputations * row, -0.6...1)
        let means = random(permutations * row, -0.2...0.2)
        let slopes = random(permutations * studies, -1...1)
        let scale = EffectScale(n1: 20)
        let experiments = [cuneus_experiment](
            repeating: cuneus_experiment(scale), count: studies)
        var setting = cuneus_pooling(
            experiments: Int32(studies), imputations: Int32(imputations), unit_variance: false, reml: false,
            sample_correlation: 0)
        let scratch = UnsafeMutableRawPointer.allocate(
            byteCount: 4 * cuneus_pooling_scratch(Int32(studies)), alignment: 64)
        defer { scratch.deallocate() }
        var z = [Float](repeating: 0, count: tile)
        let time = best(of: 3) {
            for block in 0..<tiles {
                effects.withUnsafeBufferPointer { effects in
                    for permutation in 0..<permutations {
                        means.withUnsafeBufferPointer { means in
                            slopes.withUnsafeBufferPointer { slopes in
                                cuneus_pooled_z(
                                    instructions.code, &setting, experiments, means.baseAddress! + permutation * row,
                                    slopes.baseAddress! + permutation * studies,
                                    effects.baseAddress! + block * imputations * row, nil,
                                    scratch.assumingMemoryBound(to: Float.self), &z)
                            }
                        }
                    }
                }
            }
        }
        let elements = Double(tiles * tile * permutations * imputations * studies)
        let element = time / elements
        print(
            "  pooled z: \(fixed(element * 1e9, 3)) ns per (voxel, imputation, permutation, study) on one core; \(fixed(36e-9 / element, 0)) Gflop/s, \(percent(18 / element / multiplyAdds)) of the peak; \(percent(1 / element / divisions)) of what divisions and roots alone allow; \(fixed(4e-9 / element / Double(permutations), 2)) GB/s, \(percent(4 / element / Double(permutations) / bandwidth)) of memory bandwidth"
        )
    }

    /// Subjects' weighted sums: one multiply-add per (voxel, subject, permutation).
    private func means(subjects: Int, permutations: Int) {
        let tile = Int(CUNEUS_TILE)
        let tiles = 4000
        let values = [Float](repeating: 0.5, count: tiles * subjects * tile)
        let weights = [Float](repeating: 0.05, count: permutations * subjects)
        var sums = [Float](repeating: 0, count: permutations * tile)
        let time = best(of: 3) {
            values.withUnsafeBufferPointer { values in
                for block in 0..<tiles {
                    cuneus_permuted_means(
                        instructions.code, values.baseAddress! + block * subjects * tile, Int32(subjects), weights,
                        Int32(permutations), &sums, tile)
                }
            }
        }
        let element = time / Double(tiles * tile * subjects * permutations)
        let bytes = 4 / element / Double(permutations)
        print(
            "  permuted means: \(fixed(element * 1e9, 4)) ns per (voxel, subject, permutation) on one core; \(fixed(2e-9 / element, 0)) Gflop/s, \(percent(1 / element / multiplyAdds)) of the peak; \(fixed(1e-9 * bytes, 2)) GB/s, \(percent(bytes / bandwidth)) of memory bandwidth"
        )
    }
}

/// The shortest time of several runs on one thread, in seconds of processor time: what others do on the machine meanwhile
/// disturbs it least.
func best(of runs: Int, _ work: () -> Void) -> Double {
    (0..<runs).map { _ in
        let start = processorTime()
        work()
        return processorTime() - start
    }.min() ?? .nan
}

/// Seconds of processor time that all threads of this process have taken.
func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}

func elapsed(since start: ContinuousClock.Instant) -> Double {
    let duration = ContinuousClock.now - start
    return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
}

func percent(_ share: Double) -> String { fixed(100 * share, share < 0.1 ? 1 : 0) + " %" }

import Imaging

/// The exact sum over experiments at single voxels, from the foci near them. Foci are sorted into cells of 4³ voxels.
///
/// Everything the inner loop touches lies in buffers of its own: no reference counting, no bounds checks.
final class ExactSums {
    /// A kernel and its terms, laid out for look-ups.
    private struct FlatKernel {
        var ranks: UnsafeMutablePointer<UInt16>
        var terms: UnsafeMutablePointer<Double>
        var half: SIMD3<Int32>
        var last: SIMD3<UInt32>
        var row: Int32
        var plane: Int32
    }

    private let rule: ActivationModel.Rule
    private let cells: SIMD3<Int32>
    private let reach: SIMD3<Int32>
    private let highest: SIMD3<Int32>
    private let focusCount: Int
    private let words: Int
    private let place: UnsafeMutablePointer<SIMD3<Int32>>
    private let starts: UnsafeMutablePointer<Int32>
    private let next: UnsafeMutablePointer<Int32>
    private let cellCount: Int
    /// Foci, cell by cell, in their order within a cell: lattice coordinates and experiment.
    let sorted: UnsafeMutablePointer<SIMD4<Int32>>
    private let studyOf: UnsafeMutablePointer<Int32>
    /// Per experiment: its activation at the voxel at hand.
    private let own: UnsafeMutablePointer<Double>
    private let weights: UnsafeMutablePointer<Double>
    private let kernelOf: UnsafeMutablePointer<Int32>
    /// A bit per experiment that has one.
    private let active: UnsafeMutablePointer<UInt64>
    private let kernels: UnsafeMutableBufferPointer<FlatKernel>

    init(_ plan: ScreenPlan) {
        func copy<Element>(_ values: [Element]) -> UnsafeMutablePointer<Element> {
            let pointer = UnsafeMutablePointer<Element>.allocate(capacity: max(values.count, 1))
            pointer.initialize(from: values, count: values.count)
            return pointer
        }
        let model = plan.model
        rule = model.rule
        cells = SIMD3<Int32>(truncatingIfNeeded: (plan.shape &- 1) / 4 &+ 1)
        highest = SIMD3<Int32>(truncatingIfNeeded: plan.shape &- 1)
        reach = SIMD3<Int32>(
            truncatingIfNeeded: model.kernels.reduce(SIMD3<Int>.zero) { pointwiseMax($0, $1.half) })
        focusCount = plan.studyOf.count
        place = copy(plan.place)
        cellCount = Int(cells.x) * Int(cells.y) * Int(cells.z)
        starts = copy([Int32](repeating: 0, count: cellCount + 1))
        next = copy([Int32](repeating: 0, count: cellCount + 1))
        sorted = copy([SIMD4<Int32>](repeating: .zero, count: focusCount))
        studyOf = copy(plan.studyOf)
        own = copy([Double](repeating: 0, count: model.studies.count))
        weights = copy(model.studies.map(\.weight))
        kernelOf = copy(model.studies.map { Int32($0.kernel) })
        words = (model.studies.count + 63) / 64
        active = copy([UInt64](repeating: 0, count: words))
        kernels = .allocate(capacity: model.kernels.count)
        for (number, kernel) in model.kernels.enumerated() {
            let half = SIMD3<Int32>(truncatingIfNeeded: kernel.half)
            let width = SIMD3<Int32>(truncatingIfNeeded: kernel.width)
            (kernels.baseAddress! + number).initialize(
                to: FlatKernel(
                    ranks: copy(kernel.ranks), terms: copy(rule == .maximum ? model.terms[number] : [0, 1]),
                    half: half,
                    last: SIMD3<UInt32>(truncatingIfNeeded: width &- 1), row: width.x, plane: width.x * width.y))
        }
    }

    deinit {
        for kernel in kernels {
            kernel.ranks.deallocate()
            kernel.terms.deallocate()
        }
        kernels.deallocate()
        place.deallocate()
        starts.deallocate()
        next.deallocate()
        sorted.deallocate()
        studyOf.deallocate()
        own.deallocate()
        weights.deallocate()
        kernelOf.deallocate()
        active.deallocate()
    }

    /// Takes the foci of an iteration: lattice coordinates, three per focus.
    func sort(_ triples: UnsafePointer<Int32>) {
        starts.update(repeating: 0, count: cellCount + 1)
        @inline(__always)
        func cell(_ n: Int) -> Int {
            Int(triples[3 * n] >> 2 + cells.x * (triples[3 * n + 1] >> 2 + cells.y * (triples[3 * n + 2] >> 2)))
        }
        for n in 0..<focusCount { starts[cell(n) + 1] += 1 }
        for n in 0..<cellCount {
            starts[n + 1] += starts[n]
            next[n] = starts[n]
        }
        for n in 0..<focusCount {
            let at = cell(n)
            sorted[Int(next[at])] = [triples[3 * n], triples[3 * n + 1], triples[3 * n + 2], studyOf[n]]
            next[at] += 1
        }
    }

    /// The sum at a mask position, experiments in their order.
    func at(_ voxel: Int32) -> Double {
        let place = place[Int(voxel)]
        let low = pointwiseMax(place &- reach, .zero) &>> 2
        let high = pointwiseMin(place &+ reach, highest) &>> 2
        var total = 0.0
        var k = low.z
        while k <= high.z {
            var j = low.y
            while j <= high.y {
                let row = cells.x &* (j &+ cells.y &* k)
                // Cells along i lie one after another.
                var n = Int(starts[Int(row &+ low.x)])
                let end = Int(starts[Int(row &+ high.x &+ 1)])
                while n < end {
                    let focus = sorted[n]
                    n &+= 1
                    let study = Int(focus.w)
                    let kernel = kernels.baseAddress! + Int(kernelOf[study])
                    // Outside the box on either side is a large unsigned number.
                    let x = place.x &- focus.x &+ kernel.pointee.half.x
                    if UInt32(bitPattern: x) > kernel.pointee.last.x { continue }
                    let y = place.y &- focus.y &+ kernel.pointee.half.y
                    if UInt32(bitPattern: y) > kernel.pointee.last.y { continue }
                    let z = place.z &- focus.z &+ kernel.pointee.half.z
                    if UInt32(bitPattern: z) > kernel.pointee.last.z { continue }
                    let rank = kernel.pointee.ranks[
                        Int(x &+ kernel.pointee.row &* y &+ kernel.pointee.plane &* z)]
                    if rank == 0 { continue }
                    if rule == .count {
                        total += 1
                        continue
                    }
                    let term = kernel.pointee.terms[Int(rank)]
                    if term > own[study] {
                        own[study] = term
                        active[study >> 6] |= 1 << UInt64(study & 63)
                    }
                }
                j &+= 1
            }
            k &+= 1
        }
        if rule == .count { return total }
        for word in 0..<words {
            var bits = active[word]
            if bits == 0 { continue }
            active[word] = 0
            while bits != 0 {
                let study = word << 6 + bits.trailingZeroBitCount
                bits &= bits &- 1
                total += weights[study] * own[study]
                own[study] = 0
            }
        }
        return total
    }
}

import Inference
import VoxelKernels

/// Observed and permuted differences of a slab, one group of voxels after another, in memory that is reused.
///
/// Everything that the kernel reads and writes lies in buffers of its own, as large as the largest group needs.
final class GroupDifferences {
    private let slab: SubtractionSlab
    private let members: MemberBits
    private let tie: Double
    private let instructions: Int32
    /// Σ of all experiments' terms, group by group, each rounded up to its width.
    private let whole: UnsafeMutableBufferPointer<Double>
    private let starts: [Int]
    private let goal: UnsafeMutableBufferPointer<Double>
    private let sums: UnsafeMutableBufferPointer<Double>
    private let bits: UnsafeMutableBufferPointer<UInt64>
    private let above: UnsafeMutableBufferPointer<Int64>
    private let below: UnsafeMutableBufferPointer<Int64>
    /// The groups, those with the highest sums first.
    let byHeight: [Int]

    init(_ slab: SubtractionSlab, members: MemberBits, tie: Double, instructions: VectorInstructions) {
        func memory<Element: BitwiseCopyable & Numeric>(_ count: Int) -> UnsafeMutableBufferPointer<Element> {
            let memory = UnsafeMutableBufferPointer<Element>.allocate(capacity: max(1, count))
            memory.initialize(repeating: 0)
            return memory
        }
        self.slab = slab
        self.members = members
        self.tie = tie
        self.instructions = instructions.code
        let starts = slab.groups.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.width) }
        let widest = slab.groups.reduce(0) { max($0, $1.width) }
        let levels = Int(CUNEUS_LABEL_LEVELS)
        self.starts = starts
        whole = memory(starts[starts.count - 1])
        goal = memory(widest)
        sums = memory(levels * widest)
        bits = memory(levels * members.words)
        above = memory(widest)
        below = memory(widest)
        var heights = [Double](repeating: 0, count: slab.groups.count)
        for (number, group) in slab.groups.enumerated() {
            let own = whole.baseAddress! + starts[number]
            Self.add(slab, group, to: own) { _ in true }
            for voxel in 0..<group.width { heights[number] = max(heights[number], own[voxel]) }
        }
        byHeight = slab.groups.indices.sorted { heights[$0] > heights[$1] }
    }

    deinit {
        whole.deallocate()
        goal.deallocate()
        sums.deallocate()
        bits.deallocate()
        above.deallocate()
        below.deallocate()
    }

    /// Adds the terms of some experiments, in their order.
    private static func add(
        _ slab: SubtractionSlab, _ group: SubtractionSlab.Group, to sums: UnsafeMutablePointer<Double>,
        where isMember: (Int) -> Bool
    ) {
        let width = group.width
        slab.terms.withUnsafeBufferPointer { terms in
            for (row, experiment) in group.experiments.enumerated() where isMember(Int(experiment)) {
                let from = terms.baseAddress! + group.terms + row * width
                for voxel in 0..<width { sums[voxel] += from[voxel] }
            }
        }
    }

    /// Takes a group's observed sums, of experiments before `first`.
    func observe(_ number: Int, first: Int) {
        goal.update(repeating: 0)
        Self.add(slab, slab.groups[number], to: goal.baseAddress!) { $0 < first }
    }

    /// Permutes the labels for the group observed last, and raises the largest |difference| of each permutation.
    func permute(_ number: Int, highest: UnsafeMutablePointer<Float>) {
        var least = highest[0]
        for permutation in 0..<members.permutations { least = min(least, highest[permutation]) }
        run(number, limit: least, highest: highest, tell: nil, context: nil)
    }

    /// Permutes the labels for the group observed last, and keeps differences of a size above a limit.
    func permute(_ number: Int, keeping kept: KeptDifferences, above limit: Float) {
        let context = Context(kept: kept, voxels: Array(slab.voxels[slab.groups[number].voxels]))
        withExtendedLifetime(context) {
            run(
                number, limit: limit, highest: nil, tell: Context.tell,
                context: Unmanaged.passUnretained(context).toOpaque())
        }
    }

    /// Where differences that the kernel tells of go.
    private final class Context {
        let kept: KeptDifferences
        let voxels: [Int32]

        init(kept: KeptDifferences, voxels: [Int32]) {
            self.kept = kept
            self.voxels = voxels
        }

        static let tell: cuneus_label_difference = { context, bits, from, to, voxel, difference in
            guard let context, let bits else { return }
            let own = Unmanaged<Context>.fromOpaque(context).takeUnretainedValue()
            let entry = SubtractionTest.Kept(voxel: own.voxels[Int(voxel)], value: difference)
            MemberBits.each(bits, Int(from)..<Int(to)) { own.kept.append(entry, to: $0) }
        }
    }

    private func run(
        _ number: Int, limit: Float, highest: UnsafeMutablePointer<Float>?, tell: cuneus_label_difference?,
        context: UnsafeMutableRawPointer?
    ) {
        let group = slab.groups[number]
        above.update(repeating: 0)
        below.update(repeating: 0)
        slab.terms.withUnsafeBufferPointer { terms in
            group.experiments.withUnsafeBufferPointer { rows in
                members.rows.withUnsafeBufferPointer { members in
                    var labels = cuneus_labels(
                        experiments: Int32(rows.count), width: Int32(group.width),
                        permutations: Int32(self.members.permutations), words: Int32(self.members.words),
                        terms: terms.baseAddress! + group.terms, rows: rows.baseAddress,
                        members: members.baseAddress, goal: goal.baseAddress,
                        whole: whole.baseAddress! + starts[number], tie: tie, limit: limit)
                    cuneus_label_differences(
                        instructions, &labels, sums.baseAddress, bits.baseAddress, above.baseAddress,
                        below.baseAddress, highest, tell, context)
                }
            }
        }
    }

    /// Calls `body` with every voxel of the group permuted last: mask position, sum of the first group and of all, and
    /// the permutations at least and at most the observed sum.
    func each(_ number: Int, _ body: (Int, Double, Double, Int32, Int32) -> Void) {
        for (column, place) in slab.groups[number].voxels.enumerated() {
            body(
                Int(slab.voxels[place]), goal[column], whole[starts[number] + column], Int32(above[column]),
                Int32(below[column]))
        }
    }
}

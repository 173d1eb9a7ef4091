import Foundation
import Imaging

/// Planes of voxels, in groups that the same experiments reach.
///
/// At most voxels few experiments are near, and neighbours have the same ones: what a permutation of the labels does to them depends on the labels of
/// these few alone. Where many experiments reach few voxels, some 32 voxels make a group, with every experiment that reaches one of them.
struct SubtractionSlab: Sendable {
    struct Group: Sendable {
        /// Indices into ``voxels``.
        var voxels = 0..<0
        /// Numbers of experiments, ascending.
        var experiments: [Int32] = []
        /// Where its rows of terms begin in ``terms``, one per experiment.
        var terms = 0
        /// The length of a row: the voxels, rounded up to a multiple of 8.
        var width: Int { (voxels.count + 7) / 8 * 8 }
    }

    private(set) var groups: [Group] = []
    /// Mask positions, group by group, ascending within each.
    private(set) var voxels: [Int32] = []
    /// −ln(1 − MA); 0 where an experiment does not reach, and in the lanes after a row's last voxel.
    private(set) var terms: [Double] = []

    /// What an experiment adds to voxels, by their number within the slab.
    private struct Painted {
        var experiment: Int32
        var voxels: [Int32] = []
        var terms: [Double] = []
    }

    init(_ model: ActivationModel, planes: ClosedRange<Int>) {
        let space = model.space.planes(planes)
        let painter = ActivationPainter(model.with(model.studies, in: space))
        let range = space.positions(planes)
        let painted = model.studies.enumerated().compactMap { number, study -> Painted? in
            var own = Painted(experiment: Int32(number))
            painter.visitTerms(study) { voxel, term in
                own.voxels.append(Int32(voxel - range.lowerBound))
                own.terms.append(term)
            }
            return own.voxels.isEmpty ? nil : own
        }
        let groupOf = divide(range, Self.sets(painted, count: range.count))
        fill(painted, groupOf, first: Int32(range.lowerBound))
    }

    /// Of every voxel a number, the same for voxels that the same experiments reach; and of every number how many experiments.
    private static func sets(_ painted: [Painted], count: Int) -> (of: [Int32], sizes: [Int]) {
        var sets = [Int32](repeating: 0, count: count)
        var sizes = [0]
        // The set that an experiment makes of another, and the experiment.
        var grown: [(by: Int32, to: Int32)] = [(-1, 0)]
        for own in painted {
            for voxel in own.voxels {
                let old = Int(sets[Int(voxel)])
                if grown[old].by != own.experiment {
                    grown[old] = (own.experiment, Int32(sizes.count))
                    sizes.append(sizes[old] + 1)
                    grown.append((-1, 0))
                }
                sets[Int(voxel)] = grown[old].to
            }
        }
        return (sets, sizes)
    }

    /// Divides the voxels into groups; returns each voxel's, −1 where no experiment reaches.
    private mutating func divide(_ range: Range<Int>, _ sets: (of: [Int32], sizes: [Int])) -> [Int32] {
        let (few, wide, tile) = (7, 8, 32)
        var members = [Int](repeating: 0, count: sets.sizes.count)
        for set in sets.of { members[Int(set)] += 1 }
        var counts: [Int] = []
        var groupOfSet = [Int32](repeating: -1, count: members.count)
        for set in members.indices.dropFirst()
        where members[set] > 0 && (sets.sizes[set] <= few || members[set] >= wide) {
            groupOfSet[set] = Int32(counts.count)
            counts.append(members[set])
        }
        var groupOf = [Int32](repeating: -1, count: range.count)
        for (voxel, set) in sets.of.enumerated() where set > 0 {
            if groupOfSet[Int(set)] >= 0 {
                groupOf[voxel] = groupOfSet[Int(set)]
                continue
            }
            if groupOfSet[0] < 0 || counts[Int(groupOfSet[0])] == tile {
                // The empty set has no group of its own; its place holds the tile that is being filled.
                groupOfSet[0] = Int32(counts.count)
                counts.append(0)
            }
            groupOf[voxel] = groupOfSet[0]
            counts[Int(groupOfSet[0])] += 1
        }
        var start = 0
        for count in counts {
            groups.append(Group(voxels: start..<start + count))
            start += count
        }
        voxels = Array(repeating: 0, count: start)
        return groupOf
    }

    private mutating func fill(_ painted: [Painted], _ groupOf: [Int32], first: Int32) {
        var next = groups.map(\.voxels.lowerBound)
        var column = [Int32](repeating: 0, count: groupOf.count)
        for (voxel, group) in groupOf.enumerated() where group >= 0 {
            let group = Int(group)
            voxels[next[group]] = first + Int32(voxel)
            column[voxel] = Int32(next[group] - groups[group].voxels.lowerBound)
            next[group] += 1
        }
        // The experiment that was last met in each group.
        var last = [Int32](repeating: -1, count: groups.count)
        for own in painted {
            for voxel in own.voxels {
                let group = Int(groupOf[Int(voxel)])
                if last[group] == own.experiment { continue }
                last[group] = own.experiment
                groups[group].experiments.append(own.experiment)
            }
        }
        var size = 0
        for group in groups.indices {
            groups[group].terms = size
            size += groups[group].experiments.count * groups[group].width
        }
        terms = Array(repeating: 0, count: size)
        let widths = groups.map(\.width)
        var row = zip(groups, widths).map { $0.terms - $1 }
        for group in last.indices { last[group] = -1 }
        for own in painted {
            for (voxel, term) in zip(own.voxels, own.terms) {
                let group = Int(groupOf[Int(voxel)])
                if last[group] != own.experiment {
                    last[group] = own.experiment
                    row[group] += widths[group]
                }
                terms[row[group] + Int(column[Int(voxel)])] = term
            }
        }
    }
}

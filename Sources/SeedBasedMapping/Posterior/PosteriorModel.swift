import Inference
import Statistics
import VoxelKernels

/// The experiments of one posterior, with what they weigh, in the form that the scan over voxels needs.
struct PosteriorModel: Sendable {
    struct Member: Sendable {
        /// Position in the list of reports.
        var report: Int
        var row: Int
        /// Experiments of the row that take part.
        var rowCount: Int
        var power: Double
        var tauShare: Double
        /// Among ``silences``; nil for a map.
        var silence: Int?
        var constantVariance: Float
        var quadraticVariance: Float
    }

    /// Studies that say the same where they are silent.
    struct Silence: Hashable, Sendable {
        var b: Float
        var constantVariance: Float
        var quadraticVariance: Float
        var power: Float
        var tauShare: Float
    }

    let members: [Member]
    let silences: [Silence]
    /// How many members are silent in this way where no peak reaches.
    let silenceCounts: [Int]
    /// Rows that have an experiment given as peaks: they speak everywhere.
    let rowsOfPeaks: Int
    let rowHasPeaks: [Bool]
    /// Members of each row that are given as peaks.
    let peaksOfRow: [Int]
    let correlation: Double
    /// No effect and no bound is farther from zero.
    let extreme: Double
    /// Per member: eight heights and eight weights of each of its rules, then the mean height and 1.
    let heights: SharedArray<Float>
    /// Of each member that has sign-only peaks.
    let rules: [HeightRules?]

    static let heightStride = 8 * SignOnlyHeights.most + 2

    /// - Parameters:
    ///   - omitted: positions of reports that do not take part.
    init(_ reports: [EffectReport], rows: [Range<Int>], correlation: Double, omitted: Set<Int>) {
        var members: [Member] = []
        var silences: [Silence] = []
        var counts: [Int] = []
        var known: [Silence: Int] = [:]
        var rowHasPeaks: [Bool] = []
        for row in rows {
            let taking = row.filter { !omitted.contains($0) }
            if taking.isEmpty { continue }
            let m = Double(taking.count)
            let inflation = 1 + (m - 1) * correlation
            rowHasPeaks.append(false)
            for index in taking {
                let scale = reports[index].scale
                var member = Member(
                    report: index, row: rowHasPeaks.count - 1, rowCount: taking.count, power: 1 / inflation,
                    tauShare: m / inflation, silence: nil, constantVariance: Float(scale.constantVariance),
                    quadraticVariance: Float(scale.quadraticVariance))
                if case .peaks(let peaks) = reports[index].content {
                    rowHasPeaks[rowHasPeaks.count - 1] = true
                    let silence = Silence(
                        b: Float(peaks.thresholdG), constantVariance: member.constantVariance,
                        quadraticVariance: member.quadraticVariance, power: Float(member.power),
                        tauShare: Float(member.tauShare))
                    let position = known[silence] ?? silences.count
                    if position == silences.count {
                        silences.append(silence)
                        counts.append(0)
                        known[silence] = position
                    }
                    counts[position] += 1
                    member.silence = position
                }
                members.append(member)
            }
        }
        self.members = members
        self.silences = silences
        self.silenceCounts = counts
        self.rowHasPeaks = rowHasPeaks
        var peaksOfRow = [Int](repeating: 0, count: rowHasPeaks.count)
        for member in members where member.silence != nil { peaksOfRow[member.row] += 1 }
        self.peaksOfRow = peaksOfRow
        self.correlation = correlation
        rowsOfPeaks = rowHasPeaks.count { $0 }
        extreme = members.reduce(0.5) { max($0, reports[$1.report].extreme) }

        let stride = Self.heightStride
        heights = SharedArray(repeating: 0, count: max(members.count, 1) * stride)
        var rules: [HeightRules?] = []
        for (index, member) in members.enumerated() {
            guard case .peaks(let peaks) = reports[member.report].content else {
                rules.append(nil)
                continue
            }
            let weights = peaks.weights.map(Double.init)
            let found = HeightRules(heights: peaks.heights.map(Double.init), weights: weights)
            for (number, rule) in found.rules.enumerated() {
                let start = index * stride + 2 * number * SignOnlyHeights.most
                for (height, (ratio, weight)) in zip(rule.heights, rule.weights).enumerated() {
                    heights.buffer[start + height] = Float(ratio)
                    heights.buffer[start + SignOnlyHeights.most + height] = Float(weight)
                }
            }
            let mean = zip(peaks.heights, weights).reduce(0) { $0 + Double($1.0) * $1.1 }
            heights.buffer[index * stride + stride - 2] = Float(mean)
            heights.buffer[index * stride + stride - 1] = 1
            rules.append(found)
        }
        self.rules = rules
    }

    /// What a member says at a voxel where it is not silent.
    struct Entry: Sendable {
        var member: Int32
        var centre: Float
        var slope: Float
        var halfWidth: Float
        var growth: Float

        /// That it did not look here: it is no longer silent, and says nothing.
        static func absent(_ member: Int) -> Entry {
            Entry(member: Int32(member), centre: .nan, slope: 0, halfWidth: 0, growth: 0)
        }

        var isAbsent: Bool { centre.isNaN }

        var isKnown: Bool { 2 * halfWidth < Float(IntervalEffect.knownWidth) && growth == 0 }
        var variesWithHeight: Bool { slope != 0 || growth != 0 }
    }

    /// The entries of some voxels, by voxel and then by member.
    struct Evidence {
        var entries: [Entry] = []
        /// Of each voxel, where its entries start; one more for the end.
        var starts: [Int] = []
    }

    /// - Parameter voxels: mask positions, ascending.
    func evidence(_ reports: [EffectReport], at voxels: [Int32]) -> Evidence {
        var counts = [Int](repeating: 0, count: voxels.count + 1)
        var found: [(Int32, Entry)] = []
        for (number, member) in members.enumerated() {
            switch reports[member.report].content {
            case .map(let map):
                for (index, voxel) in voxels.enumerated() where !map[Int(voxel)].isNaN {
                    found.append(
                        (
                            Int32(index),
                            Entry(member: Int32(number), centre: map[Int(voxel)], slope: 0, halfWidth: 0, growth: 0)
                        ))
                    counts[index + 1] += 1
                }
            case .peaks(let peaks):
                guard let first = voxels.first, let last = voxels.last else { continue }
                if let searched = peaks.searched {
                    for (index, voxel) in voxels.enumerated() where !searched[Int(voxel)] {
                        found.append((Int32(index), .absent(number)))
                        counts[index + 1] += 1
                    }
                }
                var index = 0
                var at = peaks.firstIndex(from: first)
                while at < peaks.voxels.count, peaks.voxels[at] <= last {
                    let voxel = peaks.voxels[at]
                    while voxels[index] < voxel { index += 1 }
                    if voxels[index] == voxel, peaks.isSearched(Int(voxel)) {
                        found.append(
                            (
                                Int32(index),
                                Entry(
                                    member: Int32(number), centre: peaks.centre[at], slope: peaks.slope[at],
                                    halfWidth: peaks.halfWidth[at], growth: peaks.growth[at])
                            ))
                        counts[index + 1] += 1
                    }
                    at += 1
                }
            }
        }
        for index in voxels.indices { counts[index + 1] += counts[index] }
        var next = counts
        var entries = [Entry](
            repeating: Entry(member: 0, centre: 0, slope: 0, halfWidth: 0, growth: 0), count: found.count)
        for (index, entry) in found {
            entries[next[Int(index)]] = entry
            next[Int(index)] += 1
        }
        return Evidence(entries: entries, starts: counts)
    }
}

import Cuneus
import Foundation
import Simulation

/// The ten pain studies of the shelf, told as maps or as tables, and split into halves.
struct PainHalves: Sendable {
    /// How a study is told.
    enum Telling: Hashable, Sendable {
        case map
        /// Peaks of its own map: p < .001, clusters of at least 80 mm³, three maxima of each.
        case made(withHeights: Bool)
        /// The published table; heights are those of the study's map at each peak, where they exceed the threshold.
        case published(withHeights: Bool)
    }

    let mask: Mask
    /// Mask positions where all ten have a value.
    let voxels: [Int]
    let effects: [[Float]]
    let scales: [EffectScale]
    private let made: [[Peak]]
    private let published: [[Peak]]
    private let names: [String]
    private let thresholds: [Double]

    init(_ folder: String, mask: Mask) throws {
        let studies = try PainStudies(folder, mask: mask)
        let thresholds = studies.sizes.map { StudentT(degreesOfFreedom: $0 - 1).quantile(upperTail: 0.001) }
        let brain = try NIfTIImage(contentsOf: folder + "/mask.nii.gz").volume(0)
        self.mask = mask
        voxels = (0..<mask.count).filter { voxel in studies.effects.allSatisfy { !$0[voxel].isNaN } }
        effects = studies.effects
        scales = studies.sizes.map { EffectScale(n1: $0) }
        names = studies.names
        self.thresholds = thresholds
        made = studies.t.indices.map { Self.peaks(of: studies.t[$0], in: brain, above: thresholds[$0]) }
        published = studies.peaks.indices.map { index in
            studies.peaks[index].map { place in
                let t = Double(studies.t[index].value(at: place))
                return Peak(
                    coordinate: place, space: .mni, height: t.isFinite && t > thresholds[index] ? .t(t) : .positive,
                    source: SourceLocation(file: studies.names[index]))
            }
        }
    }

    /// Peaks in all, made and published.
    var counts: (made: Int, published: Int) {
        (made.reduce(0) { $0 + $1.count }, published.reduce(0) { $0 + $1.count })
    }

    private static func peaks(of t: Volume, in brain: Volume, above threshold: Double) -> [Peak] {
        let inside = brain.grid.matches(t.grid) ? brain : brain.resampled(to: t.grid, method: .nearest)
        let mask = Mask(grid: t.grid) { inside.values[$0] > 0 && t.values[$0].isFinite }
        let finder = ClusterFinder(mask: mask, connectivity: .edges)
        let extent = Int((80 / t.grid.voxelVolume).rounded(.up))
        let map = mask.gather(t)
        return [1, -1].flatMap {
            finder.clusters(in: map, above: threshold, sign: $0, minimumExtent: extent, peakSeparation: 8)
        }.flatMap { $0.peaks.prefix(3) }.map {
            Peak(coordinate: $0.coordinate, space: .mni, height: .t($0.value), source: SourceLocation(file: "map"))
        }
    }

    /// Five studies in random order, and the five others; both halves of every split, in an order that is random but
    /// always the same.
    static func halves(_ count: Int) -> [(told: [Int], held: [Int])] {
        let random = Philox(seed: 1, name: "pain halves", purpose: 1)
        var sets: [[Int]] = []
        for bits in 0..<1024 where bits.nonzeroBitCount == 5 && bits & 1 == 1 {
            sets.append((0..<10).filter { bits >> $0 & 1 == 1 })
        }
        func shuffled<Element>(_ items: [Element], _ label: UInt32) -> [Element] {
            let keyed = items.enumerated().map { (random([UInt32($0.offset), label, 0, 0]).x, $0.element) }
            return keyed.sorted { $0.0 < $1.0 }.map(\.1)
        }
        let both = shuffled(sets, .max).flatMap { set in [set, (0..<10).filter { !set.contains($0) }] }
        return both.prefix(count).enumerated().map { number, set in
            (shuffled(set, UInt32(number)), (0..<10).filter { !set.contains($0) })
        }
    }

    func peaks(_ study: Int, _ telling: Telling) -> [Peak] {
        func told(_ peaks: [Peak], _ withHeights: Bool) -> [Peak] {
            if withHeights { return peaks }
            return peaks.map { peak in
                var peak = peak
                if case .t(let t) = peak.height { peak.height = t < 0 ? .negative : .positive }
                return peak
            }
        }
        return switch telling {
        case .map: []
        case .made(let withHeights): told(made[study], withHeights)
        case .published(let withHeights): told(published[study], withHeights)
        }
    }

    func study(_ study: Int, _ telling: Telling) -> ReportedStudy {
        let experiment = Experiment(
            id: names[study], study: names[study], sample: names[study], n1: scales[study].n1,
            tThreshold: thresholds[study], report: .peaks(peaks(study, telling)),
            source: SourceLocation(file: names[study]))
        return ReportedStudy(experiment, map: telling == .map ? effects[study] : nil)
    }

    /// DerSimonian–Laird at every voxel of the mask that all ten have; NaN elsewhere.
    func pooledImages(_ studies: [Int]) -> EffectEstimate {
        var g = [Float](repeating: .nan, count: mask.count)
        var se = g
        for voxel in voxels {
            let y = studies.map { Double(effects[$0][voxel]) }
            let fit = RandomEffects(
                effects: y, variances: zip(studies, y).map { scales[$0].variance(ofG: $1) })
            g[voxel] = Float(fit.effect)
            se[voxel] = Float(fit.variance.squareRoot())
        }
        return EffectEstimate(g: g, se: se)
    }
}

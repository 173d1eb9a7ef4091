public import Evidence
import Foundation
public import Imaging
import Inference
public import SeedBasedMapping
public import Statistics

/// The studies of a ``GateCell``, as papers print them and as the agreement test takes them.
public struct GateTables: Sendable {
    /// A replicate.
    public struct Tables: Sendable {
        public var experiments: [Experiment]
        /// Effects per mask voxel of the experiments given as maps.
        public var maps: [[Float]?]
        /// Mask voxels that an experiment looked at; nil for all.
        public var coverages: [[Bool]?]
    }

    public let cell: GateCell
    public let studies: SimulatedStudies
    private let noise: SmoothNoise
    private let random: Philox
    /// The front half of the mask.
    private let front: [Bool]

    public init(_ cell: GateCell, mask: Mask) {
        self.cell = cell
        studies = SimulatedStudies(cell.design, mask: mask)
        noise = SmoothNoise(mask, fwhm: cell.design.noiseFWHM)
        random = Philox(key: cell.design.seed)
        let y = (0..<mask.count).map { mask.world(at: $0).y }
        let middle = y.sorted()[mask.count / 2]
        front = y.map { $0 >= middle }
    }

    /// - Parameter replicate: another number is another set of studies.
    public func tables(replicate: Int) -> Tables {
        var result = Tables(experiments: [], maps: [], coverages: [])
        for study in 0..<cell.design.studies {
            let scale = scale(study)
            let tMap = tMap(replicate: replicate, study: study)
            let source = SourceLocation(file: "simulation")
            let sample = cell.sharesSamples ? "sample-\(study / 2 + 1)" : "study-\(study + 1)"
            let threshold = StudentT(degreesOfFreedom: Int(scale.degreesOfFreedom)).quantile(
                upperTail: cell.design.thresholdP)
            // Pairs in turn: those that report only signs are every second one, and shall be among both.
            let coverage = cell.coversHalf && study % 4 < 2 ? front : nil
            let isMap =
                (Double(study + 1) * cell.mapShare).rounded(.down) > (Double(study) * cell.mapShare).rounded(.down)
            let onlySigns = cell.design.reportsOnlySigns(study: study)
            let peaks = studies.peaks(of: tMap, above: threshold).filter { peak in
                coverage.map { $0[peak.position] } ?? true
            }.map { peak in
                let sign = peak.value > 0 ? Peak.Height.positive : .negative
                return Peak(
                    coordinate: peak.coordinate, space: .mni, height: onlySigns ? sign : .t(peak.value), source: source)
            }
            var experiment = Experiment(
                id: "study-\(study + 1)", study: "study-\(study + 1)", sample: sample, n1: scale.n1, n2: scale.n2,
                measure: scale.isCorrelation ? .correlation : .change, tThreshold: threshold,
                report: .peaks(peaks), source: source)
            if let covariate = covariate(replicate: replicate, study: study) {
                experiment.covariates = ["x": .number(covariate)]
                if cell.covariate == .besideNuisance {
                    experiment.covariates["nuisance"] = .number(cell.design.covariate(study: study))
                }
            }
            result.experiments.append(experiment)
            result.maps.append(isMap ? tMap.map { Float(scale.g(fromT: Double($0))) } : nil)
            result.coverages.append(coverage)
        }
        return result
    }

    /// Standard normal over studies, where the cell has one.
    private func covariate(replicate: Int, study: Int) -> Double? {
        guard let kind = cell.covariate else { return nil }
        if kind == .ofTheEffect { return cell.design.covariate(study: study) }
        let words = random([UInt32(replicate), UInt32(study), 0, 0x636f_7661])
        let own = Normal.quantile(Philox.uniform(words.x))
        let followed: [Double]
        switch kind {
        case .random, .ofTheEffect: return own
        case .followingSize: followed = (0..<cell.design.studies).map { Double(cell.design.subjects(study: $0)) }
        case .besideNuisance: followed = (0..<cell.design.studies).map { cell.design.covariate(study: $0) }
        }
        let mean = followed.reduce(0, +) / Double(followed.count)
        let spread = (followed.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(followed.count)).squareRoot()
        return 0.5 * (followed[study] - mean) / spread + 0.75.squareRoot() * own
    }

    private func scale(_ study: Int) -> EffectScale {
        let n = cell.design.subjects(study: study)
        return switch cell.contrast {
        case .oneSample: EffectScale(n1: n)
        case .twoGroups: EffectScale(n1: n, n2: n)
        case .correlation: EffectScale(correlationOf: n)
        }
    }

    private func tMap(replicate: Int, study: Int) -> [Float] {
        switch cell.contrast {
        case .oneSample:
            guard cell.sharesSamples, study % 2 == 1 else { return studies.tMap(replicate: replicate, study: study) }
            return secondContrast(replicate, study)
        case .twoGroups: return differences(replicate, study)
        case .correlation: return correlations(replicate, study)
        }
    }

    /// Sums over subjects of their images, each times its weights; a row of sums a weight. The last row is of squares.
    private func sums(
        _ replicate: Int, _ study: Int, subjects: Int, weights: (Int) -> [Float]
    ) -> [[Float]] {
        let rows = weights(0).count
        var result = [[Float]](repeating: [Float](repeating: 0, count: studies.mask.count), count: rows + 1)
        var scratch = SmoothNoise.Scratch()
        for subject in 0..<subjects {
            let own = weights(subject)
            noise.field(random, label: [UInt32(subject), UInt32(study), UInt32(replicate)], scratch: &scratch) {
                voxel, value in
                for row in 0..<rows { result[row][voxel] += own[row] * value }
                result[rows][voxel] += value * value
            }
        }
        return result
    }

    /// Another contrast of the people of the study before: images that correlate with theirs by .5.
    private func secondContrast(_ replicate: Int, _ study: Int) -> [Float] {
        let n = cell.design.subjects(study: study)
        let count = studies.mask.count
        var sum = [Float](repeating: 0, count: count)
        var squares = sum
        var image = sum
        var scratch = SmoothNoise.Scratch()
        for subject in 0..<n {
            noise.field(random, label: [UInt32(subject), UInt32(study - 1), UInt32(replicate)], scratch: &scratch) {
                image[$0] = 0.5 * $1
            }
            noise.field(random, label: [UInt32(subject), UInt32(study), UInt32(replicate)], scratch: &scratch) {
                let value = image[$0] + Float(0.75).squareRoot() * $1
                sum[$0] += value
                squares[$0] += value * value
            }
        }
        let effect = studies.effect(replicate: replicate, study: study)
        let number = Float(n)
        return (0..<count).map { voxel in
            let mean = sum[voxel] / number
            let variance = (squares[voxel] - number * mean * mean) / (number - 1)
            return (effect[voxel] + mean) / (variance / number).squareRoot()
        }
    }

    /// Patients' images are those of everybody plus the effect.
    private func differences(_ replicate: Int, _ study: Int) -> [Float] {
        let n = cell.design.subjects(study: study)
        let found = sums(replicate, study, subjects: 2 * n) { $0 < n ? [1, 0] : [0, 1] }
        let effect = studies.effect(replicate: replicate, study: study)
        let number = Float(n)
        return (0..<studies.mask.count).map { voxel in
            let (first, second) = (found[0][voxel] / number, found[1][voxel] / number)
            let variance =
                (found[2][voxel] - number * (first * first + second * second)) / (2 * number - 2)
            return (effect[voxel] + first - second) / (variance * 2 / number).squareRoot()
        }
    }

    /// Of images with a standard normal score that has nothing to do with them.
    private func correlations(_ replicate: Int, _ study: Int) -> [Float] {
        let n = cell.design.subjects(study: study)
        let scores = (0..<n).map { subject -> Float in
            let words = random([UInt32(subject), UInt32.max - 2, UInt32(study), UInt32(replicate)])
            return Float(Normal.quantile(Philox.uniform(words.x)))
        }
        let found = sums(replicate, study, subjects: n) { [1, scores[$0]] }
        let number = Float(n)
        let mean = scores.reduce(0, +) / number
        let spread = scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (0..<studies.mask.count).map { voxel in
            let sum = found[0][voxel]
            let covariance = found[1][voxel] - mean * sum
            let variance = found[2][voxel] - sum * sum / number
            let r = covariance / (variance * spread).squareRoot()
            return r * ((number - 2) / (1 - r * r)).squareRoot()
        }
    }
}

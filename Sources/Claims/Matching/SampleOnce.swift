import Appraisal
import Evidence

/// The studies that bear on a claim, each sample once: a paper's map and the number that it reports for a region are the same people.
///
/// What comes nearer to the claim is kept; of what comes equally near a map, for nobody chose what it says of a region, then a
/// reported number, then peaks. Several numbers of a sample become one: their mean, with the mean of their variances, as if they
/// told the same thing twice.
struct SampleOnce {
    let matches: [EvidenceMatch]

    /// - Parameters:
    ///   - experiments: of maps and peaks, whose samples are combined already.
    ///   - outcomes: numbers reported for a region.
    init(_ experiments: [EvidenceMatch], _ outcomes: [EvidenceMatch]) {
        var bySample: [String: [EvidenceMatch]] = [:]
        var samples: [String] = []
        for match in outcomes {
            let sample = match.evidence.study.sample
            if bySample[sample] == nil { samples.append(sample) }
            bySample[sample, default: []].append(match)
        }
        var numbers = samples.compactMap { bySample[$0].flatMap(Self.together) }
        var kept = experiments
        for number in numbers {
            let same = kept.filter { Self.isOfOneSample($0.evidence, number.evidence) }
            guard !same.isEmpty else { continue }
            let isBeaten = same.contains { other in
                let (a, b) = (other.circle ?? .anyDesign, number.circle ?? .anyDesign)
                return a < b || (a == b && other.evidence.study.source == .map)
            }
            if isBeaten {
                numbers.removeAll { $0.evidence.study.id == number.evidence.study.id }
            } else {
                kept.removeAll { Self.isOfOneSample($0.evidence, number.evidence) }
            }
        }
        matches = kept + numbers
    }

    /// A row that names no sample is of its paper's.
    private static func isOfOneSample(_ experiment: ClaimEvidence, _ number: ClaimEvidence) -> Bool {
        experiment.study.sample == number.study.sample
            || (number.study.sample == number.publication && experiment.publication == number.publication)
    }

    /// Those of the nearest circle as one.
    private static func together(_ matches: [EvidenceMatch]) -> EvidenceMatch? {
        guard let nearest = matches.compactMap(\.circle).min() else { return nil }
        let near = matches.filter { $0.circle == nearest }
        guard var first = near.first, near.count > 1 else { return near.first }
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
        first.evidence.study.effects = [mean(near.compactMap(\.evidence.study.effects.first))]
        first.evidence.study.variances = [mean(near.compactMap(\.evidence.study.variances.first))]
        first.evidence.study.n1 = near.map(\.evidence.study.n1).max() ?? 0
        first.evidence.study.n2 = near.map(\.evidence.study.n2).max() ?? 0
        first.evidence.study.experiments = near.flatMap(\.evidence.study.experiments)
        return first
    }
}

import Formats
import Foundation
import Imaging
import Inference
import PrimaryStudy
import Statistics

/// What each person shows at a place, and what is left of the place without each person.
///
/// A value read from voxels that were chosen because they are large is too large. The honest one is read, for every person, from the
/// cluster that is found without that person (Esterman et al. 2010, doi:10.1016/j.neuroimage.2009.10.085): the voxels beyond the
/// cluster-forming threshold that hang together with what they share with the finding; where there are none, the finding's
/// strongest voxel without the person.
struct StudyPeople {
    private let analysis: StudyAnalysis
    private let finder: ClusterFinder
    private let clusterP: Double
    /// By person, the study without that person; nil where the rest cannot be tested.
    private let without: [(subject: String, fit: StudyFit?, needed: Double)]
    private let people: [String]

    /// Beyond this many people leaving one out changes little, and takes long.
    static let mostPeople = 200

    init(_ analysis: StudyAnalysis, test: StudyTest, inference: StudyInference, fit: StudyFit) throws {
        self.analysis = analysis
        finder = ClusterFinder(mask: inference.mask, connectivity: inference.connectivity)
        clusterP = analysis.choices.clusterP
        let units = analysis.participants.units
        var seen: Set<String> = []
        people = units.map(\.subject).filter { seen.insert($0).inserted }
        guard people.count <= Self.mostPeople else {
            without = []
            return
        }
        var without: [(subject: String, fit: StudyFit?, needed: Double)] = []
        for subject in people {
            let kept = units.indices.filter { units[$0].subject != subject }
            // Without this person the rest may be too few for the design.
            guard let design = try? test.design.selectingRows(kept), let contrast = design.contrasts.first,
                let rest = try? StudyFit(
                    kept.map { analysis.units[$0] }, design: design, contrast: contrast,
                    minimum: max(2, test.minimumMaps - (test.design.rows - kept.count)))
            else {
                without.append((subject, nil, .nan))
                continue
            }
            without.append((subject, rest, Self.threshold(design, contrast, p: analysis.choices.clusterP)))
        }
        self.without = without
    }

    private static func threshold(_ design: StudyDesign, _ contrast: StudyContrast, p: Double) -> Double {
        let df = design.rows - design.columns.count
        guard df > 0 else { return .infinity }
        guard contrast.isJoint else { return StudentT(degreesOfFreedom: df).quantile(upperTail: p) }
        let f = FDistribution(numerator: Double(contrast.rows.count), denominator: Double(df))
        var (low, high) = (0.0, 1.0)
        while f.upperTail(high) > p, high < 1e9 { high *= 2 }
        for _ in 0..<60 {
            let middle = 0.5 * (low + high)
            if f.upperTail(middle) > p { low = middle } else { high = middle }
        }
        return 0.5 * (low + high)
    }

    func described(_ finding: StudyFinding) -> StudyFinding {
        var finding = finding
        let participants = analysis.participants
        let voxels = finding.cluster.voxels.map { Int($0) }
        finding.values = analysis.units.map { Self.mean($0, voxels) }
        finding.people = people
        finding.trajectories = people.map { subject in
            guard let unit = participants.units.first(where: { $0.subject == subject }) else { return [] }
            return unit.trajectory.map { Self.mean(analysis.rows[$0], voxels) }
        }
        finding.effect = effect(finding.values)
        let sign = finding.cluster.sign < 0 ? -1.0 : 1.0
        let peak = finding.cluster.peak.position
        var validated = [Double](repeating: .nan, count: participants.units.count)
        finding.without = without.map { subject, fit, needed in
            guard let fit else { return .init(subject: subject, t: .nan, needed: .nan, isKept: false) }
            let passing = voxels.filter { sign * Double(fit.statistic[$0]) > needed }
            let own = passing.isEmpty ? strongest(voxels, fit, sign) : grown(passing, fit, needed, sign)
            for (n, unit) in participants.units.enumerated() where unit.subject == subject {
                validated[n] = Self.mean(analysis.units[n], own)
            }
            return .init(
                subject: subject, t: Double(fit.statistic[peak]), needed: needed, isKept: !passing.isEmpty)
        }
        if !without.isEmpty { finding.validated = effect(validated) }
        return finding
    }

    private func strongest(_ voxels: [Int], _ fit: StudyFit, _ sign: Double) -> [Int] {
        let tested = voxels.filter { !fit.statistic[$0].isNaN }
        return tested.max { sign * Double(fit.statistic[$0]) < sign * Double(fit.statistic[$1]) }.map { [$0] } ?? []
    }

    /// The clusters of the study without a person that share a voxel with the finding.
    private func grown(_ shared: [Int], _ fit: StudyFit, _ needed: Double, _ sign: Double) -> [Int] {
        let wanted = Set(shared.map { Int32($0) })
        let map = fit.statistic.map { $0.isNaN ? 0 : $0 }
        return finder.clusters(in: map, above: needed, sign: sign < 0 ? -1 : 1)
            .filter { $0.voxels.contains(where: wanted.contains) }.flatMap { $0.voxels.map { Int($0) } }
    }

    private func effect(_ values: [Double]) -> StudyEffect? {
        let participants = analysis.participants
        switch participants.kind {
        case .mean: return StudyEffect(mean: values, isChange: false)
        case .paired: return StudyEffect(mean: values, isChange: true)
        case .repeated: return nil
        case .groups, .controlledChange:
            guard let groups = participants.question.groups else { return nil }
            let isFirst = participants.units.map { $0.group == groups.names[0] }
            return StudyEffect(
                first: values.indices.filter { isFirst[$0] }.map { values[$0] },
                second: values.indices.filter { !isFirst[$0] }.map { values[$0] }
            )
        case .correlation, .changeOnValue, .changeOnChange, .prediction:
            return participants.predictor.flatMap { StudyEffect(values, with: $0.values) }
        }
    }

    private static func mean(_ map: [Float], _ voxels: [Int]) -> Double {
        var (sum, count) = (0.0, 0.0)
        for voxel in voxels where !map[voxel].isNaN {
            sum += Double(map[voxel])
            count += 1
        }
        return count > 0 ? sum / count : .nan
    }
}

import Formats
import Foundation
import Imaging
import Inference
import PrimaryStudy
import Statistics

/// What each person shows at a place, and what is left of the place without each person.
///
/// A value read from voxels that were chosen because they are large is too large. The honest one is read, for every person, where
/// the others alone point: their cluster of the same rank (``PrimaryStudy/CrossValidatedCluster``, which says why it must not be
/// their cluster that overlaps the finding).
struct StudyPeople {
    private let analysis: StudyAnalysis
    private let finder: ClusterFinder
    private let clusterP: Double
    private let test: StudyTest
    private let without: [Without]
    private let people: [String]

    /// The study without one person: only what is read from it, since there are as many as people.
    private struct Without {
        var subject: String
        /// nil where the rest cannot be tested.
        var statistic: [Float]?
        /// t (F) that voxels of a cluster pass.
        var needed: Double
        /// Clusters of each sign, the largest first.
        var up: [Cluster] = []
        var down: [Cluster] = []
    }

    /// Beyond this many people leaving one out changes little, and takes long.
    static let mostPeople = 200

    init(_ analysis: StudyAnalysis, test: StudyTest, inference: StudyInference, fit: StudyFit) throws {
        self.analysis = analysis
        self.test = test
        let finder = ClusterFinder(mask: inference.mask, connectivity: inference.connectivity)
        self.finder = finder
        clusterP = analysis.choices.clusterP
        let units = analysis.participants.units
        var seen: Set<String> = []
        people = units.map(\.subject).filter { seen.insert($0).inserted }
        guard people.count <= Self.mostPeople else {
            without = []
            return
        }
        var without: [Without] = []
        for subject in people {
            let kept = units.indices.filter { units[$0].subject != subject }
            // Without this person the rest may be too few for the design.
            guard let design = try? test.design.selectingRows(kept), let contrast = design.contrasts.first,
                let rest = try? StudyFit(
                    kept.map { analysis.units[$0] }, design: design, contrast: contrast,
                    minimum: max(2, test.minimumMaps - (test.design.rows - kept.count)))
            else {
                without.append(Without(subject: subject, statistic: nil, needed: .nan))
                continue
            }
            let needed = Self.threshold(design, contrast, p: analysis.choices.clusterP)
            func clusters(_ sign: Int) -> [Cluster] {
                finder.clusters(in: rest.statistic, above: needed, sign: sign).sorted {
                    ($1.voxels.count, $0.peak.position) < ($0.voxels.count, $1.peak.position)
                }
            }
            without.append(
                Without(
                    subject: subject, statistic: rest.statistic, needed: needed, up: clusters(1),
                    down: contrast.isJoint ? [] : clusters(-1)))
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

    /// - Parameter rank: of the finding among those of its sign, from 0, the largest first.
    func described(_ finding: StudyFinding, rank: Int) -> StudyFinding {
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
        finding.without = without.map { rest in
            guard let statistic = rest.statistic else {
                return .init(subject: rest.subject, t: .nan, needed: .nan, isKept: false)
            }
            let isKept = voxels.contains { sign * Double(statistic[$0]) > rest.needed }
            let place = CrossValidatedCluster.place(
                ofRank: rank, sign: finding.cluster.sign, among: sign > 0 ? rest.up : rest.down, of: statistic
            ).map { Int($0) }
            for (n, unit) in participants.units.enumerated() where unit.subject == rest.subject {
                validated[n] = Self.mean(analysis.units[n], place)
            }
            return .init(subject: rest.subject, t: Double(statistic[peak]), needed: rest.needed, isKept: isKept)
        }
        // A region that was named beforehand was not chosen by its values: there is nothing to validate.
        if !without.isEmpty, analysis.regions.isEmpty { finding.validated = effect(validated) }
        return finding
    }

    private func effect(_ values: [Double]) -> StudyEffect? {
        let participants = analysis.participants
        if isAdjusted { return adjusted(values) }
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

    /// Whether columns are held constant.
    private var isAdjusted: Bool {
        let participants = analysis.participants
        guard participants.kind != .repeated else { return false }
        let plain = participants.kind == .mean || participants.kind == .paired ? 1 : 2
        return participants.columns.count > plain
    }

    /// The size of what was tested, with the covariates held constant: of the model fitted to these values.
    private func adjusted(_ values: [Double]) -> StudyEffect? {
        guard let fit = try? StudyFit(values.map { [Float($0)] }, design: test.design, contrast: test.contrast),
            let effects = EffectMaps(fit, design: test.design)
        else { return nil }
        let participants = analysis.participants
        let kept = values.count(where: \.isFinite)
        let (t, df) = (Double(fit.statistic[0]), Double(fit.degreesOfFreedom[0]))
        if participants.predictor != nil {
            return StudyEffect(partialT: t, degreesOfFreedom: df, people: kept)
        }
        let d = Double(effects.effect[0]) / EffectScale.correction(degreesOfFreedom: df)
        return StudyEffect(
            symbol: participants.kind == .paired ? "adjusted d_z" : "adjusted d", d: d, t: t, degreesOfFreedom: df,
            people: kept)
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

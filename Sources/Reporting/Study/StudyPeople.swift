import Formats
import Foundation
import Imaging
import Inference
import PrimaryStudy
import Statistics

/// What each person shows at a place, and what is left of the place without each person.
///
/// A value read from voxels that were chosen because they are large is too large; the honest one beside it is the engine's
/// (``PrimaryStudy/CrossValidatedCluster``): each person is read where the others, alone, have their cluster of the same rank. Taking
/// the others' cluster that overlaps the finding would let the person's data back in.
struct StudyPeople {
    private let analysis: StudyAnalysis
    /// By person, the study without that person; nil where the rest cannot be tested.
    private let without: [(subject: String, fit: StudyFit?, needed: Double)]
    private let people: [String]

    /// Beyond this many people leaving one out changes little, and takes long.
    static let mostPeople = 200

    init(_ analysis: StudyAnalysis, test: StudyTest, inference: StudyInference, fit: StudyFit) throws {
        self.analysis = analysis
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
        finding.effect = Self.effect(finding.values, participants)
        let sign = finding.cluster.sign < 0 ? -1.0 : 1.0
        let peak = finding.cluster.peak.position
        finding.without = without.map { subject, fit, needed in
            guard let fit else { return .init(subject: subject, t: .nan, needed: .nan, isKept: false) }
            let isKept = voxels.contains { sign * Double(fit.statistic[$0]) > needed }
            return .init(subject: subject, t: Double(fit.statistic[peak]), needed: needed, isKept: isKept)
        }
        return finding
    }

    static func effect(_ values: [Double], _ participants: ParticipantDesign) -> StudyEffect? {
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
